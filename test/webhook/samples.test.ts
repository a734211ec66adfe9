import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { lines, read, sample, sampleObject } from './deliveries.ts';

const observed: Record<string, string[]> = {
  'capture.failed.v2.json': ['Capture cap-48d74 FAILED', 'PaymentRequest pr-48d749 UNKNOWN by Capture cap-48d74'],
  'capture.succeeded.v2.json': [
    'Capture cap-48d74 SUCCEEDED',
    'PaymentRequest pr-48d749 SUCCEEDED by Capture cap-48d74',
  ],
  'ewallet.capture.json': ['Payment ewc_95d47 SUCCEEDED'],
  'ewallet.capture.reconciliation.json': ['Payment ewc_95d47 SUCCEEDED'],
  'payment.authorization.v3.json': [
    'Payment py-1fdaf3 AUTHORIZED',
    'PaymentRequest pr-1fdaf3 AUTHORIZED by Payment py-1fdaf3',
  ],
  'payment.awaiting_capture.v2.json': [
    'Payment ca_62fd91 AUTHORIZED',
    'PaymentRequest pr-df560c AUTHORIZED by Payment ca_62fd91',
  ],
  'payment.capture.v3.bri_va.json': [
    'Payment py-889cfe SUCCEEDED',
    'PaymentRequest pr-90392f ACCEPTING_PAYMENTS by Payment py-889cfe',
  ],
  'payment.capture.v3.cards.json': [
    'Payment py-3f57d6 SUCCEEDED',
    'PaymentRequest pr-559312 SUCCEEDED by Payment py-3f57d6',
  ],
  'payment.capture.v3.json': ['Payment py-97716c SUCCEEDED', 'PaymentRequest pr-ced796 SUCCEEDED by Payment py-97716c'],
  'payment.capture.v3.reference.json': [
    'Payment py-1fdaf3 SUCCEEDED',
    'PaymentRequest pr-1fdaf3 SUCCEEDED by Payment py-1fdaf3',
  ],
  'payment.capture.v3.with_token.json': [
    'Payment py-1402fe SUCCEEDED',
    'PaymentRequest pr-1102fe SUCCEEDED by Payment py-1402fe',
  ],
  'payment.failed.v2.json': ['Payment pymt-2e9b FAILED', 'PaymentRequest pr-df560c FAILED by Payment pymt-2e9b'],
  'payment.failure.v3.json': ['Payment py-1fdaf3 FAILED', 'PaymentRequest pr-1fdaf3 FAILED by Payment py-1fdaf3'],
  'payment.succeeded.v2.json': [
    'Payment pymt-2e9b SUCCEEDED',
    'PaymentRequest pr-df560c SUCCEEDED by Payment pymt-2e9b',
  ],
  'payment_method.activated.v2.json': ['PaymentToken pm-6ff0b6 ACTIVE'],
  'payment_request.expiry.v3.json': ['PaymentRequest pr-f16f16 EXPIRED'],
  'payment_session.completed.json': [
    'PaymentSession ps-579c8d COMPLETED',
    'PaymentRequest pr-836389 UNKNOWN',
    'PaymentToken ptkn-6d1c UNKNOWN',
  ],
  'payment_session.completed.reference.json': [
    'PaymentSession ps-661f87 COMPLETED',
    'PaymentRequest pr-661f87 UNKNOWN',
    'PaymentToken pt-661f87 UNKNOWN',
  ],
  'payment_session.expired.json': [
    'PaymentSession ps-579c8d EXPIRED',
    'PaymentRequest pr-836389 UNKNOWN',
    'PaymentToken ptkn-6d1c UNKNOWN',
  ],
  'payment_session.expired.reference.json': ['PaymentSession ps-661f87 EXPIRED'],
  'payment_token.activation.v3.json': ['PaymentToken pt-1402fe ACTIVE'],
  'payment_token.expiry.v3.json': ['PaymentToken pt-1402fe EXPIRED'],
  'payment_token.failure.v3.json': ['PaymentToken pt-1402fe FAILED'],
  'qr.payment.v1.id-doc.json': ['QrPayment qrpy_8182 COMPLETED', 'QrCode qr_818283 INACTIVE by QrPayment qrpy_8182'],
  'qr.payment.v1.json': ['QrPayment qrpy_8182 COMPLETED', 'QrCode qr_818283 INACTIVE by QrPayment qrpy_8182'],
  'qr.payment.v2.json': ['QrPayment qrpy_8182 COMPLETED', 'QrCode qr_818283 INACTIVE by QrPayment qrpy_8182'],
  'qr.payment.v2.reconciliation.json': [
    'QrPayment qrpy_8182 COMPLETED',
    'QrCode qr_818283 INACTIVE by QrPayment qrpy_8182',
  ],
  'refund.succeeded.json': ['Refund rfd-6f4a3 SUCCEEDED', 'Payment ddpy-3cd6 UNKNOWN by Refund rfd-6f4a3'],
  'refund.succeeded.reference-nested.json': [
    'Refund rfd-6f4a3 SUCCEEDED',
    'Payment ddpy-3cd6 UNKNOWN by Refund rfd-6f4a3',
  ],
};

