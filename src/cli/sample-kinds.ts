import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';
import { type EventFamily, type EventName, eventNames, kindOf } from '../sandbox/events.ts';
import { madeUp, madeUpQrV1 } from '../sandbox/made-up.ts';

/** What a sample is about. To Xendit's families come the two that no sample of Xendit's is known of. */
export type Family = EventFamily | 'qrPaymentV1' | 'qrRefund';

/** How a sample of a family is made, and what may be changed in it. */
export interface SampleKind {
  make(account: string, nowMs: number): JsonObject;
  /** Where its own id stands, then those by which the samples of one call name each other. */
  ids: Record<string, Linked>;
  /** The fields of its amount; none: it has no amount. */
  amounts: readonly string[];
  /** Of its envelope, where that has one. */
  apiVersion?: 'v3';
  /** It comes without an envelope. */
  isBare?: true;
}

/** What an id stands for. Each product and version has its own. */
type Linked =
  | 'payment'
  | 'paymentV2'
  | 'request'
  | 'token'
  | 'session'
  | 'refund'
  | 'qrCode'
  | 'qrPayment'
  | 'qrRefund'
  | 'charge'
  | 'chargeRefund'
  | 'capture'
  | 'method';

const made = (family: EventFamily) => (account: string, nowMs: number) => madeUp(family, account, nowMs);

const kinds: Record<Family, SampleKind> = {
  payment: {
    make: made('payment'),
    ids: { payment_id: 'payment', payment_request_id: 'request' },
    amounts: ['request_amount'],
    apiVersion: 'v3',
  },
  paymentRequest: {
    make: made('paymentRequest'),
    ids: { payment_request_id: 'request' },
    amounts: ['request_amount'],
    apiVersion: 'v3',
  },
  paymentToken: { make: made('paymentToken'), ids: { payment_token_id: 'token' }, amounts: [], apiVersion: 'v3' },
  session: { make: made('session'), ids: { payment_session_id: 'session' }, amounts: ['amount'] },
  refund: {
    make: made('refund'),
    ids: { id: 'refund', payment_id: 'payment', payment_request_id: 'request' },
    amounts: ['amount'],
  },
  qrPaymentV1: {
    make: (_, nowMs) => madeUpQrV1(nowMs),
    ids: { id: 'qrPayment', 'qr_code.id': 'qrCode' },
    amounts: ['amount'],
    isBare: true,
  },
  qrPayment: { make: made('qrPayment'), ids: { id: 'qrPayment', qr_id: 'qrCode' }, amounts: ['amount'] },
  qrRefund: {
    make: () => ({
      id: `qrrf_${randomUUID()}`,
      qrpy_id: `qrpy_${randomUUID()}`,
      status: 'SUCCEEDED',
      failure_code: null,
      refund_amount: 15000,
      currency: 'IDR',
      channel_code: 'ID_DANA',
    }),
    ids: { id: 'qrRefund', qrpy_id: 'qrPayment' },
    amounts: ['refund_amount'],
  },
  ewalletCharge: { make: made('ewalletCharge'), ids: { id: 'charge' }, amounts: ['charge_amount', 'capture_amount'] },
  ewalletRefund: {
    make: made('ewalletRefund'),
    ids: { id: 'chargeRefund', charge_id: 'charge' },
    amounts: ['refund_amount'],
  },
  paymentV2: {
    make: made('paymentV2'),
    ids: { id: 'paymentV2', payment_request_id: 'request' },
    amounts: ['amount'],
  },
  captureV2: {
    make: made('captureV2'),
    ids: { id: 'capture', payment_id: 'paymentV2', payment_request_id: 'request' },
    amounts: ['authorized_amount', 'captured_amount'],
  },
  paymentMethodV2: { make: made('paymentMethodV2'), ids: { id: 'method' }, amounts: [] },
};

/** Every event that a sample can be made of. */
export const sampleNames = [...eventNames, 'ewallet.void', 'qr.refund'] as const;
export type SampleName = (typeof sampleNames)[number];

/**
 * What an event is about, and what it says at least.
 *
 * @param qrApi which version of the QR product a `qr.payment` is of.
 */
export function sampleKindOf(
  event: SampleName,
  qrApi: 'v1' | 'v2',
): { family: Family; kind: SampleKind; says: JsonObject } {
  const { family, says } = familyOf(event);
  const own = family === 'qrPayment' && qrApi === 'v1' ? 'qrPaymentV1' : family;
  return { family: own, kind: kinds[own], says };
}

function familyOf(event: SampleName): { family: Family; says: JsonObject } {
  if (event === 'qr.refund') return { family: 'qrRefund', says: {} };
  if (event === 'ewallet.void') return { family: 'ewalletCharge', says: { status: 'VOIDED' } };
  return kindOf(event satisfies EventName);
}
