import type { JsonObject } from '../../src/model/json.ts';
import { qrPayment, sample } from './samples.ts';

/** All that Xendit says of one thing, and how that thing must end whatever the order. */
export interface Lifecycle {
  name: string;
  /** In the order in which it happens. */
  deliveries: JsonObject[];
  /** By id, what the graph must show in the end. */
  ends: Record<string, object>;
  /** By id, how often each changes when told in order. */
  changes: Record<string, string>;
}

const v1Code = 'qr_8182837te-87st-49ing-8696-1239bd4d759c';
const v1Payment = 'qrpy_8182837te-87st-49ing-8696-1239bd4d759c';
const v3Payment = 'py-1fdaf346-dd2e-4b6c-b938-124c7167a822';
const v3Request = 'pr-1fdaf346-dd2e-4b6c-b938-124c7167a822';
const v2Payment = 'pymt-2e9badf8-1473-4e8a-a1cf-d1e3214afc0f';
const v2Request = 'pr-df560c7d-b059-4789-ad2f-3cee5d8230a8';
const v2Method = 'pm-e12563a5-a970-4fff-ba3b-242cs0443db7';
const authorized = 'ca_62fd91b51f9b98001ba724c7';
const authorizedRequest = 'pr-df560c7d-b059-4789-ad2f-6fea5d8235eb';
const capture = 'cap-48d749c9-dd46-462c-bece-c3e73cd94125';
const charge = 'ewc_95d47d3a-db03-4b4b-9b6c-71077157cbc8';
const session = 'ps-579c8d61f23fa4ca35e52da4';
const otherSession = 'ps-661f87c614802d6c402cd82d';
const token = 'pt-1402feb0-bb79-47ae-9d1e-e69394d3949c';
const refund = 'rfd-6f4a377d-a201-437f-9119-f8b00cbbe857';
const refunded = 'ddpy-3cd658ae-25b9-4659-aa36-596ae41a809f';
const reusable = 'pr-90392f42-d98a-49ef-a7f3-abcezas123';

/** A later word on the same payment, under another event; the manual prints no sample of it. */
function laterV3(event: string, status: string, updated: string, more: JsonObject = {}): JsonObject {
  return sample('payment.failure.v3', { failure_code: null, status, updated, ...more }, { event });
}

function expiryOf(paymentRequestId: string): JsonObject {
  const updated = '2021-12-02T16:00:00.123456789Z';
  return sample('payment_request.expiry.v3', { payment_request_id: paymentRequestId, updated });
}

function intoReusable(number: number): JsonObject {
  const paidAt = `2025-07-03T07:0${number}:30.200Z`;
  const captures = [{ capture_id: `cptr-${number}`, capture_amount: 10_000 + number, capture_timestamp: paidAt }];
  return sample('payment.capture.v3.bri_va', {
    payment_id: `py-${number}`,
    created: paidAt,
    updated: paidAt,
    captures,
  });
}

function refundOf(status: string, updated: string, more: JsonObject = {}): JsonObject {
  return sample('refund.succeeded', { status, updated, ...more }, { event: `refund.${status.toLowerCase()}` });
}

const walletRefund = (status: string): JsonObject => ({
  event: 'ewallet.refund',
  business_id: '59e0daf7049b567510c63f67',
  created: '2020-10-22T13:59:14.536400713Z',
  data: { id: 'ewr_1', charge_id: charge, status, refund_amount: 20000, currency: 'IDR', channel_code: 'ID_SHOPEEPAY' },
});
const voided = sample(
  'ewallet.capture',
  { status: 'VOIDED', updated: '2020-10-21T15:00:00.000001Z', voided_at: '2020-10-21T15:00:00.000001Z' },
  { event: 'ewallet.void' },
);

