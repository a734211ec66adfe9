import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQrCode, getQrCode, listQrPayments, simulateQrPayment } from '../../src/xendit/qr-codes.ts';
import { json, openClient, playXendit, refusal } from './playing-xendit.ts';

const dynamic = {
  id: 'qr_8182837te-87st-49ing-8696-1239bd4d759c',
  external_id: 'testing_id_123',
  amount: 1500,
  qr_string: '000201',
  callback_url: 'https://yourwebsite.com/callback',
  type: 'DYNAMIC',
  status: 'ACTIVE',
  created: '2020-01-08T18:18:18.661Z',
  updated: '2020-01-08T18:18:18.661Z',
  metadata: { branch_code: 'senayan_372' },
};
const { amount: _, ...withNominal } = { ...dynamic, nominal: 1500 };
const paid = {
  id: 'qrpy_1',
  amount: 1500,
  created: '2020-01-08T18:18:18.857Z',
  qr_code: { id: dynamic.id, external_id: 'testing_id_123', qr_string: '000201', type: 'DYNAMIC' },
  status: 'COMPLETED',
};
const created = '2020-01-08T18:18:18.661000000Z';

test('a created code is told as Xendit stored it', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, withNominal));
  const newCode = {
    externalId: 'testing_id_123',
    type: 'DYNAMIC',
    amount: '1500.00',
    callbackUrl: dynamic.callback_url,
    metadata: dynamic.metadata,
  } as const;
  const observations = await createQrCode(openClient(t, server.url), 'sub-1', newCode);
  const [request] = server.received;
  assert.deepEqual([request?.method, request?.url, request?.headers['for-user-id']], ['POST', '/qr_codes', 'sub-1']);
  assert.equal(
    request?.body,
    '{"external_id":"testing_id_123","type":"DYNAMIC","callback_url":"https://yourwebsite.com/callback","amount":1500,"metadata":{"branch_code":"senayan_372"}}',
  );
  assert.deepEqual(observations, [
    {
      type: 'QrCode',
      id: dynamic.id,
      status: 'ACTIVE',
      updated: created,
      fields: {
        family: 'QR_V1',
        xenditStatus: 'ACTIVE',
        created,
        updated: created,
        metadata: { branch_code: 'senayan_372' },
        externalId: 'testing_id_123',
        type: 'DYNAMIC',
        amount: { amount: '1500', currency: 'IDR' },
        qrString: '000201',
        callbackUrl: dynamic.callback_url,
      },
    },
  ]);
});

test('an amount that is none never leaves the house', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, dynamic));
  const xendit = openClient(t, server.url);
  for (const amount of ['', '1e400', 'NaN', '1,5', '0x10']) {
    const error = await refusal(simulateQrPayment(xendit, '', { externalId: 'a', amount }));
    assert.equal(error.code, 'INVALID_INPUT');
  }
  assert.deepEqual(server.received, []);
});

test('a created code whose description makes no sense was created all the same', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, { external_id: 'testing_id_123' }));
  const xendit = openClient(t, server.url);
  const create = createQrCode(xendit, '', {
    externalId: 'testing_id_123',
    type: 'STATIC',
    callbackUrl: 'https://a.id',
  });
  const error = await refusal(create);
  assert.deepEqual([error.code, error.reference], ['OUTCOME_UNKNOWN', 'testing_id_123']);
  assert.equal((await refusal(simulateQrPayment(xendit, '', { externalId: 'a' }))).code, 'OUTCOME_UNKNOWN');
  assert.equal((await refusal(getQrCode(xendit, '', 'a'))).code, 'UPSTREAM_PROTOCOL');
  assert.equal((await refusal(listQrPayments(xendit, '', { externalId: 'a' }))).code, 'UPSTREAM_PROTOCOL');
});

test('a code is found by its external id, whatever that holds', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, { ...dynamic, type: 'STATIC', amount: null }));
  const xendit = openClient(t, server.url);
  const [code] = await getQrCode(xendit, '', 'order/1?x');
  assert.equal(server.received[0]?.url, '/qr_codes/order%2F1%3Fx');
  assert.deepEqual([code?.status, code?.fields.type, code?.fields.amount], ['ACTIVE', 'STATIC', undefined]);
  for (const externalId of ['payments', '..', '']) {
    assert.equal((await refusal(getQrCode(xendit, '', externalId))).code, 'NOT_FOUND', externalId);
  }
  assert.equal(server.received.length, 1, 'what can be no code is not asked for');
});

