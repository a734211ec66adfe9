import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Scope } from './database.ts';

/** What comes of an operation, or one message of a stream. */
export interface Told<T = Record<string, unknown>> {
  data?: T | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

/** Nothing was begun, or everything was ended. */
export class Refused extends Error {
  /** Of HTTP, or with which a socket was closed. */
  readonly status: number;
  readonly challenge: string | undefined;
  readonly errors: Told['errors'];

  constructor(status: number, challenge?: string | null, { errors }: Pick<Told, 'errors'> = {}) {
    super(`refused with ${status}`);
    this.status = status;
    this.challenge = challenge ?? undefined;
    this.errors = errors;
  }
}

/** A way to speak to a gateway, as one caller. */
export interface Line {
  /** What an operation comes to, or the first message of a stream. Rejects with Refused. */
  ask<T = Record<string, unknown>>(query: string, variables?: object): Promise<Told<T>>;
  /** Each message, mistakes too; ends with the stream. Rejects with Refused where nothing is begun, or all is ended. */
  watch<T = Record<string, unknown>>(query: string, variables?: object): AsyncGenerator<Told<T>, void, void>;
}

export const transports = ['HTTP', 'WebSocket', 'server-sent events'] as const;
export type Transport = (typeof transports)[number];
export const streaming = ['WebSocket', 'server-sent events'] as const;

/**
 * @param authorization as in the header of that name; none: undefined.
 * @param more headers of each request, of a socket's first one, and in its greeting.
 */
export function linesOf(
  t: Scope,
  url: string,
  authorization?: string,
  more: Record<string, string> = {},
): Record<Transport, Line> {
  const own = { ...more, ...(authorization !== undefined && { authorization }) };
  const headers = { 'content-type': 'application/json', ...own };
  return {
    HTTP: overHttp(url, headers),
    WebSocket: overSocket(t, url, own, more),
    'server-sent events': overEvents(t, url, headers),
  };
}

/** The same for who has a token. */
export function linesWith(
  t: Scope,
  url: string,
  token: string,
  more?: Record<string, string>,
): Record<Transport, Line> {
  return linesOf(t, url, `Bearer ${token}`, more);
}

/** The code of the first mistake; undefined where there is none. */
export function codeOf({ errors }: Pick<Told, 'errors'>): unknown {
  return errors?.[0]?.extensions?.code;
}

/** What refused it; fails when it wasn't. */
export async function refusalOf(asked: Promise<unknown>): Promise<Refused> {
  const answer = await asked.catch((error: unknown) => error);
  if (answer instanceof Refused) return answer;
  throw new Error(`it was not refused: ${JSON.stringify(answer)}`);
}

function overHttp(url: string, headers: Record<string, string>): Line {
  const ask = async <T>(query: string, variables?: object) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
    });
    const told = (await response.json()) as Told<T>;
    if (response.status === 401) throw new Refused(401, response.headers.get('www-authenticate'), told);
    return told;
  };
  return {
    ask,
    async *watch<T>(query: string, variables?: object) {
      yield await ask<T>(query, variables);
    },
  };
}

function overEvents(t: Scope, url: string, headers: Record<string, string>): Line {
  async function* watch<T>(query: string, variables?: object): AsyncGenerator<Told<T>, void, void> {
    const leaving = new AbortController();
    t.after(() => leaving.abort());
    const response = await fetch(`${url}/graphql/stream`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables }),
      signal: leaving.signal,
    });
    if (response.status !== 200 || response.body === null)
      throw new Refused(response.status, response.headers.get('www-authenticate'), (await response.json()) as Told);
    try {
      const decoder = new TextDecoder();
      let text = '';
      for await (const bytes of response.body) {
        const events = (text + decoder.decode(bytes, { stream: true })).split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) {
          if (event.startsWith('event: complete')) return;
          // A line of theirs ends with none of the other ends that a line may have for us.
          const [, data] = /^event: next\ndata: ([^\n]*)$/.exec(event) ?? [];
          if (data !== undefined) yield JSON.parse(data) as Told<T>;
        }
      }
      throw new Error('the stream broke off');
    } finally {
      leaving.abort();
    }
  }
  return { ask: (query, variables) => first(watch(query, variables)), watch };
}

function overSocket(t: Scope, url: string, greeting: Record<string, string>, headers: Record<string, string>): Line {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers });
      }
    },
    retryAttempts: 0,
    ...(Object.keys(greeting).length > 0 && { connectionParams: greeting }),
  });
  t.after(() => Promise.resolve(client.dispose()).catch(() => undefined));
  async function* watch<T>(query: string, variables?: object): AsyncGenerator<Told<T>, void, void> {
    try {
      for await (const told of client.iterate<T>({ query, ...(variables && { variables: { ...variables } }) })) {
        yield told as Told<T>;
      }
    } catch (error) {
      if (!Array.isArray(error)) throw new Refused((error as { code?: number }).code ?? 0);
      yield { errors: error as Told['errors'] & object };
    }
  }
  return { ask: (query, variables) => first(watch(query, variables)), watch };
}

/** For something to be said, so that a test which waits in vain fails. */
const patienceMs = 20_000;

async function first<T>(messages: AsyncGenerator<Told<T>, void, void>): Promise<Told<T>> {
  const { promise: inVain, reject } = Promise.withResolvers<never>();
  const giveUp = setTimeout(() => reject(new Error(`Nothing was said within ${patienceMs} ms`)), patienceMs);
  try {
    const { done, value } = await Promise.race([messages.next(), inVain]);
    void messages.return();
    if (done) throw new Error('the stream ended before it had said anything');
    return value;
  } finally {
    clearTimeout(giveUp);
  }
}
