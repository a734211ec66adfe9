import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQrCode, getQrCode, listQrPayments, simulateQrPayment } from '../../src/xendit/qr-codes.ts';
import { json, openClient, playXendit, refusal, said } from './playing-xendit.ts';

const v2 = '2022-07-31';
const stored = {
  id: 'qr_61cb3576-3a25-4d35-8d15-0e8e3bdba4f2',
  reference_id: 'order-id-1666420204',
  business_id: '5f27a14a9bf05c73dd040bc8',
  type: 'DYNAMIC',
  currency: 'IDR',
  amount: 10000,
  channel_code: 'ID_DANA',
  status: 'ACTIVE',
  qr_string: '0002010102',
  expires_at: '2022-10-23T09:56:43.60445Z',
  created: '2022-10-22T06:30:04Z',
  updated: '2022-10-22T06:30:04Z',
};
const paid = {
  id: 'qrpy_1',
  currency: 'IDR',
  amount: 10000,
  status: 'SUCCEEDED',
  created: '2022-10-22T06:31:00Z',
  qr_id: stored.id,
  reference_id: stored.reference_id,
  type: 'DYNAMIC',
  channel_code: 'ID_DANA',
  payment_detail: { receipt_id: '1', source: 'DANA' },
};
const code = { api: 'v2', id: stored.id } as const;

test('a version 2 code is made with its header, its names and its currency', async (t) => {
  const server = await playXendit(t, (response) => json(response, 201, stored));
  const xendit = openClient(t, server.url);
  const [made] = await createQrCode(xendit, 'sub-1', {
    api: 'v2',
    externalId: 'order-id-1666420204',
    type: 'DYNAMIC',
    currency: 'IDR',
    amount: '10000.00',
    channelCode: 'ID_DANA',
    expiresAt: new Date('2022-10-23T09:56:43.604Z'),
    description: 'd',
    basket: [{ name: 'n', price: 10000 }],
    metadata: { a: 'b' },
  });
  assert.deepEqual(said(server.received[0]), ['POST /qr_codes', v2, 'sub-1']);
  assert.equal(
    server.received[0]?.body,
    '{"reference_id":"order-id-1666420204","type":"DYNAMIC","currency":"IDR","amount":10000,"channel_code":"ID_DANA","expires_at":"2022-10-23T09:56:43.604Z","description":"d","basket":[{"name":"n","price":10000}],"metadata":{"a":"b"}}',
  );
  assert.deepEqual([made?.id, made?.status], [stored.id, 'ACTIVE']);
  assert.deepEqual(made?.fields, {
    family: 'QR_V2',
    xenditStatus: 'ACTIVE',
    businessId: stored.business_id,
    created: '2022-10-22T06:30:04.000000000Z',
    updated: '2022-10-22T06:30:04.000000000Z',
    externalId: 'order-id-1666420204',
    type: 'DYNAMIC',
    amount: { amount: '10000', currency: 'IDR' },
    qrString: '0002010102',
    channelCode: 'ID_DANA',
    expiresAt: '2022-10-23T09:56:43.604450000Z',
  });
  await createQrCode(xendit, '', { api: 'v2', externalId: 'a', type: 'STATIC', currency: 'THB' });
  assert.equal(server.received[1]?.body, '{"reference_id":"a","type":"STATIC","currency":"THB"}');
});

test('a version 2 code is found by Xendit’s id; version 1 is asked without a header', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, stored));
  const xendit = openClient(t, server.url);
  await getQrCode(xendit, '', code);
  await getQrCode(xendit, '', { externalId: 'a/b' });
  await getQrCode(xendit, '', 'a');
  assert.deepEqual(server.received.map(said), [
    [`GET /qr_codes/${stored.id}`, v2, undefined],
    ['GET /qr_codes/a%2Fb', undefined, undefined],
    ['GET /qr_codes/a', undefined, undefined],
  ]);
  assert.equal((await refusal(getQrCode(xendit, '', { api: 'v2', id: 'payments' }))).code, 'NOT_FOUND');
});