test('a version 2 code is read by its own names', async (t) => {
  const { external_id, ...rest } = dynamic;
  const v2 = { ...rest, reference_id: external_id, currency: 'THB', channel_code: 'TH_PROMPTPAY', status: 'PAUSED' };
  const server = await playXendit(t, (response) => json(response, 200, v2));
  const [code] = await getQrCode(openClient(t, server.url), '', 'a');
  assert.deepEqual(code?.fields.amount, { amount: '1500', currency: 'THB' });
  assert.deepEqual([code?.fields.family, code?.fields.externalId], ['QR_V2', 'testing_id_123']);
  assert.deepEqual([code?.status, code?.fields.xenditStatus], ['UNKNOWN', 'PAUSED']);
});

test('payments are listed between two times, each followed by its code', async (t) => {
  const second = {
    ...paid,
    id: 'qrpy_2',
    amount: null,
    nominal: '2500.50',
    payment_detail: { receipt_id: '1', source: 'OVO' },
  };
  const server = await playXendit(t, (response) => json(response, 200, [paid, second]));
  const observations = await listQrPayments(openClient(t, server.url), '', {
    externalId: 'a&b',
    from: new Date('2021-01-04T08:09:30Z'),
    limit: 2,
  });
  assert.equal(
    server.received[0]?.url,
    '/qr_codes/payments?external_id=a%26b&from=2021-01-04T08%3A09%3A30.000Z&limit=2',
  );
  assert.deepEqual(
    observations.map(({ type, id, status, cause }) => [type, id, status, cause?.id]),
    [
      ['QrPayment', 'qrpy_1', 'COMPLETED', undefined],
      ['QrCode', dynamic.id, 'INACTIVE', 'qrpy_1'],
      ['QrPayment', 'qrpy_2', 'COMPLETED', undefined],
      ['QrCode', dynamic.id, 'INACTIVE', 'qrpy_2'],
    ],
  );
  assert.ok(observations[2]?.type === 'QrPayment');
  assert.deepEqual(observations[2].fields.amount, { amount: '2500.5', currency: 'IDR' });
  assert.deepEqual([observations[2].fields.receiptId, observations[2].fields.source], ['1', 'OVO']);
});

test('a list with something else in it is no list', async (t) => {
  const bodies = [{}, { data: {} }, [null], [paid, { ...paid, id: undefined }], [paid, 5]];
  let body: unknown;
  const server = await playXendit(t, (response) => json(response, 200, body));
  const xendit = openClient(t, server.url);
  for (body of bodies) {
    assert.equal((await refusal(listQrPayments(xendit, '', { externalId: 'a' }))).code, 'UPSTREAM_PROTOCOL');
  }
  body = [];
  assert.deepEqual(await listQrPayments(xendit, '', { externalId: 'a' }), []);
});

test('a simulated payment tells of the payment and of its code', async (t) => {
  const gone = { error_code: 'INACTIVE_QR_CODE', message: 'QRIS DYNAMIC is inactive' };
  const server = await playXendit(t, (response, _, count) =>
    json(response, count === 1 ? 200 : 410, count === 1 ? paid : gone),
  );
  const xendit = openClient(t, server.url);
  const observations = await simulateQrPayment(xendit, '', { externalId: 'testing_id_123', amount: '1500' });
  assert.equal(server.received[0]?.url, '/qr_codes/testing_id_123/payments/simulate');
  assert.equal(server.received[0]?.body, '{"amount":1500}');
  assert.deepEqual(
    observations.map(({ type }) => type),
    ['QrPayment', 'QrCode'],
  );
  const again = await refusal(simulateQrPayment(xendit, '', { externalId: 'testing_id_123' }));
  assert.deepEqual([again.code, again.xenditCode], ['WRONG_STATE', 'INACTIVE_QR_CODE']);
  assert.equal(server.received[1]?.body, '{}');
});
