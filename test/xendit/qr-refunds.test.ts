import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQrRefund, getQrRefund, listQrRefunds } from '../../src/xendit/qr-refunds.ts';
import { json, openClient, playXendit, refusal, said } from './playing-xendit.ts';

const stored = {
  id: 'qrrf_1',
  qrpy_id: 'qrpy_1',
  status: 'PENDING',
  failure_code: null,
  refund_amount: 500.5,
  channel_code: 'ID_DANA',
  created: '2024-01-01T00:00:00Z',
};
const of = { qrPaymentId: 'qrpy_1' };

test('a QR payment is given back at its own address, under a key', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, stored));
  const xendit = openClient(t, server.url);
  const refund = { ...of, amount: '500.50', reason: 'REQUESTED_BY_CUSTOMER' };
  const observations = await createQrRefund(xendit, 'sub-1', refund, 'key-1');
  const [request] = server.received;
  assert.deepEqual(said(request), ['POST /qr_codes/payments/qrpy_1/refunds', undefined, 'sub-1']);
  assert.equal(request?.headers['idempotency-key'], 'key-1');
  assert.equal(request?.body, '{"amount":500.5,"reason":"REQUESTED_BY_CUSTOMER"}');
  const updated = '2024-01-01T00:00:00.000000000Z';
  assert.deepEqual(observations, [
    {
      type: 'Refund',
      id: 'qrrf_1',
      status: 'PENDING',
      updated,
      fields: {
        family: 'QR_V1',
        xenditStatus: 'PENDING',
        created: updated,
        paymentId: 'qrpy_1',
        amount: { amount: '500.5', currency: 'IDR' },
        channelCode: 'ID_DANA',
      },
    },
    {
      type: 'QrPayment',
      id: 'qrpy_1',
      status: 'UNKNOWN',
      updated,
      fields: {},
      cause: { type: 'Refund', id: 'qrrf_1' },
    },
  ]);
  await createQrRefund(xendit, '', of, 'key-2');
  assert.equal(server.received[1]?.body, '{}');
});

test('version 2 sends its header, and its refunds have the currency of their payment', async (t) => {
  const { qrpy_id, ...nameless } = stored;
  const server = await playXendit(t, (response) => json(response, 200, { ...nameless, status: 'FAILED' }));
  const xendit = openClient(t, server.url);
  const v2 = { api: 'v2', ...of } as const;
  const [inBaht, payment] = await getQrRefund(xendit, '', { ...v2, id: 'qrrf_1', currency: 'THB' });
  assert.deepEqual(said(server.received[0]), ['GET /qr_codes/payments/qrpy_1/refunds/qrrf_1', '2022-07-31', undefined]);
  assert.ok(inBaht?.type === 'Refund');
  assert.deepEqual([inBaht.status, inBaht.fields.family], ['FAILED', 'QR_V2']);
  assert.deepEqual(inBaht.fields.amount, { amount: '500.5', currency: 'THB' });
  assert.equal(payment?.id, qrpy_id, 'it is a refund of what was asked about');
  const [unknown] = await getQrRefund(xendit, '', { ...v2, id: 'qrrf_1' });
  assert.ok(unknown?.type === 'Refund');
  assert.equal(unknown.fields.amount, undefined);
});

test('the refunds of a QR payment are listed in either envelope', async (t) => {
  const bodies: unknown[] = [{ data: [stored, { ...stored, id: 'qrrf_2' }] }, [stored], {}];
  const server = await playXendit(t, (response, _, count) => json(response, 200, bodies[count - 1]));
  const xendit = openClient(t, server.url);
  const ids = (await listQrRefunds(xendit, 'sub-1', of)).map(({ id }) => id);
  assert.deepEqual(ids, ['qrrf_1', 'qrpy_1', 'qrrf_2', 'qrpy_1']);
  assert.deepEqual(said(server.received[0]), ['GET /qr_codes/payments/qrpy_1/refunds', undefined, 'sub-1']);
  assert.equal((await listQrRefunds(xendit, '', of)).length, 2);
  assert.equal((await refusal(listQrRefunds(xendit, '', of))).code, 'UPSTREAM_PROTOCOL');
});

test('what Xendit refuses keeps its meaning, and what is lost stays open', async (t) => {
  const table: [status: number, xenditCode: string, code: string][] = [
    [400, 'MAXIMUM_REFUND_AMOUNT_REACHED', 'INVALID_INPUT'],
    [400, 'REFUND_IN_PROGRESS', 'REJECTED'],
    [403, 'INELIGIBLE_TRANSACTION', 'WRONG_STATE'],
    [200, '', 'OUTCOME_UNKNOWN'],
  ];
  const server = await playXendit(t, (response, _, count) => {
    const [status = 0, error_code] = table[count - 1] ?? [];
    json(response, status, { error_code });
  });
  const xendit = openClient(t, server.url);
  for (const [, , code] of table) {
    const error = await refusal(createQrRefund(xendit, '', of, 'key-1'));
    assert.equal(error.code, code);
    if (code === 'OUTCOME_UNKNOWN') assert.equal(error.reference, 'qrpy_1');
  }
});
