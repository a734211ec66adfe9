import assert from 'node:assert/strict';
import { test } from 'node:test';
import { path } from '../../src/xendit/path.ts';
import { json, openClient, playXendit } from './playing-xendit.ts';

test('of two thousand calls to a slow Xendit none waits longer than a second for its socket', async (t) => {
  const waits: number[] = [];
  const start = performance.now();
  const server = await playXendit(t, (response) => {
    waits.push(performance.now() - start);
    setTimeout(() => json(response, 200, {}), 400);
  });
  const xendit = openClient(t, server.url);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 2_000 }, (_, call) =>
      call % 2 === 0 ? xendit.get(path`/balance`) : xendit.post(path`/qr_codes`, { body: {}, reference: 'order-1' }),
    ),
  );
  const tookMs = Math.round(performance.now() - start);
  const p99 = Math.round(waits.toSorted((a, b) => a - b)[Math.ceil(waits.length * 0.99) - 1] ?? 0);
  t.diagnostic(
    `${server.sockets()} sockets, ${waits.length} sent, p99 of the wait ${p99} ms, all over after ${tookMs} ms`,
  );
  assert.ok(server.sockets() <= 64, `${server.sockets()} sockets`);
  assert.ok(p99 <= 1_250, `${p99} ms`);
  assert.ok(tookMs < 3_000, `${tookMs} ms`);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(outcomes.length - refused.length, waits.length);
  assert.ok(
    refused.every(({ reason }) => reason.code === 'UNAVAILABLE'),
    'who was not sent may try again',
  );
});
