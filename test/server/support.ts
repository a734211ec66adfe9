import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { openDoor } from '../../src/app/door.ts';
import { readRules } from '../../src/app/rules.ts';
import { type Environment, readConfig } from '../../src/config.ts';
import { createAdmission } from '../../src/graphql/admission.ts';
import { createExecute } from '../../src/graphql/compiling.ts';
import type { Context } from '../../src/graphql/context.ts';
import { createPerforming } from '../../src/graphql/performing.ts';
import { createSharing } from '../../src/graphql/sharing.ts';
import { createLog } from '../../src/log.ts';
import { createAddressOf } from '../../src/server/addresses.ts';
import { createCallers } from '../../src/server/callers.ts';
import { type Connections, createConnections } from '../../src/server/connections.ts';
import { serveGraphQLOverSse } from '../../src/server/graphql-sse.ts';
import { type SocketOptions, serveGraphQLOverWebSocket } from '../../src/server/graphql-ws.ts';
import { createHttp } from '../../src/server/http.ts';
import { createOrigins } from '../../src/server/origins.ts';
import { unlimited } from '../../src/server/rates.ts';

import type { Scope } from '../support/database.ts';

/** The transport alone, with a small graph of the test's own. */
export interface Transport {
  url: string;
  /** Where sockets go. */
  socketUrl: string;
  connections: Connections;
}

export interface TransportOptions extends Partial<Omit<SocketOptions, 'origins'>> {
  perAddress?: number;
  perCaller?: number;
  /** How callers are known, and what they may ask for; all may do everything unless told. */
  environment?: Environment;
  trustedProxies?: string[];
  keepMs?: number;
  /** What the next caller may see. */
  entitlement?: () => string;
}

export async function serve(
  t: TestContext,
  schema: GraphQLSchema,
  {
    perAddress = 1_000,
    perCaller = 1_000,
    trustedProxies = [],
    keepMs = 60_000,
    entitlement = () => '',
    environment = {},
    ...own
  }: TransportOptions = {},
): Promise<Transport> {
  const log = createLog('silent');
  const config = readConfig(environment);
  const { auth } = await openDoor(config, log);
  t.after(() => auth.close());
  const origins = createOrigins({ allowed: [], allowLoopback: true });
  const http = createHttp({
    log,
    requestTimeoutMs: 5_000,
    headersTimeoutMs: 5_000,
    connectionCheckMs: 1_000,
    maxConnections: 10_000,
    maxBytes: 262_144,
    origins,
    isEncrypted: false,
  });
  const connections = createConnections({ perAddress, perCaller, log });
  const addressOf = createAddressOf(trustedProxies);
  const execute = createExecute();
  const room = {
    schema,
    callers: createCallers(auth, unlimited, addressOf),
    admission: createAdmission(schema, await readRules(config)),
    rates: unlimited,
    createContext: (requestId: string) => ({ requestId, entitlement: entitlement() }) as Context,
    perform: createPerforming(execute, 60_000).perform,
    subscribe: createSharing(execute, keepMs),
    measures: { onOperation: () => undefined, onMessage: () => undefined },
    log,
  };
  const options: SocketOptions = {
    maxBytes: 262_144,
    initTimeoutMs: 3_000,
    subscriptions: 50,
    messagesPerSecond: 100_000,
    bufferBytes: 1_048_576,
    slowReaderMs: 30_000,
    heartbeatMs: 12_000,
    origins,
    ...own,
  };
  serveGraphQLOverSse(http, room, connections, addressOf, options);
  serveGraphQLOverWebSocket(http.server, room, connections, addressOf, options);
  await http.listen({ port: 0, host: '127.0.0.1' });
  t.after(async () => {
    await connections.drain(0);
    await http.close();
  });
  const host = `127.0.0.1:${(http.server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, socketUrl: `ws://${host}/graphql`, connections };
}

/** Numbers from a place on, as a log has them: those that are there, and then each as it is told. */
export class NumberLog {
  /** How many have been taken by all readers. */
  taken = 0;
  /** How many read now. */
  readers = 0;
  #last = 0;
  readonly #events = new Map<number, { number: number }>();
  readonly #waiting = new Set<() => void>();

  constructor(count = 0) {
    this.#last = count;
  }

