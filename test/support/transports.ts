import { WebSocket } from 'ws';
import type { Scope } from './database.ts';

/** An operation as a client sends it. */
export interface Sent {
  query?: unknown;
  variables?: unknown;
  operationName?: unknown;
  documentId?: unknown;
  extensions?: unknown;
}

/** What an operation came to. */
export interface Verdict {
  data: unknown;
  errors: VerdictError[];
  /** Refused before it was read: HTTP answers 413, and a WebSocket is closed with 1009. */
  isTooLong: boolean;
  /** The whole answer as it came, its frame included. */
  text: string;
  /** Of HTTP; undefined on a WebSocket. */
  status: number | undefined;
  headers: Headers | undefined;
}

export interface VerdictError {
  message: string;
  locations?: unknown;
  path?: unknown;
  extensions: { code: string; requestId?: string; limit?: { name: string; most: number }; retryAfterMs?: number };
}

/** Sends one operation and waits for all that it comes to, which is one answer. */
export type Send = (request: Sent) => Promise<Verdict>;

export type TransportName = 'HTTP' | 'WebSocket' | 'SSE';

/** One gateway, spoken to in each of the three ways. */
export function openTransports(t: Scope, url: string, token?: string): [name: TransportName, send: Send][] {
  const proof: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return [
    ['HTTP', overHttp(`${url}/graphql`, { ...proof, accept: 'application/json' }, (text) => text)],
    ['WebSocket', overWebSocket(t, `${url.replace(/^http/, 'ws')}/graphql`, proof)],
    ['SSE', overHttp(`${url}/graphql/stream`, { ...proof, accept: 'text/event-stream' }, eventIn)],
  ];
}

/** What is the same on every transport: all but the id of the request, and where and when it happened. */
export function judgementOf({ data, errors, isTooLong }: Verdict): object {
  return {
    data,
    isTooLong,
    errors: errors.map(({ extensions: { requestId, retryAfterMs, ...extensions }, ...error }) => ({
      ...error,
      extensions,
    })),
  };
}

function overHttp(url: string, headers: Record<string, string>, read: (text: string) => string): Send {
  return async (request) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: bodyOf(request),
    });
    const text = await answer.text();
    const isTooLong = answer.status === 413;
    return { ...toVerdict(JSON.parse(read(text))), isTooLong, text, status: answer.status, headers: answer.headers };
  };
}

/** What stands in a stream of events of which there is one; a refusal before any stream is JSON already. */
function eventIn(text: string): string {
  return /^event: next\ndata: (.*)$/m.exec(text)?.[1] ?? text;
}

interface Frame {
  id?: string;
  type: string;
  payload?: unknown;
}

/** All that is sent goes over one socket, and over the next one once that is closed. */
function overWebSocket(t: Scope, url: string, proof: object): Send {
  let socket: Promise<WebSocket> | undefined;
  let last = 0;
  return async (request) => {
    socket ??= greet(t, url, proof).catch((error) => {
      socket = undefined;
      throw error;
    });
    const own = await socket;
    last += 1;
    const id = String(last);
    const { promise, resolve, reject } = Promise.withResolvers<Verdict>();
    let said: Verdict | undefined;
    const hear = (bytes: unknown) => {
      const text = String(bytes);
      const { id: about, type, payload } = JSON.parse(text) as Frame;
      if (about !== id) return;
      if (type !== 'complete') {
        const answer = type === 'error' ? { errors: payload } : payload;
        said = { ...toVerdict(answer), isTooLong: false, text, status: undefined, headers: undefined };
      }
      if (type !== 'next' && said !== undefined) resolve(said);
    };
    const end = (code: number) => {
      socket = undefined;
      if (code !== tooBig) return reject(new Error(`The socket was closed with ${code}`));
      resolve({ data: null, errors: [], isTooLong: true, text: '', status: undefined, headers: undefined });
    };
    own.on('message', hear).once('close', end);
    own.send(`{"id":"${id}","type":"subscribe","payload":${bodyOf(request)}}`);
    try {
      return await promise;
    } finally {
      own.off('message', hear).off('close', end);
    }
  };
}

/** The close code for a message that is too long. */
const tooBig = 1009;

/** A socket that has been let in. Rejects when it is closed before. */
async function greet(t: Scope, url: string, proof: object): Promise<WebSocket> {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  t.after(() => socket.terminate());
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  // Each operation listens for its own end.
  socket.setMaxListeners(0);
  socket.on('error', () => undefined);
  socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: proof })));
  socket.once('message', () => resolve(socket));
  socket.once('close', (code) => reject(new Error(`The socket was closed with ${code}`)));
  return promise;
}

/** In JSON, lists within lists however deep, of which `JSON.stringify` writes some thousand levels only. */
function bodyOf({ variables, ...request }: Sent): string {
  if (typeof variables !== 'object' || variables === null) return JSON.stringify({ ...request, variables });
  const entries = Object.entries(variables).map(([name, value]) => `${JSON.stringify(name)}:${toJson(value)}`);
  return `${JSON.stringify(request).slice(0, -1)},"variables":{${entries}}}`;
}

function toJson(value: unknown): string {
  let inner = value;
  let levels = 0;
  for (; Array.isArray(inner) && inner.length === 1; levels += 1) inner = inner[0];
  return '['.repeat(levels) + JSON.stringify(inner) + ']'.repeat(levels);
}

function toVerdict(answer: unknown): Pick<Verdict, 'data' | 'errors'> {
  const { data = null, errors = [] } = answer as { data?: unknown; errors?: VerdictError[] };
  return { data, errors };
}