export const lifecycles: Lifecycle[] = [
  {
    name: 'a payment of a DYNAMIC code, in the spellings of version 1',
    deliveries: [sample('qr.payment.v1'), sample('qr.payment.v1.id-doc')],
    ends: {
      [v1Payment]: { status: 'COMPLETED', amount: { amount: '1500', currency: 'IDR' }, source: 'GOPAY' },
      [v1Code]: { status: 'INACTIVE', metadata: { branch_code: 'senayan_372' } },
    },
    changes: { [v1Payment]: 'CREATED UPDATED', [v1Code]: 'PAYMENT UPDATED' },
  },
  {
    name: 'a payment of a DYNAMIC code in version 2, and its reconciliation',
    deliveries: [sample('qr.payment.v2'), sample('qr.payment.v2.reconciliation')],
    ends: { [v1Payment]: { status: 'COMPLETED', xenditStatus: 'SUCCEEDED' }, [v1Code]: { status: 'INACTIVE' } },
    changes: { [v1Payment]: 'CREATED', [v1Code]: 'PAYMENT' },
  },
  {
    name: 'one payment told by both versions',
    deliveries: [sample('qr.payment.v1'), sample('qr.payment.v1.id-doc'), sample('qr.payment.v2')],
    ends: { [v1Payment]: { status: 'COMPLETED' }, [v1Code]: { status: 'INACTIVE' } },
    changes: {},
  },
  {
    name: 'four payments of a STATIC code',
    deliveries: [1, 2, 3, 4].map((number) =>
      qrPayment({ id: 'qr_static', externalId: 'counter' }, `qrpy_${number}`, {
        created: `2020-01-0${number}T18:18:18.857Z`,
        amount: 1500 + number,
      }),
    ),
    ends: { qr_static: { status: 'ACTIVE', amount: null }, qrpy_4: { status: 'COMPLETED' } },
    changes: { qr_static: 'PAYMENT PAYMENT PAYMENT PAYMENT', qrpy_1: 'CREATED' },
  },
  {
    name: 'a version 3 payment that is authorized, fails, and is captured in the end',
    deliveries: [
      laterV3('payment.pending', 'PENDING', '2021-12-02T14:50:00Z'),
      sample('payment.authorization.v3', { type: 'PAY' }),
      sample('payment.failure.v3', { type: 'PAY' }),
      sample('payment.capture.v3.reference', { type: 'PAY' }),
    ],
    ends: {
      [v3Payment]: { status: 'SUCCEEDED', amount: { amount: '10000', currency: 'IDR' } },
      [v3Request]: {
        status: 'SUCCEEDED',
        paidAfterExpiry: false,
        latestPayment: { id: v3Payment, status: 'SUCCEEDED' },
      },
    },
    changes: {},
  },
  {
    name: 'a version 3 payment that expires, as its request does, and is captured in the end',
    deliveries: [
      sample('payment.authorization.v3'),
      laterV3('payment.expiry', 'EXPIRED', '2021-12-02T15:52:21.566Z'),
      expiryOf(v3Request),
      sample('payment.capture.v3.reference'),
    ],
    ends: {
      [v3Payment]: { status: 'SUCCEEDED' },
      [v3Request]: { status: 'SUCCEEDED', xenditStatus: 'EXPIRED', paidAfterExpiry: true },
    },
    changes: { [v3Payment]: 'CREATED STATUS_CHANGED STATUS_CHANGED' },
  },
  {
    name: 'a payment request that expires before its money comes',
    deliveries: [sample('payment.authorization.v3'), expiryOf(v3Request), sample('payment.capture.v3.reference')],
    ends: {
      [v3Request]: { status: 'SUCCEEDED', xenditStatus: 'EXPIRED', paidAfterExpiry: true },
      [v3Payment]: { status: 'SUCCEEDED', xenditStatus: 'SUCCEEDED' },
    },
    changes: { [v3Request]: 'PAYMENT STATUS_CHANGED PAYMENT', [v3Payment]: 'CREATED STATUS_CHANGED' },
  },
  {
    name: 'many payments into a reusable code',
    deliveries: [1, 2, 3, 4].map(intoReusable),
    ends: { [reusable]: { status: 'ACCEPTING_PAYMENTS', latestPayment: { id: 'py-4', status: 'SUCCEEDED' } } },
    changes: { [reusable]: 'PAYMENT PAYMENT PAYMENT PAYMENT', 'py-1': 'CREATED', 'py-4': 'CREATED' },
  },
  {
    name: 'a session that is completed, though it was called expired',
    deliveries: [sample('payment_session.expired'), sample('payment_session.completed')],
    ends: { [session]: { status: 'COMPLETED', paymentRequest: { status: 'UNKNOWN' } } },
    changes: { [session]: 'CREATED STATUS_CHANGED' },
  },
  {
    name: 'a session in the spelling of the reference',
    deliveries: [sample('payment_session.expired.reference'), sample('payment_session.completed.reference')],
    ends: { [otherSession]: { status: 'COMPLETED', xenditStatus: 'COMPLETED' } },
    changes: { [otherSession]: 'CREATED STATUS_CHANGED' },
  },
  {
    name: 'a token that fails, works, and expires',
    deliveries: ['failure', 'activation', 'expiry'].map((event) => sample(`payment_token.${event}.v3`)),
    ends: {
      [token]: {
        status: 'EXPIRED',
        tokenDetails: { account_name: 'John Doe', account_balance: '1000001', account_point_balance: '50000' },
      },
    },
    changes: { [token]: 'CREATED STATUS_CHANGED STATUS_CHANGED' },
  },
  {
    name: 'a refund that fails, then succeeds, told flat and nested',
    deliveries: [
      refundOf('PENDING', '2020-08-30T09:00:00Z'),
      refundOf('FAILED', '2020-08-30T09:10:00Z', { failure_code: 'INSUFFICIENT_BALANCE' }),
      sample('refund.succeeded'),
      sample('refund.succeeded.reference-nested'),
    ],
    ends: { [refund]: { status: 'SUCCEEDED', payment: { id: refunded, status: 'UNKNOWN' } } },
    changes: { [refund]: 'CREATED STATUS_CHANGED STATUS_CHANGED', [refunded]: 'REFUND REFUND REFUND' },
  },
  {
    name: 'a refund that fails for good, and its payment',
    deliveries: [
      sample('payment.succeeded.v2'),
      refundOf('FAILED', '2020-08-30T09:10:00Z', { payment_id: v2Payment, payment_request_id: v2Request }),
    ],
    ends: {
      [refund]: { status: 'FAILED' },
      [v2Payment]: { status: 'SUCCEEDED' },
      [v2Request]: { status: 'SUCCEEDED' },
    },
    changes: { [refund]: 'CREATED', [v2Payment]: 'CREATED REFUND', [v2Request]: 'PAYMENT REFUND' },
  },
  {
    name: 'a version 2 payment whose one-time method expires after it',
    deliveries: [
      sample(
        'payment.succeeded.v2',
        { status: 'PENDING', updated: '2022-02-16T06:00:59Z' },
        { event: 'payment.pending' },
      ),
      sample('payment.failed.v2'),
      sample('payment.succeeded.v2'),
      sample(
        'payment_method.activated.v2',
        { id: v2Method, status: 'EXPIRED', reusability: 'ONE_TIME_USE' },
        { event: 'payment_method.expired' },
      ),
    ],
    ends: {
      [v2Payment]: { status: 'SUCCEEDED', paymentToken: { id: v2Method, status: 'EXPIRED', failureCode: null } },
      [v2Request]: { status: 'SUCCEEDED' },
    },
    changes: { [v2Method]: 'CREATED' },
  },
  {
    name: 'a version 2 payment that is held, and captured at the second try',
    deliveries: [
      sample('payment.awaiting_capture.v2'),
      sample('capture.failed.v2', { payment_request_id: authorizedRequest }),
      sample('capture.succeeded.v2', { payment_request_id: authorizedRequest, updated: '2020-08-29T09:12:34.001Z' }),
    ],
    ends: {
      [authorized]: { status: 'AUTHORIZED', xenditStatus: 'AWAITING_CAPTURE' },
      [capture]: { status: 'SUCCEEDED', capturedAmount: { amount: '1000000', currency: 'IDR' } },
      [authorizedRequest]: { status: 'SUCCEEDED' },
    },
    changes: { [capture]: 'CREATED STATUS_CHANGED', [authorized]: 'CREATED' },
  },
  {
    name: 'an e-wallet charge, its reconciliation, and its refund',
    deliveries: [
      sample('ewallet.capture'),
      sample('ewallet.capture.reconciliation'),
      walletRefund('PENDING'),
      walletRefund('SUCCEEDED'),
    ],
    ends: {
      [charge]: { status: 'SUCCEEDED', amount: { amount: '20000', currency: 'IDR' } },
      ewr_1: { status: 'SUCCEEDED' },
    },
    changes: { [charge]: 'CREATED REFUND REFUND', ewr_1: 'CREATED STATUS_CHANGED' },
  },
  {
    name: 'an e-wallet charge that is undone',
    deliveries: [sample('ewallet.capture'), sample('ewallet.capture.reconciliation'), voided],
    ends: { [charge]: { status: 'VOIDED' } },
    changes: { [charge]: 'CREATED STATUS_CHANGED' },
  },
];
