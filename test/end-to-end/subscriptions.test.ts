import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embedded, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { onSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { askForCode, createCode, payCode, sandboxOf } from '../support/qr-codes.ts';
import { qrPayment, sample } from '../support/samples.ts';
import { refusalOf, type Told, type Watching, watchCode, watchRequest } from '../support/subscriptions.ts';

const testTogether = onSharedGateway();

const request = 'pr-1fdaf346-dd2e-4b6c-b938-124c7167a822';
const payment = 'py-1fdaf346-dd2e-4b6c-b938-124c7167a822';
const waiting = sample('payment_request.expiry.v3', { payment_request_id: request, status: 'REQUIRES_ACTION' });
const captured = sample('payment.capture.v3.reference');

async function deliver(gateway: TestGateway, body: object): Promise<void> {
  assert.equal((await gateway.deliver(body)).status, 200);
}

/** Opens streams one after another, as fast as they answer, until there are enough; tells when a third has begun. */
function openMany(count: number, open: () => Watching): { begun: Promise<void>; all: Promise<Told[][]> } {
  const begun = Promise.withResolvers<void>();
  let opened = 0;
  const openOne = async () => {
    const stream = open();
    const first = await stream.next();
    opened += 1;
    if (opened === Math.ceil(count / 3)) begun.resolve();
    const told = [...(first ? [first] : []), ...(await stream.rest())];
    await stream.leave();
    return told;
  };
  const openInTurn = async () => {
    const streams: Promise<Told[]>[] = [];
    for (let index = 0; index < count; index += 1) {
      streams.push(openOne());
      await new Promise((resolve) => setImmediate(resolve));
    }
    return Promise.all(streams);
  };
  return { begun: begun.promise, all: openInTurn() };
}

/** Each stream has told the payment once, its versions only rose, and it ended with the settled status. */
function assertToldOnce(streams: Told[][], paymentId: string, settled: string): void {
  for (const told of streams) {
    const shown = JSON.stringify(told);
    assert.equal(told.filter((one) => one.paymentId === paymentId).length, 1, shown);
    assert.equal(told.at(-1)?.status, settled, shown);
    const [first = 0, ...others] = told.map(({ version }) => version);
    assert.deepEqual(
      others,
      others.map((_, index) => first + 1 + index),
      shown,
    );
  }
}

testOnEachDatabase("a code's payment is seen once, opened before, during or after it", async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  await createCode(gateway, 'order-1');
  const before = watchCode(gateway, 'order-1');
  assert.equal((await before.next())?.kind, 'SNAPSHOT');
  const during = openMany(60, () => watchCode(gateway, 'order-1'));
  await during.begun;
  const paymentId = await payCode(gateway, 'order-1');
  const streams = [await before.rest(), ...(await during.all)];
  await sandboxOf(gateway).idle();
  const after = await watchCode(gateway, 'order-1').rest();
  assertToldOnce([...streams, after], paymentId, 'INACTIVE');
  t.diagnostic(`${streams.filter((told) => told[0]?.paymentId).length} of 61 began after the payment`);
});

testOnEachDatabase("a request's payment is seen once, opened before, during or after it", async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  await deliver(gateway, waiting);
  const before = watchRequest(gateway, request);
  assert.equal((await before.next())?.status, 'REQUIRES_ACTION');
  const during = openMany(60, () => watchRequest(gateway, request));
  await during.begun;
  await deliver(gateway, captured);
  const streams = [await before.rest(), ...(await during.all)];
  const after = await watchRequest(gateway, request).rest();
  assertToldOnce([...streams, after], payment, 'SUCCEEDED');
  t.diagnostic(`${streams.filter((told) => told[0]?.paymentId).length} of 61 began after the payment`);
});