test('every sample that Xendit ever printed is read', () => {
  const files = readdirSync(new URL('../fixtures/webhooks/', import.meta.url));
  assert.deepEqual(files.sort(), Object.keys(observed).sort());
  for (const [file, expected] of Object.entries(observed)) {
    const report = read(sample(file));
    assert.deepEqual(lines(report), expected, file);
    const { event, unread, subject } = report.letter;
    assert.deepEqual([event, unread], [sampleObject(file).event, undefined]);
    assert.deepEqual(subject, { type: report.observations[0]?.type, id: report.observations[0]?.id });
  }
});

test('a payment of a version 1 code is read to the last field', () => {
  const { letter, observations, ...rest } = read(sample('qr.payment.v1.id-doc.json'), { account: 'sub-1' });
  assert.deepEqual(rest, { account: 'sub-1', origin: 'WEBHOOK' });
  assert.equal(letter.family, 'QR_V1');
  assert.equal(letter.webhookId, 'wh-1');
  assert.equal(letter.businessId, undefined);
  assert.deepEqual(letter.body, sample('qr.payment.v1.id-doc.json'));
  const paidAt = '2020-01-08T18:18:18.857000000Z';
  const qrCodeId = 'qr_8182837te-87st-49ing-8696-1239bd4d759c';
  const id = 'qrpy_8182837te-87st-49ing-8696-1239bd4d759c';
  const amount = { amount: '1500', currency: 'IDR' };
  assert.deepEqual(observations, [
    {
      type: 'QrPayment',
      id,
      status: 'COMPLETED',
      updated: paidAt,
      fields: {
        family: 'QR_V1',
        xenditStatus: 'COMPLETED',
        created: paidAt,
        qrCodeId,
        externalId: 'testing_id_123',
        amount,
        receiptId: '120318666',
        source: 'GOPAY',
      },
    },
    {
      type: 'QrCode',
      id: qrCodeId,
      status: 'INACTIVE',
      updated: paidAt,
      fields: {
        family: 'QR_V1',
        metadata: { branch_code: 'senayan_372' },
        externalId: 'testing_id_123',
        type: 'DYNAMIC',
        amount,
        qrString: sampleObject('qr.payment.v1.json').qr_code.qr_string,
      },
      cause: { type: 'QrPayment', id },
    },
  ]);
});

