import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { ExecutionResult } from 'graphql';
import { GatewayError } from '../../src/errors.ts';
import { EndableGenerator } from '../../src/graphql/generator.ts';
import { EventStream } from '../../src/server/event-stream.ts';

const limits = { bufferBytes: 1_048_576, slowReaderMs: 30_000, heartbeatMs: 12_000 };
const write = ({ data, errors }: ExecutionResult) => JSON.stringify({ data, errors });
const unproved = new GatewayError('UNAUTHENTICATED', 'The proof has ended');

/** Results of which each is what `bring` comes to. */
class Results extends EndableGenerator<ExecutionResult> {
  hasEnded = false;
  override readonly next: () => Promise<IteratorResult<ExecutionResult, void>>;

  constructor(bring: () => Promise<IteratorResult<ExecutionResult, void>>) {
    super();
    this.next = bring;
  }

  protected override async end(): Promise<void> {
    this.hasEnded = true;
  }
}

/** All that a client reads of a stream. */
async function read(t: TestContext, tell: (stream: EventStream) => Promise<unknown>): Promise<string[]> {
  const server = createServer((_, response: ServerResponse) => {
    const stream = new EventStream(response, limits, false);
    stream.begin({});
    void tell(stream);
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const events = (await answer.text()).split('\n\n').filter((event) => !event.startsWith(':') && event !== '');
  return events.map((event) => event.replaceAll('\n', ' '));
}

const last = [
  `event: next data: ${JSON.stringify({ errors: [{ message: unproved.message }] })}`,
  'event: complete data:',
];

/** What is under way when the stream is stopped, and comes to this afterwards. */
for (const [what, outcome] of [
  ['a result', async () => ({ done: false as const, value: { data: { is: 'too late' } } })],
  ['a refusal', async () => Promise.reject(unproved)],
  ['the end', async () => ({ done: true as const, value: undefined })],
] as const) {
  test(`nothing follows the last word of a stream that is stopped, not even ${what} that was under way`, async (t) => {
    const told = await read(t, async (stream) => {
      const late = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      const next = async (): Promise<IteratorResult<ExecutionResult, void>> => {
        asked.resolve();
        await late.promise;
        return outcome();
      };
      const telling = stream.tell(async () => new Results(next), write);
      await asked.promise;
      const stopping = stream.stop(unproved, write);
      late.resolve();
      await Promise.all([telling, stopping, stream.stop(unproved, write)]);
    });
    assert.deepEqual(told, last);
  });
}

test('a stream that is stopped before it has begun says so and nothing else', async (t) => {
  const results: Results = new Results(async () =>
    results.hasEnded ? { done: true, value: undefined } : { done: false, value: { data: { is: 'too late' } } },
  );
  const told = await read(t, async (stream) => {
    await stream.tell(async () => {
      void stream.stop(unproved, write);
      return results;
    }, write);
  });
  assert.deepEqual([told, results.hasEnded], [last, true]);
});

test('a stream whose client has left before it is made is closed from the start', async (t) => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((_, response: ServerResponse) => {
    response.once('close', () => void new EventStream(response, limits, false).closed.then(closed.resolve));
    leaving.abort();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const leaving = new AbortController();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await assert.rejects(fetch(url, { signal: leaving.signal }), { name: 'AbortError' });
  await closed.promise;
});
