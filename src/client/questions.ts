import type { Question } from './connection.ts';
import * as watching from './generated/watching.ts';
import type { WatchedResource, WatchedType } from './watched-by.ts';

/** One change of the watched resource, whatever its type. */
export interface WatchedChange {
  /** To be kept, and given as `after` when watching again; undefined when it was found by polling. */
  cursor: string | undefined;
  /** Runs 1, 2, 3 …; what polling finds may skip some. */
  version: number;
  /** As `ChangeKind` in the graph; SNAPSHOT is the present, told first, and all that polling finds. */
  kind: string;
  /** In UTC, as Xendit says. */
  occurredAt: string;
  /** Xendit's word, such as 'ACTIVE', 'SUCCEEDED', 'UNKNOWN'. */
  status: string;
  /**
   * Whether money has ever arrived for it. Of what is paid many times (a STATIC or reusable code) that says nothing of the payer at
   * hand: look at `kind` PAYMENT and at `payment.id`. By polling the payments of a reusable payment request can't be seen.
   */
  isPaid: boolean;
  /** Whether nothing better can follow. */
  isSettled: boolean;
  /** The payment that caused it, where one did. */
  payment: WatchedPayment | undefined;
}

export interface WatchedPayment {
  id: string;
  /** Xendit's word, such as 'SUCCEEDED'. */
  status: string;
  /** In major units of an ISO 4217 currency. */
  amount: { amount: string; currency: string };
}

const documents = {
  QrCode: [watching.WatchQrCodeDocument, watching.LookAtQrCodeDocument],
  PaymentRequest: [watching.WatchPaymentRequestDocument, watching.LookAtPaymentRequestDocument],
  Payment: [watching.WatchPaymentDocument, watching.LookAtPaymentDocument],
  PaymentSession: [watching.WatchPaymentSessionDocument, watching.LookAtPaymentSessionDocument],
  PaymentToken: [watching.WatchPaymentTokenDocument, watching.LookAtPaymentTokenDocument],
  Refund: [watching.WatchRefundDocument, watching.LookAtRefundDocument],
} satisfies Record<WatchedType, [stream: object, glance: object]>;

type Told =
  | watching.WatchQrCodeSubscription
  | watching.WatchPaymentRequestSubscription
  | watching.WatchPaymentSubscription
  | watching.WatchPaymentSessionSubscription
  | watching.WatchPaymentTokenSubscription
  | watching.WatchRefundSubscription;

type Seen =
  | watching.LookAtQrCodeQuery
  | watching.LookAtPaymentRequestQuery
  | watching.LookAtPaymentQuery
  | watching.LookAtPaymentSessionQuery
  | watching.LookAtPaymentTokenQuery
  | watching.LookAtRefundQuery;

/** Asks for the changes after a cursor; from the present on without one. */
export function askForStream({ type, id, reference }: WatchedResource, after: string | undefined): Question {
  return { query: String(documents[type][0]), variables: { name: nameOf(type, id, reference), after } };
}

/** Asks for the present only. */
export function askForGlance({ type, id, reference }: WatchedResource): Question {
  return { query: String(documents[type][1]), variables: { name: nameOf(type, id, reference) } };
}

function nameOf(type: WatchedType, id: string, reference: string | undefined): string {
  return type === 'QrCode' && reference !== undefined ? reference : id;
}

/** What a stream told. */
export function readTold(type: WatchedType, data: unknown): WatchedChange {
  const { change } = data as Told;
  const { cursor, version, kind, occurredAt, resource } = change;
  const cause = 'payment' in change ? change.payment : type === 'Payment' ? resource : null;
  const payment = toPayment(cause, resource);
  return { cursor, version, kind, occurredAt, payment, ...judge(type, resource, payment?.status) };
}

/** What was seen at a glance; undefined when there is nothing. */
export function readSeen(type: WatchedType, data: unknown): WatchedChange | undefined {
  const { resource } = data as Seen;
  if (resource === null) return undefined;
  const { version, updated, created } = resource;
  const latest = 'latestPayment' in resource ? resource.latestPayment : null;
  const payment = toPayment(type === 'Payment' ? resource : latest, resource);
  const occurredAt = updated ?? created ?? new Date().toISOString();
  const judgement = judge(type, resource, payment?.status);
  return { cursor: undefined, version, kind: 'SNAPSHOT', occurredAt, payment, ...judgement };
}

interface Resource {
  id: string;
  status: string;
  type?: string | null;
  amount?: WatchedPayment['amount'] | null;
}

/** A payment of which only the id is known yet is of what was asked for. */
function toPayment(cause: Resource | null, { amount: asked }: Resource): WatchedPayment | undefined {
  const amount = cause?.amount ?? asked;
  return cause && amount ? { id: cause.id, status: cause.status, amount } : undefined;
}

const settledStatuses: Record<WatchedType, readonly string[]> = {
  QrCode: ['INACTIVE'],
  PaymentRequest: ['SUCCEEDED'],
  Payment: ['SUCCEEDED', 'VOIDED', 'REFUNDED'],
  PaymentSession: ['COMPLETED'],
  PaymentToken: ['EXPIRED', 'CANCELED', 'INACTIVE'],
  Refund: ['SUCCEEDED'],
};

function judge(
  watched: WatchedType,
  { status, type }: Resource,
  paymentStatus: string | undefined,
): Pick<WatchedChange, 'status' | 'isPaid' | 'isSettled'> {
  const isPaid = {
    // INACTIVE alone may be one whose time is over, and a payment may be of a status that nobody knows.
    QrCode: paymentStatus === 'COMPLETED',
    PaymentRequest: status === 'SUCCEEDED' || paymentStatus === 'SUCCEEDED',
    Payment: status === 'SUCCEEDED',
    PaymentSession: (status === 'COMPLETED' && type !== 'SAVE') || paymentStatus === 'SUCCEEDED',
    PaymentToken: false,
    Refund: status === 'SUCCEEDED',
  }[watched];
  return { status, isPaid, isSettled: settledStatuses[watched].includes(status) };
}
