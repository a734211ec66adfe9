import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/server.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { percentile } from '../support/figures.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { askForCode, createCode, payCode } from '../support/qr-codes.ts';
import { qrPayment } from '../support/samples.ts';
import { startXendit } from '../support/xendit.ts';

/** Once open, the breaker stays so for as long as the test may take. */
const patient = { BREAKER_WINDOW_MS: '60000', BREAKER_PROBE_AFTER_MS: '600000' };
/** 50 is what is wanted of one call by itself (test/xendit/client-limits.alone.test.ts); here the machine has more to do. */
const generousMs = 250;

const reading = 'GET /qr_codes/:external_id';

/** What a read gave: a status, null where there is none, or the code of an error; and how long it took. */
async function read(gateway: TestGateway, externalId: string): Promise<{ gave: string | null; tookMs: number }> {
  const start = performance.now();
  const { data, errors } = await gateway.ask<{ qrCode: { status: string } | null }>(
    'query ($externalId: ID!) { qrCode(externalId: $externalId) { status } }',
    { externalId },
  );
  const gave = errors?.[0]?.extensions.code ?? data?.qrCode?.status ?? null;
  return { gave, tookMs: performance.now() - start };
}

/** How many there are of each. */
function countOf(values: (string | number | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}

const hundred = Array.from({ length: 100 }, (_, index) => index);

/** What needs no answer of Xendit's to the question that fails: known codes, and deliveries. */
async function unaffected(gateway: TestGateway, round: string): Promise<Record<string, number>> {
  const gave: (string | number | null)[] = [];
  for (const index of hundred) {
    const delivery = gateway.deliver(
      qrPayment({ id: 'qr_counter', externalId: 'elsewhere' }, `qrpy_${round}_${index}`),
    );
    gave.push((await read(gateway, 'paid')).gave, (await delivery).status);
  }
  return countOf(gave);
}

testOnEachDatabase(
  'while reads fail, writes, deliveries and what is known go on, and reads fail at once',
  async (t, on) => {
    const { xendit, environment } = await startXendit(t);
    const gateway = await startGateway(t, { ...environment, ...patient }, on);
    await createCode(gateway, 'paid');
    await payCode(gateway, 'paid');
    await xendit.idle();
    xendit.faults.sometimes(reading, { kind: 'status', status: 503 }, { probability: 1, seed: 1 });
    const reads = () => xendit.record.requests.filter(({ endpoint }) => endpoint === reading).length;
    while (reads() < 10) assert.equal((await read(gateway, 'open')).gave, 'UNAVAILABLE');
    const before = reads();

    const failed: { gave: string | null; tookMs: number }[] = [];
    const created: string[] = [];
    const around = unaffected(gateway, 'reads');
    for (const index of hundred) {
      failed.push(await read(gateway, 'open'));
      created.push((await askForCode(gateway, { externalId: `order-${index}` })).__typename);
    }
    const p99 = percentile(
      failed.map(({ tookMs }) => tookMs),
      0.99,
    );
    const median = percentile(
      failed.map(({ tookMs }) => tookMs),
      0.5,
    );
    t.diagnostic(`reads fail in ${median} ms, p99 ${p99} ms`);
    assert.deepEqual(countOf(failed.map(({ gave }) => gave)), { UNAVAILABLE: 100 });
    assert.equal(reads(), before, 'Xendit is spared');
    assert.ok(median < generousMs, `${median} ms`);
    assert.deepEqual(countOf(created), { CreateQrCodePayload: 100 });
    assert.deepEqual(await around, { INACTIVE: 100, 200: 100 });
  },
);

test('with Xendit down a create fails at once and the rest goes on; when it is back, so is the gateway', async (t) => {
  const { xendit, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, BREAKER_PROBE_AFTER_MS: '100' });
  await createCode(gateway, 'paid');
  await payCode(gateway, 'paid');
  await xendit.idle();
  await xendit.close();

  const around = unaffected(gateway, 'down');
  const times: number[] = [];
  for (const index of hundred) {
    const start = performance.now();
    const failure = await askForCode(gateway, { externalId: `order-${index}` });
    assert.deepEqual([failure.__typename, failure.retryable], ['Unavailable', true]);
    times.push(performance.now() - start);
  }
  const median = percentile(times, 0.5);
  t.diagnostic(`creates fail in ${median} ms, p99 ${percentile(times, 0.99)} ms`);
  assert.ok(median < generousMs, `${median} ms`);
  assert.deepEqual(await around, { INACTIVE: 100, 200: 100 });

  const back = await startSandbox({ port: Number(new URL(xendit.url).port) });
  t.after(() => back.close());
  const goesThrough = async () =>
    (await askForCode(gateway, { externalId: 'order-0' })).__typename === 'CreateQrCodePayload';
  await eventually('a create goes through', goesThrough, 20_000);
  assert.equal(back.record.requests.filter(({ isProcessed }) => isProcessed).length, 1);
});
