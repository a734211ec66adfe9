import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openBus } from '../../src/bus/open.ts';
import { createRates } from '../../src/server/counted-rates.ts';
import type { Rates } from '../../src/server/rates.ts';
import { eventually } from '../support/eventually.ts';
import { upTo } from '../support/figures.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const limits = { operationsPerMinute: 10, failuresPerMinute: 3, prefix: 'test', redisTimeoutMs: 500 };

/** How many of so many operations are let through. */
async function passed(rates: Rates, caller: string, count: number): Promise<number> {
  const answers = await Promise.allSettled(upTo(count).map(() => rates.countOperation(caller)));
  for (const answer of answers) {
    if (answer.status === 'fulfilled') continue;
    assert.equal(answer.reason.code, 'THROTTLED');
    assert.ok(answer.reason.retryAfterMs > 0 && answer.reason.retryAfterMs <= 60_000);
  }
  return answers.filter(({ status }) => status === 'fulfilled').length;
}

async function onRedis(t: TestContext, { url }: TestRedis, pingMs = 200): Promise<Rates> {
  const { redis, close } = await openBus({
    redisUrl: url,
    redisPrefix: 'test',
    databaseUrl: undefined,
    pingMs,
    reconnectMaxMs: 200,
    onAway: () => undefined,
    onBack: () => undefined,
  });
  t.after(() => close());
  await eventually('Redis is there', () => redis?.status === 'ready');
  return createRates({ ...limits, redis });
}

test('a caller may do so much in a minute, whatever others do', async () => {
  const rates = createRates({ ...limits, redis: undefined });
  assert.equal(await passed(rates, 'one', 25), 10);
  assert.equal(await passed(rates, 'other', 5), 5);
  assert.equal(await passed(rates, 'one', 1), 0);
});

test('an address that fails too often is told to wait, and no other one is', async () => {
  const rates = createRates({ ...limits, redis: undefined });
  for (let failure = 0; failure < 3; failure += 1) await rates.countFailure('192.0.2.1');
  await assert.rejects(rates.countFailure('192.0.2.1'), { code: 'THROTTLED' });
  await rates.countFailure('192.0.2.2');
});

test('instances with one Redis count together, and each for itself while it is away', async (t) => {
  const server = await startRedis(t);
  const [one, other] = [await onRedis(t, server), await onRedis(t, server)];
  assert.equal((await passed(one, 'shop', 7)) + (await passed(other, 'shop', 7)), 10);
  await one.countFailure('192.0.2.1');
  await other.countFailure('192.0.2.1');
  await other.countFailure('192.0.2.1');
  await assert.rejects(one.countFailure('192.0.2.1'), { code: 'THROTTLED' });

  await server.stop();
  assert.equal(await passed(one, 'till', 15), 10);
  assert.equal(await passed(other, 'till', 15), 10);
  await one.countFailure('192.0.2.1');
});

test('a Redis that stands still holds nobody longer than its time, and nobody is let through who is one too many', async (t) => {
  const server = await startRedis(t);
  const rates = await onRedis(t, server, 60_000);
  await rates.countOperation('shop');
  server.pause();
  t.after(() => server.resume());
  const beganAt = performance.now();
  assert.equal(await passed(rates, 'shop', 15), 10);
  const tookMs = performance.now() - beganAt;
  assert.ok(tookMs >= 499 && tookMs < 2_000, `${tookMs} ms`);
});
