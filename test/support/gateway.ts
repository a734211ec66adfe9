import { after, type TestContext, test } from 'node:test';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createGateway, type Gateway } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { jwtSecret, signToken } from './callers.ts';
import { embedded, hasPostgres, postgres, type Scope, type TestDatabase } from './database.ts';

export interface GraphQLAnswer<T = Record<string, never>> {
  data?: T | null;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; requestId: string; [detail: string]: unknown };
  }[];
}

/** A real gateway on free ports, with what a test does to it. */
export interface TestGateway extends Gateway {
  /** One operation over HTTP. */
  ask<T = Record<string, never>>(query: string, variables?: object): Promise<GraphQLAnswer<T>>;
  /** A subscription over a WebSocket of its own; each message as it comes. */
  subscribe<T>(query: string, variables?: object): Subscription<T>;
  /** Delivers a webhook as Xendit would. */
  deliver(body: object | string | Uint8Array, headers?: Record<string, string>, path?: string): Promise<Response>;
}

export interface Subscription<T> {
  /** The next message's data, or undefined at the end of the stream. Rejects with the errors of the operation. */
  next(): Promise<T | undefined>;
  /** All that is still to come, once the stream has ended. */
  rest(): Promise<T[]>;
  /** Leaves, and closes the socket. */
  leave(): Promise<void>;
}

export const callbackToken = 'sandbox-callback-token';

/**
 * Calls that the gateway makes by itself would be counted among those that a test makes; nobody needs its clients spread; and one
 * caller asks for all.
 */
const quiet = {
  RECONCILE_EVERY_MS: '3600000',
  DRAIN_SPREAD_MS: '0',
  OPERATIONS_PER_MINUTE: '1000000',
  SOCKETS_PER_CALLER: '10000',
};

/** Starts a gateway; it is closed when the test is over. */
export async function startGateway(
  t: Scope,
  environment: Record<string, string> = {},
  database?: TestDatabase,
): Promise<TestGateway> {
  const place = database ?? (await embedded(t));
  const config = readConfig({
    PORT: '0',
    SANDBOX_PORT: '0',
    LOG_LEVEL: 'silent',
    ...quiet,
    ...place.environment,
    // With a key callers have to prove who they are: this client is one who may do everything.
    ...(environment.XENDIT_SECRET_KEY === undefined ? {} : { AUTH_JWT_SECRET: jwtSecret }),
    ...environment,
  });
  const gateway = await createGateway(config, createLog(config.logLevel));
  t.after(() => gateway.close());
  const token = config.authJwtSecret === jwtSecret ? await signToken() : undefined;
  return { ...gateway, ...clientOf(t, gateway.url, token) };
}

type SharingTest = (name: string, run: (t: TestContext, gateway: TestGateway) => Promise<void>) => void;

/**
 * Tests of one file that share a gateway, because starting one takes most of a second. Each has to live with what the others
 * have done before.
 */
export function onSharedGateway(database = embedded, environment: Record<string, string> = {}): SharingTest {
  const tidyings: (() => unknown)[] = [];
  const scope: Scope = { after: (tidyUp) => void tidyings.push(tidyUp) };
  let starting: Promise<TestGateway> | undefined;
  after(async () => {
    for (const tidyUp of tidyings.reverse()) await tidyUp();
  });
  return (name, run) => {
    test(name, async (t) => {
      if (database === postgres && !(await hasPostgres(t))) return;
      starting ??= database(scope).then((place) => startGateway(scope, environment, place));
      await run(t, await starting);
    });
  };
}

/** The same, with a gateway on the embedded database and one on Postgres; each test runs on both. */
export function onEachSharedGateway(): SharingTest {
  const testOnEmbedded = onSharedGateway(embedded);
  const testOnPostgres = onSharedGateway(postgres);
  return (name, run) => {
    testOnEmbedded(`${name} (embedded)`, run);
    testOnPostgres(`${name} (Postgres)`, run);
  };
}

/**
 * What a test does to a gateway that runs anywhere.
 *
 * @param token proves who it is, where that has to be proved.
 */
export function clientOf(t: Scope, url: string, token?: string): Pick<TestGateway, 'ask' | 'subscribe' | 'deliver'> {
  const proof = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    async ask(query, variables) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...proof },
        body: JSON.stringify({ query, variables }),
      });
      const { extensions: _cost, ...answer } = (await response.json()) as GraphQLAnswer<never> & {
        extensions?: object;
      };
      return answer;
    },
    subscribe<T>(query: string, variables?: object) {
      const client = createClient({
        url: `${url.replace(/^http/, 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: proof,
        retryAttempts: 0,
      });
      t.after(() => client.dispose());
      return toSubscription<T>(client, query, variables);
    },
    deliver: (body, headers = {}, path = '/webhooks/xendit') =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-callback-token': callbackToken, ...headers },
        body: toBody(body),
      }),
  };
}

function toBody(body: object | string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function toSubscription<T>(client: Client, query: string, variables?: object): Subscription<T> {
  const messages = client.iterate<T>({ query, ...(variables && { variables: { ...variables } }) });
  const next = async () => {
    const { done, value } = await messages.next();
    if (done) return undefined;
    if (value.errors) throw Object.assign(new Error(value.errors[0]?.message), { errors: value.errors });
    return value.data ?? undefined;
  };
  return {
    next,
    async rest() {
      const all: T[] = [];
      for (let one = await next(); one !== undefined; one = await next()) all.push(one);
      return all;
    },
    async leave() {
      await messages.return?.();
      await client.dispose();
    },
  };
}
