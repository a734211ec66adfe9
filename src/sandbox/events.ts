import type { JsonObject } from '../model/json.ts';

/** What an event is about, which decides its envelope and the shape of its data. */
export type EventFamily =
  | 'payment'
  | 'paymentRequest'
  | 'paymentToken'
  | 'session'
  | 'refund'
  | 'qrPayment'
  | 'ewalletCharge'
  | 'ewalletRefund'
  | 'paymentV2'
  | 'captureV2'
  | 'paymentMethodV2';

interface EventKind {
  family: EventFamily;
  /** What its data says at least, and that makes it this event. */
  says: JsonObject;
}

const declined = { failure_code: 'INSUFFICIENT_BALANCE' };

const kinds = {
  'payment.capture': { family: 'payment', says: { status: 'SUCCEEDED' } },
  'payment.authorization': {
    family: 'payment',
    says: { status: 'AUTHORIZED', capture_method: 'MANUAL', captures: [] },
  },
  'payment.failure': { family: 'payment', says: { status: 'FAILED', ...declined, captures: [] } },
  'payment.expiry': { family: 'payment', says: { status: 'EXPIRED', capture_method: 'MANUAL', captures: [] } },
  'payment_request.expiry': { family: 'paymentRequest', says: { status: 'EXPIRED', actions: [] } },
  'payment_token.activation': { family: 'paymentToken', says: { status: 'ACTIVE' } },
  'payment_token.failure': {
    family: 'paymentToken',
    says: { status: 'FAILED', failure_code: 'AUTHENTICATION_FAILED' },
  },
  'payment_token.expiry': { family: 'paymentToken', says: { status: 'EXPIRED' } },
  'payment_session.completed': { family: 'session', says: { status: 'COMPLETED' } },
  'payment_session.expired': { family: 'session', says: { status: 'EXPIRED' } },
  'refund.succeeded': { family: 'refund', says: { status: 'SUCCEEDED' } },
  'refund.failed': { family: 'refund', says: { status: 'FAILED', failure_code: 'REFUND_FAILED' } },
  'qr.payment': { family: 'qrPayment', says: {} },
  'ewallet.capture': { family: 'ewalletCharge', says: {} },
  'ewallet.refund': { family: 'ewalletRefund', says: {} },
  'payment.succeeded': { family: 'paymentV2', says: { status: 'SUCCEEDED' } },
  'payment.failed': { family: 'paymentV2', says: { status: 'FAILED', ...declined } },
  'payment.pending': { family: 'paymentV2', says: { status: 'PENDING' } },
  'payment.awaiting_capture': { family: 'paymentV2', says: { status: 'AWAITING_CAPTURE' } },
  'capture.succeeded': { family: 'captureV2', says: { status: 'SUCCEEDED' } },
  'capture.failed': { family: 'captureV2', says: { status: 'FAILED', captured_amount: 0, ...declined } },
  'payment_method.activated': { family: 'paymentMethodV2', says: { status: 'ACTIVE' } },
  'payment_method.expired': { family: 'paymentMethodV2', says: { status: 'EXPIRED' } },
  'payment_method.failed': {
    family: 'paymentMethodV2',
    says: { status: 'FAILED', failure_code: 'INVALID_ACCOUNT_DETAILS' },
  },
} satisfies Record<string, EventKind>;

/** Every event of Xendit's payment products, of all generations. Source: Xendit docs and samples of webhooks. */
export type EventName = keyof typeof kinds;

/** Their names, to walk through. */
export const eventNames = Object.keys(kinds) as EventName[];

/** What an event is about, and what it says. */
export function kindOf(event: EventName): EventKind {
  return kinds[event];
}
