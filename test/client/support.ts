import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import {
  CreateWatchTokenDocument,
  type WatchedChange,
  type WatchOptions,
  watchPayment,
} from '../../src/client/index.ts';
import type { Scope } from '../support/database.ts';
import type { Asking } from '../support/qr-codes.ts';

/** What a document comes to, which must not be refused. */
export async function execute<R, V extends object>(
  gateway: Asking,
  document: TypedDocumentNode<R, V>,
  variables: V,
): Promise<R> {
  const { data, errors } = await gateway.ask<R>(print(document), variables);
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data ?? assert.fail('no data');
}

/** A token to watch something by its id. */
export async function issueToken(gateway: Asking, id: string): Promise<string> {
  const { createWatchToken: issued } = await execute(gateway, CreateWatchTokenDocument, { input: { id } });
  return issued.__typename === 'CreateWatchTokenPayload' ? issued.watchToken.token : assert.fail(issued.message);
}

export interface Watching {
  next(): Promise<IteratorResult<WatchedChange, undefined>>;
  /** So many changes more. */
  take(count: number): Promise<WatchedChange[]>;
  leave(): Promise<void>;
}

/** Watches until it is left, or the test is over. */
export function watch(t: Scope, url: string, token: string, options?: WatchOptions): Watching {
  const changes = watchPayment(url, token, options);
  const leave = async () => void (await changes.return?.());
  t.after(leave);
  return {
    next: () => changes.next(),
    leave,
    async take(count) {
      const taken: WatchedChange[] = [];
      while (taken.length < count) {
        const { done, value } = await changes.next();
        assert.ok(!done, 'it ended early');
        taken.push(value);
      }
      return taken;
    },
  };
}

/** Between a client and a gateway, as proxies are that know HTTP only. */
export interface Proxy {
  url: string;
  /** What it doesn't let through, whether open or new. */
  refuse(...refused: ('websocket' | 'sse')[]): void;
}

export async function openProxy(t: Scope, gatewayUrl: string): Promise<Proxy> {
  const marks = { websocket: /upgrade: websocket/i, sse: /^POST \/graphql\/stream /m };
  const to = { host: 'localhost', port: Number(new URL(gatewayUrl).port) };
  const open = new Map<Socket, string>();
  let refused: ('websocket' | 'sse')[] = [];
  const isRefused = (request: string) => refused.some((one) => marks[one].test(request));
  const server = createServer((near) => {
    const far = connect(to);
    open.set(near, '');
    near.on('close', () => far.destroy() && open.delete(near)).on('error', () => near.destroy());
    far.on('close', () => near.destroy()).on('error', () => far.destroy());
    far.pipe(near);
    near.on('data', (bytes) => {
      const request = bytes.toString('latin1');
      if (/^(GET|POST) /.test(request)) open.set(near, request);
      if (!isRefused(open.get(near) ?? '')) far.write(bytes);
      else
        near.end(
          'HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno',
        );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open.keys()) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse(...now) {
      refused = now;
      for (const [socket, request] of open) if (isRefused(request)) socket.destroy();
    },
  };
}