  tell(count = 1): void {
    this.#last += count;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  read(after: number): AsyncGenerator<{ number: number }> {
    let number = after;
    let isOver = false;
    let wakeOwn: () => void = () => undefined;
    this.readers += 1;
    const end = async () => {
      if (!isOver) this.readers -= 1;
      isOver = true;
      wakeOwn();
      this.#waiting.delete(wakeOwn);
      return { done: true as const, value: undefined };
    };
    const reading: AsyncGenerator<{ number: number }> = {
      next: async () => {
        while (number >= this.#last && !isOver)
          await new Promise<void>((resolve) => {
            wakeOwn = resolve;
            this.#waiting.add(resolve);
          });
        if (isOver) return { done: true, value: undefined };
        number += 1;
        this.taken += 1;
        return { done: false, value: this.#event(number) };
      },
      return: end,
      throw: end,
      [Symbol.asyncIterator]: () => reading,
      [Symbol.asyncDispose]: async () => void (await end()),
    };
    return reading;
  }

  /** Who reads the same number is given the same object. */
  #event(number: number): { number: number } {
    const event = this.#events.get(number) ?? { number };
    this.#events.set(number, event);
    return event;
  }
}

/** A graph whose `numbers` are those of a log. `filling` makes them as long as is asked for. */
export function graphOf(
  log: NumberLog,
  onResolve: () => void = () => undefined,
  onWrite: () => void = () => undefined,
): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: /* GraphQL */ `
      type Query { ping: String! never: String! fails: String! }
      type Mutation { set: String! }
      type Subscription { numbers(after: Int): Number! breaks(at: Int!): Int! isNoStream: Int! refuses: Int! }
      type Number { number: Int! filling(size: Int!): String! times(factor: Int!): Int! written: Written! }
      scalar Written
    `,
    resolvers: {
      Query: {
        ping: () => 'pong',
        never: () => new Promise(() => undefined),
        fails: () => {
          throw new Error('a secret of ours');
        },
      },
      Mutation: { set: () => 'set' },
      Subscription: {
        numbers: { subscribe: (_: unknown, { after }: { after?: number }) => log.read(after ?? 0), resolve: same },
        breaks: {
          async *subscribe(_: unknown, { at }: { at: number }) {
            for (let number = 1; number < at; number += 1) yield number;
            throw new Error('a secret of ours');
          },
          resolve: same,
        },
        isNoStream: { subscribe: () => 1, resolve: same },
        refuses: {
          subscribe() {
            throw new Error('a secret of ours');
          },
        },
      },
      Number: {
        number({ number }: { number: number }) {
          onResolve();
          return number;
        },
        written: () => ({
          toJSON() {
            onWrite();
            return 'written';
          },
        }),
        filling: (_: unknown, { size }: { size: number }) => 'x'.repeat(size),
        times: ({ number }: { number: number }, { factor }: { factor: number }) => number * factor,
      },
    },
  });
}

const same = <T>(value: T): T => value;

/** The official client; it is gone when the test is over. */
export function connect(t: TestContext, { socketUrl }: Transport, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
  // A client that waits to come back rejects with what it was closed with.
  t.after(() => Promise.resolve(client.dispose()).catch(() => undefined));
  return client;
}

export interface Frame {
  id?: string;
  type: string;
  payload?: unknown;
}

/** A socket spoken to by hand, which has said hello. */
export interface HandSocket {
  socket: WebSocket;
  /** All frames so far, as they came. */
  texts: string[];
  send(message: object): void;
  subscribe(id: string, query: string, variables?: object): void;
  /** The next frame. */
  next(): Promise<Frame>;
  /** Why it was closed. */
  closed: Promise<{ code: number; reason: string }>;
}

export async function openByHand(t: Scope, url: string, headers: Record<string, string> = {}): Promise<HandSocket> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
  t.after(() => socket.terminate());
  const texts: string[] = [];
  let read = 0;
  let look = () => undefined as unknown;
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    texts.push(String(data));
    look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => {
      resolve({ code, reason: String(reason) });
      look();
    }),
  );
  const send = (message: object) => socket.send(JSON.stringify(message));
  await new Promise<void>((resolve) => socket.on('open', resolve));
  const own: HandSocket = {
    socket,
    texts,
    closed,
    send,
    subscribe: (id, query, variables) => send({ id, type: 'subscribe', payload: { query, variables } }),
    next: () =>
      new Promise((resolve, reject) => {
        look = () => {
          const text = texts[read];
          if (text !== undefined) {
            read += 1;
            look = () => undefined;
            resolve(JSON.parse(text) as Frame);
          } else if (socket.readyState === WebSocket.CLOSED) reject(new Error('closed'));
        };
        look();
      }),
  };
  send({ type: 'connection_init' });
  return own;
}

/** The same, once the server has said hello too. */
export async function greet(t: Scope, url: string, headers?: Record<string, string>): Promise<HandSocket> {
  const own = await openByHand(t, url, headers);
  assert.equal((await own.next()).type, 'connection_ack');
  return own;
}
