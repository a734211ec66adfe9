import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../src/model/observation.ts';
import type { Resource } from '../../src/model/resource.ts';
import { askById, findResource } from '../../src/service/asking.ts';
import { createPaymentRequestOperation, createPaymentRequestService } from '../../src/service/payment-requests.ts';
import { asReconciler } from '../../src/xendit/client.ts';
import { answered } from '../store/support.ts';
import { embedded } from '../support/database.ts';
import { type Opened, openRooms, timesCalled } from './support.ts';

const getRequest = 'GET /v3/payment_requests/:payment_request_id';

/** A QRIS payment request of 15,000 rupiah. */
async function createRequest({ rooms }: Opened, referenceId = 'order-1'): Promise<Resource<'PaymentRequest'>> {
  const service = createPaymentRequestService(rooms, createPaymentRequestOperation(rooms), '');
  const wanted = {
    type: 'PAY' as const,
    referenceId,
    country: 'ID',
    currency: 'IDR',
    amount: '15000',
    channelCode: 'QRIS',
    channelProperties: {},
  };
  return (await service.createPaymentRequest(wanted, referenceId)).result;
}

test('what is settled is answered by the ledger, whatever its age', async (t) => {
  const opened = await openRooms(t, await embedded(t));
  const { rooms, sandbox } = opened;
  const { id } = await createRequest(opened);
  await sandbox.payer.pay(id);
  assert.equal((await findResource(rooms, '', 'PaymentRequest', id))?.status, 'SUCCEEDED');
  const calls = sandbox.record.requests.length;
  for (let n = 0; n < 3; n += 1) {
    assert.equal((await findResource(rooms, '', 'PaymentRequest', id))?.status, 'SUCCEEDED');
  }
  assert.equal(sandbox.record.requests.length, calls);
});

test('what is fresh is answered by the ledger, and what is not is asked about', async (t) => {
  const place = await embedded(t);
  const opened = await openRooms(t, place, { readMaxAgeMs: 60_000 });
  const { rooms, sandbox } = opened;
  const { id } = await createRequest(opened);
  await sandbox.payer.pay(id);
  assert.equal((await findResource(rooms, '', 'PaymentRequest', id))?.status, 'REQUIRES_ACTION');
  assert.equal(timesCalled(sandbox, getRequest), 0);
  const found = await findResource({ ...rooms, readMaxAgeMs: -1 }, '', 'PaymentRequest', id);
  assert.equal(found?.status, 'SUCCEEDED');
  assert.equal(timesCalled(sandbox, getRequest), 1);
});

test('what only a payment has told of is asked about, however fresh and settled', async (t) => {
  const opened = await openRooms(t, await embedded(t), { readMaxAgeMs: 60_000 });
  const { rooms, sandbox } = opened;
  const { id } = await createRequest(await openRooms(t, await embedded(t), { sandbox }));
  const said: Observation = { type: 'PaymentRequest', id, status: 'SUCCEEDED', updated: undefined, fields: {} };
  await rooms.ledger.observe(answered([said]));
  assert.equal((await findResource(rooms, '', 'PaymentRequest', id))?.referenceId, 'order-1');
  assert.equal(timesCalled(sandbox, getRequest), 1);
});

test('fifty who ask at once are one GET, and all get its answer', async (t) => {
  const opened = await openRooms(t, await embedded(t), { readMaxAgeMs: -1 });
  const { rooms, sandbox } = opened;
  const { id } = await createRequest(opened);
  await sandbox.payer.pay(id);
  // Held, so that the first can't be answered before the last has asked.
  sandbox.faults.next(getRequest, { kind: 'delay', ms: 300 });
  const found = await Promise.all(Array.from({ length: 50 }, () => findResource(rooms, '', 'PaymentRequest', id)));
  assert.deepEqual(new Set(found.map((request) => request?.status)), new Set(['SUCCEEDED']));
  assert.equal(timesCalled(sandbox, getRequest), 1);
});