test('the payment of a code that was made elsewhere is seen once, also by who comes after it', async (t) => {
  const gateway = await startGateway(t, { READ_MAX_AGE_MS: '0' });
  const sandbox = sandboxOf(gateway);
  const post = async (path: string, body: object) => {
    const authorization = `Basic ${Buffer.from('xnd_development_other:').toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(sandbox.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as { id: string };
  };
  const callback_url = `${gateway.url}/webhooks/xendit`;
  await post('/qr_codes', { external_id: 'order-1', type: 'DYNAMIC', amount: 15000, callback_url });
  const { id } = await post('/qr_codes/order-1/payments/simulate', {});
  await sandbox.idle();
  for (const _ of ['asks Xendit', 'knows it']) {
    assertToldOnce([await watchCode(gateway, 'order-1').rest()], id, 'INACTIVE');
  }
});

/** A seeded choice, so that a failure can be repeated. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % sides;
  };
}

const payments = 100;
const key = ({ version, kind, paymentId }: Told) => `${version} ${kind} ${paymentId}`;

testOnEachDatabase('a stream that is cut and taken up again misses and repeats nothing', async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  const { id, externalId } = await createCode(gateway, 'counter', 'STATIC');
  const code = { id, externalId };
  const roll = dice(20_261_120);
  const [begin] = await watchCode(gateway, externalId).take(1);
  const payAll = async () => {
    for (let number = 1; number <= payments; number += 1) await deliver(gateway, qrPayment(code, `qrpy_${number}`));
  };
  const paying = payAll();
  const received: Told[] = [begin ?? assert.fail()];
  let cuts = 0;
  for (; received.length <= payments; cuts += 1) {
    const stream = watchCode(gateway, externalId, received.at(-1)?.cursor);
    const wanted = Math.min(1 + roll(9), payments + 1 - received.length);
    received.push(...(await stream.take(wanted)));
    await stream.leave();
  }
  await paying;
  const expected = [
    '1 SNAPSHOT undefined',
    ...received.slice(1).map((_, index) => `${index + 2} PAYMENT qrpy_${index + 1}`),
  ];
  assert.deepEqual(received.map(key), expected);
  t.diagnostic(`${cuts} cuts among ${payments} payments`);

  const versions =
    'subscription ($after: Cursor) { change: qrCodeChanged(externalId: "counter", after: $after) { version } }';
  const fromEach = received.map(async ({ cursor, version }) => {
    const stream = gateway.subscribe<{ change: { version: number } }>(versions, { after: cursor });
    for (let next = version + 1; next <= payments + 1; next += 1) {
      assert.equal((await stream.next())?.change.version, next, `after version ${version}`);
    }
    return stream;
  });
  const streams = await Promise.all(fromEach);
  await deliver(gateway, qrPayment(code, 'qrpy_last'));
  for (const stream of streams) assert.equal((await stream.next())?.change.version, payments + 2);
});

testOnEachDatabase(
  'an expired request stays open, tells money that comes later, and then ends',
  async (t, database) => {
    const gateway = await startGateway(t, {}, database);
    await deliver(gateway, waiting);
    const stream = watchRequest(gateway, request);
    assert.equal((await stream.next())?.status, 'REQUIRES_ACTION');
    await deliver(gateway, sample('payment_request.expiry.v3', { payment_request_id: request }));
    assert.equal((await stream.next())?.status, 'EXPIRED');
    await deliver(gateway, sample('payment.failure.v3', { updated: '2025-03-01T00:00:00Z' }));
    assert.equal((await stream.next())?.status, 'FAILED');
    await deliver(gateway, captured);
    assert.deepEqual(
      (await stream.rest()).map(({ status, paymentId }) => [status, paymentId]),
      [['SUCCEEDED', payment]],
    );
  },
);

testTogether('what follows the end of a stream is had with its last cursor', async (_t, gateway) => {
  await deliver(gateway, waiting);
  await deliver(gateway, captured);
  const [last] = await watchRequest(gateway, request).rest();
  assert.deepEqual(await watchRequest(gateway, request, last?.cursor).rest(), []);
  await deliver(gateway, sample('refund.succeeded', { payment_id: payment, payment_request_id: request }));
  const later = await watchRequest(gateway, request, last?.cursor).rest();
  assert.deepEqual(
    later.map(({ kind, status }) => [kind, status]),
    [['REFUND', 'SUCCEEDED']],
  );
});

testOnEachDatabase('what can not be watched is refused with a code', async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  await deliver(gateway, waiting);
  await createCode(gateway, 'counter', 'STATIC');
  await createCode(gateway, 'other', 'STATIC');
  const [ofCode] = await watchCode(gateway, 'counter').take(1);
  const [ofOther] = await watchCode(gateway, 'other').take(1);
  const [ofRequest] = await watchRequest(gateway, request).take(1);
  await deliver(gateway, captured);
  const [ahead] = await watchRequest(gateway, request).take(1);

  assert.equal(await refusalOf(watchCode(gateway, 'nobody-knows')), 'NOT_FOUND');
  assert.equal(await refusalOf(watchRequest(gateway, 'pr-nobody')), 'NOT_FOUND');
  assert.equal(await refusalOf(watchCode(gateway, 'counter', ofOther?.cursor)), 'CURSOR_INVALID');
  assert.equal(await refusalOf(watchCode(gateway, 'counter', ofRequest?.cursor)), 'CURSOR_INVALID');
  const cursor = ofCode?.cursor ?? '';
  const forged = [...cursor].map((letter, at) => (at === 0 ? (letter === 'A' ? 'B' : 'A') : letter)).join('');
  for (const wrong of [forged, '', 'x', cursor.slice(0, -1), `${cursor}A`, '99', ahead?.cursor ?? '']) {
    assert.equal(await refusalOf(watchCode(gateway, 'counter', wrong)), 'CURSOR_INVALID', JSON.stringify(wrong));
  }
  const activity = gateway.subscribe('subscription ($after: Cursor) { activity(after: $after) { cursor } }', {
    after: cursor,
  });
  assert.equal(await refusalOf(activity), 'CURSOR_INVALID');
  await eventually('only the two streams that are open listen', () => gateway.listeners() === 2);
});

test('cursors hold across a restart, and those of another database are refused', async (t) => {
  const place = await embedded(t);
  const secret = { CURSOR_SECRET: 'the same for all' };
  const first = await startGateway(t, secret, place);
  await deliver(first, waiting);
  const [present] = await watchRequest(first, request).take(1);
  await first.close();

  const again = await startGateway(t, secret, place);
  const stream = watchRequest(again, request, present?.cursor);
  await deliver(again, captured);
  assert.deepEqual(
    (await stream.rest()).map(({ version }) => version),
    [2],
  );
  const other = await startGateway(t, secret);
  await deliver(other, waiting);
  assert.equal(await refusalOf(watchRequest(other, request, present?.cursor)), 'CURSOR_INVALID');
});

testTogether('a webhook that overtakes the answer to its own cause is told once', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  await createCode(gateway, 'overtaken');
  const stream = watchCode(gateway, 'overtaken');
  const present = await stream.next();
  sandbox.faults.next('webhook', { kind: 'beforeAnswer' });
  const paymentId = await payCode(gateway, 'overtaken');
  assertToldOnce([[present ?? assert.fail(), ...(await stream.rest())]], paymentId, 'INACTIVE');
});

testTogether('a payment that comes before the code itself is known is told once', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  sandbox.faults.next('POST /qr_codes', { kind: 'delay', ms: 600, afterProcessing: true });
  const creating = askForCode(gateway, { externalId: 'early' });
  const isAsked = () => sandbox.record.requests.some(({ body }) => body.includes('early'));
  while (!isAsked()) await new Promise((resolve) => setImmediate(resolve));
  const authorization = `Basic ${Buffer.from('xnd_development_other:').toString('base64')}`;
  const simulate = `${sandbox.url}/qr_codes/early/payments/simulate`;
  const paid = await fetch(simulate, { method: 'POST', headers: { authorization } });
  const { id } = (await paid.json()) as { id: string };
  await sandbox.idle();
  const meanwhile = watchCode(gateway, 'early').rest();
  assert.equal((await creating).qrCode?.status, 'INACTIVE');
  assertToldOnce([await meanwhile, await watchCode(gateway, 'early').rest()], id, 'INACTIVE');
});
