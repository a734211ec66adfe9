import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServerClock } from '../../web/console/clock.ts';
import { indented } from '../../web/console/indented.ts';
import { countByMinute, createTally } from '../../web/console/minutes.ts';
import { samplesOf, stretchesOf } from '../../web/console/stretches.ts';
import { spread } from '../../web/console/timeline-scale.ts';

test('the gateway’s clock is told to a few milliseconds by headers of whole seconds', () => {
  const aheadMs = 3_456;
  const clock = createServerClock();
  const ask = (sentAt: number) => {
    const header = new Date(Math.floor((sentAt + 4 + aheadMs) / 1_000) * 1_000).toUTCString();
    clock.hear(sentAt, sentAt + 8, header);
  };
  let now = 1_700_000_000_123;
  assert.equal(clock.error(), Number.POSITIVE_INFINITY);
  ask(now);
  assert.ok(clock.error() > 400);
  for (let round = 0; round < 10; round += 1) {
    now = clock.nextAsking(now);
    ask(now);
    assert.ok(Math.abs(clock.at(now) - now - aheadMs) <= clock.error(), 'it is never wronger than it says');
  }
  assert.ok(clock.error() <= 25, `± ${clock.error()} ms`);
  // Set anew, it is believed.
  clock.hear(now, now + 8, new Date(now - 60_000).toUTCString());
  assert.ok(Math.abs(clock.at(now) - now + 60_000) < 1_000);
  clock.hear(now, now, null);
});

test('moments on a line keep their order, their distances and room between them', () => {
  assert.deepEqual(spread([], 400, 30), { places: [], length: 400 });
  assert.deepEqual(spread([7], 400, 30), { places: [0], length: 400 });
  assert.deepEqual(spread([0, 0, 100], 400, 30).places, [0, 30, 400]);
  const { places } = spread([0, 1, 86_400_000], 400, 30);
  assert.ok((places[1] ?? 0) >= 30 && (places[1] ?? 0) < 31 && places[2] === 400);
  assert.deepEqual(spread([0, 1, 2], 10, 30), { places: [0, 30, 60], length: 60 });
});

test('payments are counted in the minute that they came in, over one hour', () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 30);
  const ago = (ms: number) => now - ms;
  const counts = countByMinute([ago(0), ago(30_000), ago(31_000), ago(3_569_000), ago(3_571_000), ago(7_200_000)], now);
  assert.equal(counts.length, 60);
  assert.deepEqual([counts[59]?.count, counts[58]?.count, counts[0]?.count], [2, 1, 1]);
  assert.equal(
    counts.reduce((sum, { count }) => sum + count, 0),
    4,
  );
  assert.equal(counts[59]?.at, Date.UTC(2026, 0, 1, 12) / 1_000);
});

test('a payment that is told and read is counted once, and forgotten after the hour', () => {
  const tally = createTally();
  const now = Date.UTC(2026, 0, 1, 12, 0, 30);
  const inAll = (at: number) => tally.counts(at).reduce((sum, { count }) => sum + count, 0);
  tally.tell('QrPayment qrpy_1 1', now);
  tally.tell('QrPayment qrpy_1 1', now);
  tally.tell('QrPayment qrpy_2 1', now - 1_800_000);
  assert.equal(inAll(now), 2);
  tally.forget(now - 1_000);
  assert.equal(inAll(now), 1);
  assert.equal(inAll(now + 3_601_000), 0);
  assert.equal(inAll(now), 0);
});

test('percentiles are of what was measured in the same ten seconds', () => {
  const samples = Array.from({ length: 100 }, (_, index) => ({ arrivedAt: 20_000 + index, tookMs: 100 - index }));
  assert.deepEqual(stretchesOf([{ arrivedAt: 19_999, tookMs: 7 }, ...samples]), [
    { at: 10, p50: 7, p99: 7, count: 1 },
    { at: 20, p50: 50, p99: 99, count: 100 },
  ]);
});

test('what a change took is told as closely as the clocks are compared now, not as when it came', () => {
  const [aheadMs, tookMs] = [3_456, 40];
  const clock = createServerClock();
  const hear = (sentAt: number) => {
    const header = new Date(Math.floor((sentAt + 4 + aheadMs) / 1_000) * 1_000).toUTCString();
    clock.hear(sentAt, sentAt + 8, header);
  };
  let now = 1_700_000_000_123;
  hear(now);
  const arrivals = [{ arrivedAt: now, recorded: now + aheadMs - tookMs }];
  const wrongMs = () => Math.abs((samplesOf(arrivals, clock)[0]?.tookMs ?? Number.NaN) - tookMs);
  assert.ok(wrongMs() > 25, `${wrongMs()} ms`);
  for (let round = 0; round < 10; round += 1) {
    now = clock.nextAsking(now);
    hear(now);
    assert.ok(wrongMs() <= clock.error(), `${wrongMs()} ms wrong, and said to be ± ${clock.error()} ms`);
  }
  assert.ok(wrongMs() <= 25);
});

test('JSON is written in lines to the digit, and what is no JSON as it came', () => {
  const text = '{"a":[1.10,{},[]],"b":"x{,: \\" y","c":12345678901234567890}';
  assert.equal(
    indented(text),
    '{\n  "a": [\n    1.10,\n    {},\n    []\n  ],\n  "b": "x{,: \\" y",\n  "c": 12345678901234567890\n}',
  );
  assert.equal(indented('{"torn": '), '{"torn": ');
});
