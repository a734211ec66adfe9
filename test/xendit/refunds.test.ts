import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelRefund, createRefund, listRefunds } from '../../src/xendit/refunds.ts';
import { json, openClient, playXendit, refusal, said } from './playing-xendit.ts';

const stored = {
  id: 'rfd-1',
  payment_request_id: 'pr-1',
  payment_id: null,
  reference_id: 'refund-1',
  channel_code: 'OVO',
  currency: 'IDR',
  amount: 5000.5,
  status: 'PENDING',
  reason: 'REQUESTED_BY_CUSTOMER',
  failure_code: null,
  refund_fee_amount: 100,
  metadata: { a: 'b' },
  created: '2024-01-01T00:00:00Z',
  updated: '2024-01-01T00:00:00Z',
};
const created = '2024-01-01T00:00:00.000000000Z';

test('a refund is made under its key', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, stored));
  const xendit = openClient(t, server.url);
  const refund = {
    paymentRequestId: 'pr-1',
    reason: 'REQUESTED_BY_CUSTOMER',
    amount: '5000.50',
    currency: 'IDR',
    referenceId: 'refund-1',
    metadata: { a: 'b' },
  };
  const observations = await createRefund(xendit, 'sub-1', refund, 'key-1');
  const [request] = server.received;
  assert.deepEqual(said(request), ['POST /refunds', undefined, 'sub-1']);
  assert.equal(request?.headers['idempotency-key'], 'key-1');
  assert.equal(
    request?.body,
    '{"payment_request_id":"pr-1","reference_id":"refund-1","currency":"IDR","amount":5000.5,"reason":"REQUESTED_BY_CUSTOMER","metadata":{"a":"b"}}',
  );
  assert.deepEqual(observations, [
    {
      type: 'Refund',
      id: 'rfd-1',
      status: 'PENDING',
      updated: created,
      fields: {
        xenditStatus: 'PENDING',
        created,
        updated: created,
        metadata: { a: 'b' },
        referenceId: 'refund-1',
        paymentRequestId: 'pr-1',
        amount: { amount: '5000.5', currency: 'IDR' },
        refundFeeAmount: { amount: '100', currency: 'IDR' },
        channelCode: 'OVO',
        reason: 'REQUESTED_BY_CUSTOMER',
      },
    },
    {
      type: 'PaymentRequest',
      id: 'pr-1',
      status: 'UNKNOWN',
      updated: created,
      fields: {},
      cause: { type: 'Refund', id: 'rfd-1' },
    },
  ]);
  await createRefund(xendit, '', { paymentRequestId: 'pr-1', reason: 'OTHERS' }, 'key-2');
  assert.equal(server.received[1]?.body, '{"payment_request_id":"pr-1","reason":"OTHERS"}');
});

test('a lost refund is found by its reference, or by what it is a refund of', async (t) => {
  const server = await playXendit(t, (response) => response.destroy());
  const xendit = openClient(t, server.url);
  const refund = { paymentRequestId: 'pr-1', reason: 'OTHERS' };
  const error = await refusal(createRefund(xendit, '', { ...refund, referenceId: 'refund-1' }, 'key-1'));
  assert.deepEqual([error.code, error.reference], ['OUTCOME_UNKNOWN', 'refund-1']);
  assert.equal((await refusal(createRefund(xendit, '', refund, 'key-1'))).reference, 'pr-1');
  assert.equal((await refusal(createRefund(xendit, '', { ...refund, amount: 'x' }, 'key-1'))).code, 'INVALID_INPUT');
  assert.equal(server.received.length, 2, 'each was sent once');
});

test('what Xendit refuses keeps its meaning', async (t) => {
  const table: [status: number, xenditCode: string, code: string][] = [
    [400, 'REFUND_AMOUNT_EXCEEDED', 'INVALID_INPUT'],
    [400, 'REFUND_IN_PROGRESS', 'REJECTED'],
    [403, 'REFUND_NOT_SUPPORTED', 'FORBIDDEN'],
    [409, 'IDEMPOTENCY_ERROR', 'CONFLICT'],
  ];
  const server = await playXendit(t, (response, _, count) => {
    const [status = 0, xenditCode] = table[count - 1] ?? [];
    json(response, status, { error_code: xenditCode });
  });
  const xendit = openClient(t, server.url);
  for (const [, , code] of table) {
    const refund = createRefund(xendit, '', { paymentRequestId: 'pr-1', reason: 'OTHERS' }, 'key-1');
    assert.equal((await refusal(refund)).code, code);
  }
});

test('all refunds of a request are listed, page after page', async (t) => {
  const pages = [
    { data: [stored, { ...stored, id: 'rfd-2' }], has_more: true },
    { data: [{ ...stored, id: 'rfd-3', payment_id: 'py-1' }], has_more: false },
  ];
  const server = await playXendit(t, (response, _, count) => json(response, 200, pages[count - 1]));
  const observations = await listRefunds(openClient(t, server.url), 'sub-1', { paymentRequestId: 'pr-1' });
  assert.deepEqual(server.received.map(said), [
    ['GET /refunds?payment_request_id=pr-1&limit=50', undefined, 'sub-1'],
    ['GET /refunds?payment_request_id=pr-1&limit=50&after_id=rfd-2', undefined, 'sub-1'],
  ]);
  assert.deepEqual(
    observations.map(({ id }) => id),
    ['rfd-1', 'pr-1', 'rfd-2', 'pr-1', 'rfd-3', 'py-1', 'pr-1'],
  );
});

test('a list without an end is cut off', async (t) => {
  const server = await playXendit(t, (response, { url }, count) => {
    const id = url.includes('pr-same') ? 'rfd-1' : `rfd-${count}`;
    json(response, 200, { data: [{ ...stored, id }], has_more: true });
  });
  const xendit = openClient(t, server.url);
  await listRefunds(xendit, '', { paymentRequestId: 'pr-1', maxPages: 3, pageSize: 1 });
  assert.equal(server.received.length, 3);
  await listRefunds(xendit, '', { paymentRequestId: 'pr-same' });
  assert.equal(server.received.length, 3 + 2);
});

test('a list that is none is no empty list', async (t) => {
  const bodies: unknown[] = [{}, { data: {} }, { data: [null] }, { data: [{ status: 'PENDING' }] }];
  let body: unknown;
  const server = await playXendit(t, (response) => json(response, 200, body));
  const xendit = openClient(t, server.url);
  for (body of bodies) {
    assert.equal((await refusal(listRefunds(xendit, '', { paymentRequestId: 'pr-1' }))).code, 'UPSTREAM_PROTOCOL');
  }
  body = { data: [], has_more: true };
  assert.deepEqual(await listRefunds(xendit, '', { paymentRequestId: 'pr-1' }), []);
});

test('a pending refund is taken back under a key', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, { ...stored, status: 'CANCELLED' }));
  const [canceled] = await cancelRefund(openClient(t, server.url), 'sub-1', 'rfd-1', 'key-1');
  assert.deepEqual(said(server.received[0]), ['POST /refunds/rfd-1/cancel', undefined, 'sub-1']);
  assert.equal(server.received[0]?.headers['idempotency-key'], 'key-1');
  assert.equal(server.received[0]?.body, '');
  assert.equal(canceled?.status, 'CANCELLED');
});
