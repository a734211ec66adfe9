import type { TestContext } from 'node:test';
import { greet, type HandSocket } from '../server/support.ts';
import type { GraphQLAnswer, TestGateway } from './gateway.ts';

/** One operation under way, whose caller may leave before its answer. */
export interface Leavable {
  /** Resolves with undefined where no answer has come. */
  answer: Promise<GraphQLAnswer | undefined>;
  leave(): void;
}

/** Asks over one transport. */
export type Ask = (t: TestContext, gateway: TestGateway, query: string) => Promise<Leavable>;

/** Every way to ask, and to leave. */
export const waysToLeave: [name: string, ask: Ask][] = [
  ['http', async (_t, { url }, query) => post(`${url}/graphql`, query, 'application/json', readAnswer)],
  ['event-stream', async (_t, { url }, query) => post(`${url}/graphql/stream`, query, eventStream, readEvent)],
  ['socket', (t, gateway, query) => subscribe(t, gateway, query, ({ socket }) => socket.terminate())],
  ['complete', (t, gateway, query) => subscribe(t, gateway, query, complete)],
];

const eventStream = 'text/event-stream';

function post(url: string, query: string, accept: string, read: (text: string) => GraphQLAnswer): Leavable {
  const leaving = new AbortController();
  const headers = { 'content-type': 'application/json', accept };
  const request = { method: 'POST', headers, body: JSON.stringify({ query }), signal: leaving.signal };
  const answer = fetch(url, request)
    .then((response) => response.text())
    .then(read, () => undefined);
  return { answer, leave: () => leaving.abort() };
}

const readAnswer = (text: string) => JSON.parse(text) as GraphQLAnswer;

function readEvent(text: string): GraphQLAnswer {
  return readAnswer(/^event: next\ndata: (.*)$/m.exec(text)?.[1] ?? '{}');
}

async function subscribe(
  t: TestContext,
  { url }: TestGateway,
  query: string,
  leave: (socket: HandSocket) => void,
): Promise<Leavable> {
  const socket = await greet(t, `${url.replace('http', 'ws')}/graphql`);
  socket.subscribe('1', query);
  const answer = socket.next().then(
    ({ payload }) => payload as GraphQLAnswer,
    () => undefined,
  );
  return { answer, leave: () => leave(socket) };
}

function complete({ send }: HandSocket): void {
  send({ id: '1', type: 'complete' });
}
