import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { openXendit, type XenditClient, type XenditOptions } from '../../src/xendit/client.ts';
import type { Scope } from '../support/database.ts';

/** One request as it came in. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface PlayedXendit {
  url: string;
  received: Received[];
  /** How many sockets were ever opened to it. */
  sockets: () => number;
}

/** A server on a free port that answers as the test says, in place of Xendit. */
export async function playXendit(
  t: TestContext,
  answer: (response: ServerResponse, request: Received, count: number) => void,
): Promise<PlayedXendit> {
  const received: Received[] = [];
  let sockets = 0;
  const listen: RequestListener = async (request, response) => {
    const body = (await request.toArray()).join('');
    const seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    received.push(seen);
    answer(response, seen, received.length);
  };
  const server = createServer(listen);
  server.on('connection', () => {
    sockets += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, sockets: () => sockets };
}

/** A server below HTTP, for faults that HTTP servers don't commit. */
export async function playSocket(t: TestContext, onSocket: (socket: Socket, count: number) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket, sockets.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nobody listens. */
export async function closedPort(): Promise<string> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

/** A client that is closed after the test. */
export function openClient(t: Scope, baseUrl: string, options: Partial<XenditOptions> = {}): XenditClient {
  const xendit = openXendit({ baseUrl, secretKey: 'xnd_development_secret', timeoutMs: 5_000, ...options });
  t.after(() => xendit.close());
  return xendit;
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** What a request says outside its body: what is to be done, in which version, and for which sub-account. */
export function said(request: Received | undefined): (string | undefined)[] {
  const { 'api-version': version, 'for-user-id': account } = request?.headers ?? {};
  return [`${request?.method} ${request?.url}`, version as string | undefined, account as string | undefined];
}

/** The error that a promise ends in. */
export async function refusal(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('It was no refusal');
}