test('its payments are listed in either envelope, and belong to it although they don’t say so', async (t) => {
  const { qr_id, ...nameless } = paid;
  const bodies = [[paid], { data: [paid], has_more: false }, { data: [nameless] }];
  const server = await playXendit(t, (response, _, count) => json(response, 200, bodies[count - 1]));
  const xendit = openClient(t, server.url);
  for (const _ of bodies) {
    const observations = await listQrPayments(xendit, 'sub-1', { ...code, limit: 5 });
    assert.deepEqual(
      observations.map(({ type, id, status }) => `${type} ${id} ${status}`),
      ['QrPayment qrpy_1 COMPLETED', `QrCode ${qr_id} INACTIVE`],
    );
    assert.ok(observations[0]?.type === 'QrPayment');
    assert.deepEqual([observations[0].fields.family, observations[0].fields.source], ['QR_V2', 'DANA']);
  }
  assert.deepEqual(said(server.received[0]), [`GET /qr_codes/${stored.id}/payments?limit=5`, v2, 'sub-1']);
});

test('its payments are listed page after page, and those of other times are left out', async (t) => {
  const made = (day: number) => ({ ...paid, id: `qrpy_${day}`, created: `2022-10-0${day}T00:00:00Z` });
  const server = await playXendit(t, (response, { url }) => {
    const isRepeating = url.includes('qr_same');
    const page = url.includes('after_id=qrpy_8') && !isRepeating ? [made(7), made(6)] : [made(9), made(8)];
    json(response, 200, { data: page, has_more: isRepeating || !url.includes('after_id') });
  });
  const xendit = openClient(t, server.url);
  const list = async (id: string, window: { from?: Date; to?: Date } = {}) =>
    (await listQrPayments(xendit, '', { api: 'v2', id, limit: 2, ...window }))
      .filter(({ type }) => type === 'QrPayment')
      .map((each) => each.id);
  assert.deepEqual(await list('qr_1'), ['qrpy_9', 'qrpy_8', 'qrpy_7', 'qrpy_6']);
  assert.deepEqual(
    server.received.map(({ url }) => url),
    ['/qr_codes/qr_1/payments?limit=2', '/qr_codes/qr_1/payments?limit=2&after_id=qrpy_8'],
  );
  const window = { from: new Date('2022-10-07T00:00:00Z'), to: new Date('2022-10-08T00:00:00Z') };
  assert.deepEqual(await list('qr_1', window), ['qrpy_8', 'qrpy_7']);
  assert.deepEqual(await list('qr_same'), ['qrpy_9', 'qrpy_8'], 'a list that does not turn its page');
  assert.equal(server.received.length, 2 + 2 + 2);
});

test('it is paid with play money by its id', async (t) => {
  const { qr_id, ...nameless } = paid;
  const server = await playXendit(t, (response) => json(response, 200, nameless));
  const xendit = openClient(t, server.url);
  const observations = await simulateQrPayment(xendit, 'sub-1', { ...code, amount: '10000' });
  assert.deepEqual(said(server.received[0]), [`POST /qr_codes/${stored.id}/payments/simulate`, v2, 'sub-1']);
  assert.equal(server.received[0]?.body, '{"amount":10000}');
  assert.deepEqual(
    observations.map(({ type, id }) => `${type} ${id}`),
    ['QrPayment qrpy_1', `QrCode ${qr_id}`],
  );
});

test('a version 2 code that is lost stays open under the merchant’s name', async (t) => {
  const server = await playXendit(t, (response) => json(response, 201, {}));
  const xendit = openClient(t, server.url);
  const lost = await refusal(createQrCode(xendit, '', { api: 'v2', externalId: 'a', type: 'STATIC', currency: 'IDR' }));
  assert.deepEqual([lost.code, lost.reference], ['OUTCOME_UNKNOWN', 'a']);
  const unpaid = await refusal(simulateQrPayment(xendit, '', code));
  assert.deepEqual([unpaid.code, unpaid.reference], ['OUTCOME_UNKNOWN', stored.id]);
});