test('what a version 2 code adds is told of the code too', () => {
  const { letter, observations } = read(sample('qr.payment.v2.json'));
  assert.deepEqual([letter.family, letter.businessId], ['QR_V2', '59e0daf7049b567510c63f67']);
  const [paid, code] = observations;
  assert.deepEqual(paid?.fields.metadata, { branch_code: 'senayan_372' });
  assert.equal(paid?.fields.xenditStatus, 'SUCCEEDED');
  assert.ok(code?.type === 'QrCode');
  assert.deepEqual([code.fields.channelCode, code.fields.expiresAt], ['ID_DANA', '2020-01-08T18:48:18.857000000Z']);
  assert.equal(code.fields.xenditStatus, undefined);
});

test('a payment tells its request what it knows of it, in its own words and no more', () => {
  const [payment, request] = read(sample('payment.capture.v3.with_token.json')).observations;
  assert.ok(payment?.type === 'Payment' && request?.type === 'PaymentRequest');
  const amount = { amount: '10000.01', currency: 'PHP' };
  const at = '2029-12-31T23:59:59.000000000Z';
  assert.deepEqual(payment.fields.amount, amount);
  assert.deepEqual(payment.fields.captures, [
    { captureId: 'cap-1502feb0-bb79-47ae-9d1e-e69394d3949c', amount, capturedAt: at },
  ]);
  assert.deepEqual(payment.fields.paymentDetails, { remark: 'example remark' });
  assert.equal(request.updated, at);
  assert.deepEqual(request.fields, {
    family: 'PAYMENTS_V3',
    businessId: '5f27a14a9bf05c73dd040bc8',
    referenceId: '90392f42-d98a-49ef-a7f3-abcezas123',
    country: 'PH',
    amount,
    captureMethod: 'AUTOMATIC',
    channelCode: 'PAYMAYA',
    customerId: 'cust-b98d6f63-d240-44ec-9bd5-aa42954c4f48',
    paymentTokenId: 'pt-cc3938dc-c2a5-43c4-89d7-7570793348c2',
    latestPaymentId: payment.id,
  });
  assert.equal(request.paidOnce, 'SAID');
});

test('a payment of a type that requests don’t have leaves open whether its request is paid once', () => {
  for (const type of ['SINGLE_PAYMENT', undefined]) {
    const delivery = sampleObject('payment.capture.v3.json');
    Object.assign(delivery.data, { type });
    const [, request] = read(delivery).observations;
    assert.ok(request?.type === 'PaymentRequest');
    assert.deepEqual([request.paidOnce, request.fields.type, request.fields.amount], ['UNSAID', undefined, undefined]);
  }
});

test('a reusable request neither ends nor fails with one of its payments, nor takes its amount', () => {
  const failed = sampleObject('payment.capture.v3.bri_va.json');
  Object.assign(failed.data, { status: 'FAILED', failure_code: 'INSUFFICIENT_BALANCE ', request_amount: 5 });
  const [payment, request] = read(failed).observations;
  assert.ok(payment?.type === 'Payment' && request?.type === 'PaymentRequest');
  assert.deepEqual([payment.status, payment.fields.failureCode], ['FAILED', 'INSUFFICIENT_BALANCE']);
  assert.deepEqual(
    [request.status, request.fields.failureCode, request.fields.amount],
    ['ACCEPTING_PAYMENTS', undefined, undefined],
  );
  const [captured] = read(sample('payment.capture.v3.bri_va.json')).observations;
  assert.ok(captured?.type === 'Payment');
  assert.deepEqual(captured.fields.amount, { amount: '10001', currency: 'IDR' }, 'the amount is what was captured');
});

test('a version 2 payment is read through its payment method', () => {
  const [payment] = read(sample('payment.succeeded.v2.json')).observations;
  assert.ok(payment?.type === 'Payment');
  assert.equal(payment.updated, '2022-02-16T06:01:07.322974428Z');
  assert.equal(payment.fields.channelCode, 'INDOMARET');
  assert.equal(payment.fields.channelProperties?.payment_code, 'XENVCQKCUBNRQ');
  assert.equal(payment.fields.paymentTokenId, 'pm-e12563a5-a970-4fff-ba3b-242cs0443db7');
  const [token] = read(sample('payment_method.activated.v2.json')).observations;
  assert.ok(token?.type === 'PaymentToken');
  assert.deepEqual([token.fields.family, token.fields.channelCode], ['PAYMENTS_V2', 'BPI']);
  assert.equal(token.fields.tokenDetails?.masked_bank_account_number, 'XXXXXX1234');
});