test('whoever asks does not share the lot of the reconciler, which has less to spend', async (t) => {
  const opened = await openRooms(t, await embedded(t), { readMaxAgeMs: -1 });
  const { rooms, sandbox } = opened;
  const { id } = await createRequest(opened);
  const key = { account: '', type: 'PaymentRequest', id } as const;
  sandbox.faults.next(getRequest, { kind: 'status', status: 404, errorCode: 'DATA_NOT_FOUND' });
  const own = { ...rooms, xendit: asReconciler(rooms.xendit) };
  const asked = await Promise.all([askById(own, key, undefined, 'RECONCILED'), askById(rooms, key, undefined)]);
  assert.equal(asked.filter((one) => one?.id === id).length, 1);
  assert.equal(timesCalled(sandbox, getRequest), 2);
});

test('what nobody knows is undefined, and is asked about by each', async (t) => {
  const { rooms, sandbox } = await openRooms(t, await embedded(t), { readMaxAgeMs: 60_000 });
  const id = 'pr-00000000-0000-4000-8000-000000000000';
  assert.equal(await findResource(rooms, '', 'PaymentRequest', id), undefined);
  assert.equal(await findResource(rooms, '', 'PaymentRequest', id), undefined);
  assert.equal(timesCalled(sandbox, getRequest), 2);
});

test('another account’s request is unknown', async (t) => {
  const opened = await openRooms(t, await embedded(t));
  const { id } = await createRequest(opened);
  assert.equal(await findResource(opened.rooms, 'other', 'PaymentRequest', id), undefined);
});

test('what Xendit knows no more is as it was last known', async (t) => {
  const opened = await openRooms(t, await embedded(t), { readMaxAgeMs: -1 });
  const { id } = await createRequest(opened);
  opened.sandbox.faults.next(getRequest, { kind: 'status', status: 404, errorCode: 'DATA_NOT_FOUND' });
  assert.equal((await findResource(opened.rooms, '', 'PaymentRequest', id))?.status, 'REQUIRES_ACTION');
});

test('when Xendit is away, what is known stands, and what is not is UNAVAILABLE', async (t) => {
  const opened = await openRooms(t, await embedded(t), { readMaxAgeMs: -1 });
  const { rooms, sandbox } = opened;
  const { id } = await createRequest(opened);
  sandbox.faults.sometimes(getRequest, { kind: 'status', status: 503 }, { probability: 1, seed: 1 });
  assert.equal((await findResource(rooms, '', 'PaymentRequest', id))?.status, 'REQUIRES_ACTION');
  const unknown = findResource(rooms, '', 'PaymentRequest', 'pr-00000000-0000-4000-8000-000000000000');
  await assert.rejects(unknown, { code: 'UNAVAILABLE' });
});

const elders: [string, Observation][] = [
  [
    'a payment of version 2',
    { type: 'Payment', id: 'ddpy-1', status: 'PENDING', updated: undefined, fields: { family: 'PAYMENTS_V2' } },
  ],
  [
    'a payment request of version 2',
    { type: 'PaymentRequest', id: 'pr-1', status: 'PENDING', updated: undefined, fields: { family: 'PAYMENTS_V2' } },
  ],
  [
    'an eWallet charge',
    { type: 'Payment', id: 'ewc_1', status: 'PENDING', updated: undefined, fields: { family: 'EWALLET' } },
  ],
  ['a capture', { type: 'Capture', id: 'cap-1', status: 'PENDING', updated: undefined, fields: {} }],
  ['a payment of a QR code', { type: 'QrPayment', id: 'qrpy_1', status: 'UNKNOWN', updated: undefined, fields: {} }],
];

for (const [name, observation] of elders) {
  test(`${name} is known by its webhooks alone: Xendit is not asked`, async (t) => {
    const { rooms, sandbox } = await openRooms(t, await embedded(t), { readMaxAgeMs: -1 });
    const { type, id } = observation;
    if (type !== 'PaymentRequest') assert.equal(await findResource(rooms, '', type, id), undefined);
    await rooms.ledger.observe(answered([observation]));
    const known = await findResource(rooms, '', type, id);
    assert.equal(known?.id, id);
    assert.equal(await askById(rooms, { account: '', type, id }, known), undefined);
    assert.deepEqual(sandbox.record.requests, []);
  });
}
