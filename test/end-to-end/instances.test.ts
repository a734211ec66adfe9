import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, drained, onPostgres, onRedis } from '../bus/support.ts';
import { embedded, hasPostgres, postgres } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createCode } from '../support/qr-codes.ts';
import { startRedis } from '../support/redis.ts';
import { sample } from '../support/samples.ts';

async function remainingOf(gateway: TestGateway, endpoint: string): Promise<number | undefined> {
  const { data } = await gateway.ask<{ xenditBudget: { endpoint: string; remaining: number }[] }>(
    '{ xenditBudget { endpoint remaining } }',
  );
  return data?.xenditBudget.find((each) => each.endpoint === endpoint)?.remaining;
}

test('instances with one Redis count their calls to Xendit together', async (t) => {
  const redis = await startRedis(t);
  const settings = { REDIS_URL: redis.url };
  const [one, other] = [await startGateway(t, settings), await startGateway(t, settings)];
  await eventually('they count together', async () => {
    await createCode(one, crypto.randomUUID());
    return (await remainingOf(other, 'POST /qr_codes')) !== undefined;
  });
  const before = (await remainingOf(one, 'POST /qr_codes')) ?? assert.fail();
  await createCode(other, crypto.randomUUID());
  assert.equal(await remainingOf(one, 'POST /qr_codes'), before - 1);
});

test('what is committed the others hear of, once and without a word of it', async (t) => {
  const redis = await startRedis(t);
  const gateway = await startGateway(t, { REDIS_URL: redis.url }, await embedded(t));
  const [one, other] = [await onRedis(t, redis.url, 'xendit-graphql'), await onRedis(t, redis.url, 'xendit-graphql')];
  await connected(one, other);
  await eventually('the gateway is on the bus', async () => {
    await gateway.deliver(sample('qr.payment.v1.id-doc', { id: crypto.randomUUID() }));
    return one.heard.includes('changes');
  });
  await drained(one, other);
  one.heard.splice(0);
  const body = sample('payment.capture.v3');
  const { outcome } = (await (await gateway.deliver(body)).json()) as { outcome: string };
  assert.equal(outcome, 'APPLIED');
  await eventually('it is heard', () => one.heard.length > 0);
  await gateway.deliver(body);
  await gateway.deliver(body);
  await drained(one, other);
  assert.deepEqual(one.heard, ['changes'], 'a repetition changes nothing');
});

test('on Postgres without Redis too', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const gateway = await startGateway(t, {}, place);
  const listener = await onPostgres(t, place.environment.DATABASE_URL ?? '');
  await eventually('it is heard', async () => {
    await gateway.deliver(sample('qr.payment.v1.id-doc', { id: crypto.randomUUID() }));
    return listener.heard.includes('changes');
  });
});

test('without its Redis a gateway starts, serves and takes deliveries', async (t) => {
  const redis = await startRedis(t);
  await redis.stop();
  const gateway = await startGateway(t, { REDIS_URL: redis.url });
  const takesAll = async () => {
    const startedAt = performance.now();
    const { status } = await gateway.deliver(sample('qr.payment.v1.id-doc', { id: crypto.randomUUID() }));
    assert.equal(status, 200);
    await createCode(gateway, crypto.randomUUID());
    return performance.now() - startedAt;
  };
  assert.ok((await takesAll()) < 2_000);
  await redis.start();
  await takesAll();
  redis.pause();
  assert.ok((await takesAll()) < 3_000, 'Redis is waited for once');
  assert.ok((await takesAll()) < 2_000);
  await redis.stop();
  await takesAll();
});
