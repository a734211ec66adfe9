import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';

export const basicAuth = `Basic ${Buffer.from('xnd_development_test:').toString('base64')}`;

/** A sandbox that ends with the test, and allows more calls than any test makes. */
export async function start(t: TestContext, options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ requestsPerMinute: 10_000, ...options });
  t.after(() => sandbox.close());
  return sandbox;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The JSON of the text; empty when it is none. */
  body: Record<string, unknown>;
}

/** Calls the sandbox as a merchant does: JSON unless the body is text, and with a development key. */
export async function call(
  { url }: Sandbox,
  method: string,
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const init: RequestInit = { method, headers: { authorization: basicAuth, ...headers } };
  if (body !== undefined) {
    init.body = typeof body === 'string' ? body : JSON.stringify(body);
    init.headers = { 'content-type': 'application/json', ...init.headers };
  }
  const response = await fetch(url + path, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** A valid body of POST /qr_codes. */
export function newQrCode(changes: object = {}): Record<string, unknown> {
  return { external_id: 'order-1', type: 'DYNAMIC', callback_url: 'http://127.0.0.1:9/', amount: 15000, ...changes };
}

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** The next delivery that no one has asked for yet. */
  next(): Promise<Received>;
}

/** A merchant's webhook endpoint on a real socket. It answers 200 unless `answer` does something else. */
export async function startReceiver(
  t: TestContext,
  answer: (response: ServerResponse, index: number, received: Received) => void = (response) => response.end(),
): Promise<Receiver> {
  const received: Received[] = [];
  const unread: Received[] = [];
  const readers: ((delivery: Received) => void)[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const delivery = { headers: request.headers, body, at: Date.now() };
    const index = received.push(delivery) - 1;
    const reader = readers.shift();
    if (reader === undefined) unread.push(delivery);
    else reader(delivery);
    answer(response, index, delivery);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    received,
    next() {
      const delivery = unread.shift();
      return delivery === undefined ? new Promise((resolve) => readers.push(resolve)) : Promise.resolve(delivery);
    },
  };
}

/** Creates a code and pays it; the webhook goes to the receiver. */
export async function pay(sandbox: Sandbox, receiver: Receiver, externalId = 'order-1'): Promise<Reply> {
  await call(sandbox, 'POST', '/qr_codes', newQrCode({ external_id: externalId, callback_url: receiver.url }));
  return call(sandbox, 'POST', `/qr_codes/${encodeURIComponent(externalId)}/payments/simulate`);
}