test('an expired request speaks for itself', () => {
  const [request] = read(sample('payment_request.expiry.v3.json')).observations;
  assert.ok(request?.type === 'PaymentRequest');
  assert.equal(request.fields.xenditStatus, 'EXPIRED');
  assert.equal(request.fields.expiresAt, '2025-02-13T09:05:35.953594182Z');
  assert.deepEqual(request.fields.actions, []);
});

test('events that no sample exists of are read like their kin', () => {
  const charge = sampleObject('ewallet.capture.json');
  charge.data.status = 'VOIDED';
  assert.deepEqual(lines(read({ ...charge, event: 'ewallet.void' })), ['Payment ewc_95d47 VOIDED']);

  const refund = { id: 'ewr_1', charge_id: 'ewc_1', status: 'SUCCEEDED', refund_amount: 5000, channel_code: 'ID_DANA' };
  const refunded = read({ event: 'ewallet.refund', data: refund });
  assert.deepEqual(lines(refunded), ['Refund ewr_1 SUCCEEDED', 'Payment ewc_1 UNKNOWN by Refund ewr_1']);
  assert.ok(refunded.observations[0]?.type === 'Refund');
  assert.deepEqual(refunded.observations[0].fields.amount, { amount: '5000', currency: 'IDR' });

  const payment = { payment_id: 'py-1', payment_request_id: 'pr-1', status: 'EXPIRED' };
  assert.deepEqual(lines(read({ event: 'payment.expiry', data: payment })), [
    'Payment py-1 EXPIRED',
    'PaymentRequest pr-1 EXPIRED by Payment py-1',
  ]);
  const ofQr = { id: 'rfd-1', payment_id: 'qrpy_1', payment_request_id: 'pr-1', status: 'FAILED' };
  assert.deepEqual(lines(read({ event: 'refund.failed', data: ofQr })), [
    'Refund rfd-1 FAILED',
    'QrPayment qrpy_1 UNKNOWN by Refund rfd-1',
    'PaymentRequest pr-1 UNKNOWN by Refund rfd-1',
  ]);
  assert.deepEqual(lines(read({ event: 'payment_method.expired', data: { id: 'pm-1', status: 'EXPIRED' } })), [
    'PaymentToken pm-1 EXPIRED',
  ]);
});

test('a code stays as it is when its payment did not come through, or when its type is unknown', () => {
  const paid = sampleObject('qr.payment.v1.json');
  const withCode = (status: string | undefined, type: string | undefined) =>
    lines(read({ ...paid, status, qr_code: { ...paid.qr_code, type } })).map((line) => line.split(' ')[2]);
  assert.deepEqual(withCode('COMPLETED', 'STATIC'), ['COMPLETED', 'ACTIVE']);
  const [, code] = read({ ...paid, qr_code: { ...paid.qr_code, type: 'STATIC' } }).observations;
  assert.ok(code?.type === 'QrCode');
  assert.equal(code.fields.amount, undefined, 'what one payer typed is no amount of the code');
  assert.deepEqual(withCode('COMPLETED', undefined), ['COMPLETED', 'UNKNOWN']);
  assert.deepEqual(withCode('COMPLETED', 'REUSABLE'), ['COMPLETED', 'UNKNOWN']);
  assert.deepEqual(withCode(undefined, 'DYNAMIC'), ['COMPLETED', 'INACTIVE']);
  assert.deepEqual(withCode('FAILED', 'DYNAMIC'), ['UNKNOWN', 'UNKNOWN']);
});
