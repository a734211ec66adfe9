import type { Page } from 'playwright-core';
import { issueToken } from '../client/support.ts';
import type { Scope } from '../support/database.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { onShared } from '../support/payments.ts';
import { createCode } from '../support/qr-codes.ts';

/** Signs the watch tokens, so that tests can make some by themselves. */
export const watchSecret = 'a secret for the watch tokens of the tests';

/** Tests that share a gateway whose Xendit is the sandbox. */
export const testOnCheckout = onShared<TestGateway>((t: Scope) => startGateway(t, { WATCH_TOKEN_SECRET: watchSecret }));

/** The path of the page on which something is paid. */
export async function checkoutOf(gateway: TestGateway, id: string): Promise<string> {
  return `/checkout/${await issueToken(gateway, id)}`;
}

/** The same for a new code. */
export async function codeOn(gateway: TestGateway, externalId: string, type?: string): Promise<string> {
  return checkoutOf(gateway, (await createCode(gateway, externalId, type)).id);
}

export const live = 'Live by WebSocket';

/** For a page to come, or to connect again, in ms. */
const patience = { timeout: 30_000 };

/** Waits until a page shows a text. */
export async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.locator('main').getByText(text).first().waitFor(patience);
}

/** Waits until a page says that all is paid. */
export async function paid(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Payment received' }).waitFor(patience);
}

/** The payments that a page lists, the newest first. */
export async function receiptsOn(page: Page): Promise<string[]> {
  return (await page.locator('.receipts li strong').allTextContents()).map(plain);
}

/** A text without the blanks at which no line breaks. */
export function plain(text: string | null): string {
  return (text ?? '').replaceAll('\u00a0', ' ').trim();
}
