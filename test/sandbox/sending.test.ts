import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { eventNames } from '../../src/sandbox/events.ts';
import { pay, startReceiver } from './support.ts';
import { createRequest, dayMs, minuteMs, readRequest, simulate, startV3, told } from './v3.ts';

test('every event of every generation can be sent about something made up', async (t) => {
  const { sandbox, receiver } = await startV3(t);
  for (const event of eventNames) await sandbox.send(event);
  assert.deepEqual(
    receiver.received.map(({ body }) => JSON.parse(body).event),
    eventNames,
  );
});

test('what is sent about a resource shows it as it is, but for what is said', async (t) => {
  const { sandbox } = await startV3(t);
  const payment = await simulate(sandbox, await createRequest(sandbox));
  await sandbox.send('payment.failure', { payment_id: payment.payment_id, failure_code: 'TIMEOUT_ERROR' });
  const { captures: _, ...rest } = payment;
  assert.deepEqual(told(sandbox).at(-1)?.data, {
    ...rest,
    captures: [],
    status: 'FAILED',
    failure_code: 'TIMEOUT_ERROR',
  });
});

test('a payment can be told of an expired request, which changes nothing', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const payment_request_id = await createRequest(sandbox);
  await clock.advance(3 * dayMs);
  await sandbox.send('payment.capture', { payment_request_id });
  const { data } = told(sandbox).at(-1) ?? assert.fail();
  assert.deepEqual([data.payment_request_id, data.reference_id], [payment_request_id, 'order-1']);
  assert.deepEqual([data.status, data.request_amount], ['SUCCEEDED', 25000]);
  const { status, latest_payment_id } = await readRequest(sandbox, payment_request_id);
  assert.deepEqual([status, latest_payment_id], ['EXPIRED', undefined]);
});

test('a webhook that was sent by hand is retried, met by faults and sent again like every other', async (t) => {
  const clock = createTestClock();
  const { sandbox, receiver } = await startV3(t, { clock });
  sandbox.faults.next('webhook', { kind: 'drop' });
  const id = await sandbox.send('payment.succeeded', { amount: 77 });
  assert.equal(receiver.received.length, 0);
  await clock.advance(15 * minuteMs);
  await sandbox.redeliver(id);
  assert.deepEqual(
    receiver.received.map(({ body }) => JSON.parse(body).data.amount),
    [77, 77],
  );
});

test('a QR payment of version 1 is told flat, to its own callback URL', async (t) => {
  const { sandbox, receiver } = await startV3(t);
  const own = await startReceiver(t);
  const { body: payment } = await pay(sandbox, own);
  await sandbox.idle();
  await sandbox.send('qr.payment', { id: payment.id as string });
  assert.equal(own.received[0]?.body, own.received[1]?.body);
  await sandbox.send('qr.payment', { qr_code: { external_id: 'order-9', id: 'qr_9', qr_string: '', type: 'STATIC' } });
  const [flat] = receiver.received.map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    [flat.event, flat.status, flat.qr_code.external_id, flat.data],
    ['qr.payment', 'COMPLETED', 'order-9', undefined],
  );
});

test('what is sent for a sub-account is its own', async (t) => {
  const { sandbox } = await startV3(t);
  const payment_request_id = await createRequest(sandbox);
  await sandbox.send('payment_request.expiry', { payment_request_id }, { account: 'sub-1' });
  const [webhook] = told(sandbox);
  assert.deepEqual([webhook?.body.business_id, webhook?.data.reference_id], ['sub-1', 'made-up']);
});
