import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, parseJson, textOf } from '../model/json.ts';
import { createProof, type ProveSender } from '../webhook/token.ts';
import { CommandError, reasonOf } from './command-error.ts';

/** A webhook as it came, to the byte. */
export interface ReceivedWebhook {
  /** Undefined: the body doesn't say. */
  event: string | undefined;
  webhookId: string | undefined;
  callbackToken: string | undefined;
  body: Uint8Array<ArrayBuffer>;
}

export interface ReceiverOptions {
  /** 0 picks a free one. */
  port: number;
  /** Those that are let in; undefined: anybody is, since nothing is done but to show and forward. */
  callbackToken: string | undefined;
  /** One webhook at a time, in the order of their arrival. @returns whether it is acknowledged. */
  onWebhook(webhook: ReceivedWebhook): Promise<boolean>;
}

/** As much as a gateway takes unless told. */
const maxBytes = 262_144;

/**
 * Takes webhooks in the gateway's place, at any path of a port of its own on loopback.
 *
 * @returns once it listens.
 * @throws CommandError PORT_TAKEN it can't listen there.
 */
export async function openReceiver({ port, callbackToken, onWebhook }: ReceiverOptions) {
  const prove =
    callbackToken === undefined
      ? undefined
      : createProof({ owner: [callbackToken], ofAccounts: new Map(), areShared: true });
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (webhook: ReceivedWebhook): Promise<boolean> => {
    const mine = last.then(() => onWebhook(webhook));
    last = mine.catch(() => undefined);
    return mine;
  };
  const server = createServer((request, response) => {
    take(request, response, prove, inTurn).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new CommandError('PORT_TAKEN', `Nothing can listen on port ${port} (${reasonOf(error)}): give another --port`),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await last;
    },
  };
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  prove: ProveSender | undefined,
  onWebhook: (webhook: ReceivedWebhook) => Promise<boolean>,
): Promise<void> {
  const answer = (status: number, said: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  if (request.method !== 'POST') return void answer(405, { message: 'Webhooks come by POST' });
  const callbackToken = textOf(request.headers['x-callback-token']);
  try {
    prove?.('', callbackToken);
  } catch {
    return void answer(401, { message: 'The callback token is not the one of --callback-token' });
  }
  const body = await readBody(request);
  if (body === undefined) return void answer(413, { message: `A webhook has at most ${maxBytes} bytes` });
  const webhookId = textOf(request.headers['webhook-id']);
  const isTaken = await onWebhook({ event: eventOf(body), webhookId, callbackToken, body });
  if (isTaken) answer(200, { outcome: 'RECEIVED' });
  else answer(502, { message: 'It could not be forwarded' });
}

async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= maxBytes) parts.push(part);
  }
  return size > maxBytes ? undefined : new Uint8Array(Buffer.concat(parts));
}

function eventOf(body: Uint8Array): string | undefined {
  try {
    const message = parseJson(new TextDecoder().decode(body));
    return isJsonObject(message) ? textOf(message.event) : undefined;
  } catch {
    return undefined;
  }
}
