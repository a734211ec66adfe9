import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Scope } from './database.ts';

const executablePath = '/usr/bin/chromium';
/** It asks nobody for anything but what a page asks for. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long something may take to be seen. */
const patienceMs = 20_000;

export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 800 };

export interface PageOptions extends BrowserContextOptions {
  /** Where the page is opened at once. */
  url?: string;
}

/** A page of a real browser, in a profile of its own, and what went wrong in it. */
export interface TestPage {
  page: Page;
  context: BrowserContext;
  /** What its console calls an error, what nothing caught, and requests that failed; one that the page gave up itself didn't. */
  complaints: string[];
  /** Each address that it asked, also by a WebSocket. */
  asked: string[];
}

let launching: Promise<Browser> | undefined;
after(async () => (await launching)?.close());

/**
 * The browser that the tests of one file share; it is closed when they are over.
 *
 * @throws Error Chromium is missing.
 */
export function openBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`Pages are tested in Chromium, which is missing: ${executablePath}`);
  launching ??= chromium.launch({ executablePath, args });
  return launching;
}

/** Opens a page as wide as a desktop, in English and light, unless told otherwise; it is closed when the test is over. */
export async function openPage(t: Scope, { url, ...options }: PageOptions = {}): Promise<TestPage> {
  const browser = await openBrowser();
  const context = await browser.newContext({ viewport: desktop, locale: 'en-GB', ...options });
  t.after(() => context.close());
  const complaints: string[] = [];
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'failed';
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.method()} ${request.url()}: ${reason}`);
  });
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (fault) => complaints.push(fault.error().stack ?? fault.error().message));
  context.on('page', (page) => page.on('websocket', (socket) => asked.push(socket.url())));
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  if (url !== undefined) await page.goto(url);
  return { page, context, complaints, asked };
}

/** Those of the addresses that are neither the gateway's nor in the page itself. */
export function strangers(asked: readonly string[], gatewayUrl: string): string[] {
  const { host } = new URL(gatewayUrl);
  return asked.filter((address) => !/^(data|blob|about):/.test(address) && new URL(address).host !== host);
}

const pictures = join(import.meta.dirname, '../../docs/images');

/**
 * With SCREENSHOTS=1, writes the page as it is now into docs/images, by the size of its window.
 *
 * @param name of the page and its state, such as `checkout-paid`.
 */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== '1') return;
  const size = (page.viewportSize()?.width ?? 0) < 640 ? 'phone' : 'desktop';
  await page.screenshot({ path: join(pictures, `${name}-${size}.png`), animations: 'disabled' });
}
