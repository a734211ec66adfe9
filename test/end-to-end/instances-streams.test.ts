import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { hasPostgres, postgres } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { startRedis } from '../support/redis.ts';
import { qrPayment } from '../support/samples.ts';
import { type Watching, watchCode } from '../support/subscriptions.ts';

const code = { id: 'qr_1', externalId: 'counter', type: 'STATIC' };

/** Two instances of one gateway, and a subscriber of the second. */
async function startTwo(
  t: TestContext,
  settings: Record<string, string>,
): Promise<[TestGateway, TestGateway, Watching]> {
  const place = await postgres(t);
  const one = await startGateway(t, settings, place);
  const other = await startGateway(t, settings, place);
  await pay(one, 0);
  const stream = watchCode(other, code.externalId);
  await stream.next();
  return [one, other, stream];
}

async function pay(gateway: TestGateway, number: number): Promise<void> {
  assert.equal((await gateway.deliver(qrPayment(code, `qrpy_${number}`))).status, 200);
}

/** Pays at one instance, and measures until the subscriber of the other is told, again and again. */
async function latencies(gateway: TestGateway, stream: Watching, from: number, count: number): Promise<number[]> {
  const waitedMs: number[] = [];
  for (let number = from; number < from + count; number += 1) {
    const told = stream.next();
    await pay(gateway, number);
    const committedAt = performance.now();
    assert.equal((await told)?.paymentId, `qrpy_${number}`);
    waitedMs.push(performance.now() - committedAt);
  }
  return waitedMs.toSorted((a, b) => a - b);
}

const patient = { FEED_POLL_MS: '60000' };

for (const bus of ['Redis', 'NOTIFY'] as const) {
  test(`a payment taken in by one instance is told at once by another (${bus})`, async (t) => {
    if (!(await hasPostgres(t))) return;
    const settings: Record<string, string> = bus === 'Redis' ? { REDIS_URL: (await startRedis(t)).url } : {};
    // A minute would pass before the log is looked at without a hint.
    const [one, , stream] = await startTwo(t, { ...patient, ...settings });
    const waitedMs = await latencies(one, stream, 1, 20);
    t.diagnostic(
      `told after ${Math.round(waitedMs[10] ?? 0)} ms (median), ${Math.round(waitedMs[19] ?? 0)} ms at most`,
    );
    await stream.leave();
  });
}

for (const how of ['gone', 'standing still']) {
  test(`with Redis ${how} deliveries are taken in, and told by the other instance all the same`, async (t) => {
    if (!(await hasPostgres(t))) return;
    const redis = await startRedis(t);
    const [one, other, stream] = await startTwo(t, { REDIS_URL: redis.url, BUS_PING_MS: '200' });
    if (how === 'gone') await redis.stop();
    else redis.pause();
    const waitedMs = await latencies(one, stream, 1, 10);
    t.diagnostic(`told after ${Math.round(waitedMs[5] ?? 0)} ms (median), ${Math.round(waitedMs[9] ?? 0)} ms at most`);
    assert.ok((waitedMs.at(-1) ?? 0) < 1_500, `${waitedMs.at(-1)} ms`);
    if (how === 'gone') await redis.start();
    else redis.resume();
    await latencies(one, stream, 11, 5);
    await stream.leave();
    await eventually('nobody listens', () => other.listeners() === 0);
  });
}
