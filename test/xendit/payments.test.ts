import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelPayment, capturePayment, toPaymentObservations } from '../../src/xendit/payments.ts';
import { json, openClient, playXendit, refusal, said } from './playing-xendit.ts';

const payment = {
  payment_id: 'py-1',
  payment_request_id: 'pr-1',
  reference_id: 'order-1',
  type: 'PAY',
  country: 'ID',
  currency: 'IDR',
  request_amount: 10000,
  capture_method: 'MANUAL',
  channel_code: 'CARDS',
  status: 'SUCCEEDED',
  captures: [{ capture_id: 'cptr-1', capture_amount: 7500.5, capture_timestamp: '2024-01-01T00:00:00.123+0700' }],
  payment_details: { issuer_name: 'BCA', fund_source: 'CREDIT' },
  created: '2023-12-31T00:00:00Z',
  updated: '2023-12-31T17:00:01Z',
};

test('a capture takes an exact amount, and tells of the payment and of its request', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, payment));
  const captured = await capturePayment(openClient(t, server.url), 'sub-1', { paymentId: 'py-1', amount: '7500.50' });
  assert.deepEqual(said(server.received[0]), ['POST /v3/payments/py-1/capture', '2024-11-11', 'sub-1']);
  assert.equal(server.received[0]?.body, '{"capture_amount":7500.5}');
  const [paid, request] = captured;
  assert.deepEqual(
    [paid?.type, paid?.id, paid?.status, paid?.updated],
    ['Payment', 'py-1', 'SUCCEEDED', '2023-12-31T17:00:01.000000000Z'],
  );
  assert.ok(paid?.type === 'Payment');
  assert.deepEqual(paid.fields.captures, [
    {
      captureId: 'cptr-1',
      amount: { amount: '7500.5', currency: 'IDR' },
      capturedAt: '2023-12-31T17:00:00.123000000Z',
    },
  ]);
  assert.deepEqual(paid.fields.paymentDetails, payment.payment_details);
  assert.deepEqual(
    [request?.id, request?.status, request?.cause],
    ['pr-1', 'SUCCEEDED', { type: 'Payment', id: 'py-1' }],
  );
});

test('a payment is as new as its last capture, since Xendit may say that it was updated before it', () => {
  const captures = ['2025-02-13T08:29:41.149Z', '2025-02-13T08:31:00Z'].map((capture_timestamp, index) => ({
    capture_id: `cptr-${index}`,
    capture_amount: 5000,
    capture_timestamp,
  }));
  const updatedAfter = (count: number) =>
    toPaymentObservations({
      ...payment,
      captures: captures.slice(0, count),
      updated: '2025-02-13T08:29:35.444Z',
    }).map(({ updated }) => updated);
  assert.deepEqual([0, 1, 2].map(updatedAfter), [
    ['2025-02-13T08:29:35.444000000Z', '2025-02-13T08:29:35.444000000Z'],
    ['2025-02-13T08:29:41.149000000Z', '2025-02-13T08:29:41.149000000Z'],
    ['2025-02-13T08:31:00.000000000Z', '2025-02-13T08:31:00.000000000Z'],
  ]);
});

test('an authorized payment is let go by its id', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, { ...payment, status: 'CANCELED' }));
  const [canceled] = await cancelPayment(openClient(t, server.url), '', 'py-1');
  assert.deepEqual(said(server.received[0]), ['POST /v3/payments/py-1/cancel', '2024-11-11', undefined]);
  assert.equal(server.received[0]?.body, '');
  assert.equal(canceled?.status, 'CANCELED');
});

test('a capture without an amount is none, and one of too much is refused', async (t) => {
  const exceeded = { error_code: 'CAPTURE_AMOUNT_EXCEEDED ', message: 'Too much' };
  const server = await playXendit(t, (response) => json(response, 400, exceeded));
  const xendit = openClient(t, server.url);
  assert.equal((await refusal(capturePayment(xendit, '', { paymentId: 'py-1', amount: '' }))).code, 'INVALID_INPUT');
  assert.equal(server.received.length, 0);
  const error = await refusal(capturePayment(xendit, '', { paymentId: 'py-1', amount: '99999' }));
  assert.deepEqual([error.code, error.xenditCode], ['INVALID_INPUT', 'CAPTURE_AMOUNT_EXCEEDED']);
});

test('a capture whose answer is lost may have been made', async (t) => {
  const server = await playXendit(t, (response, { url }) =>
    url.endsWith('/cancel') ? json(response, 200, { status: 'CANCELED' }) : response.destroy(),
  );
  const xendit = openClient(t, server.url);
  for (const call of [
    capturePayment(xendit, '', { paymentId: 'py-1', amount: '1' }),
    cancelPayment(xendit, '', 'py-1'),
  ]) {
    const error = await refusal(call);
    assert.deepEqual([error.code, error.reference], ['OUTCOME_UNKNOWN', 'py-1']);
  }
  assert.equal(server.received.length, 2);
});
