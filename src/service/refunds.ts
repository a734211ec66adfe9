import { createHash } from 'node:crypto';
import type { Observation } from '../model/observation.ts';
import type { Resource } from '../model/resource.ts';
import { createQrRefund, listQrRefunds, type NewQrRefund } from '../xendit/qr-refunds.ts';
import * as xendit from '../xendit/refunds.ts';
import { observeAnswer, readKnown } from './asking.ts';
import { checkAmount, checkMetadata, checkName, checkNoCards, problem, refuse } from './input-checks.ts';
import type { OnceOperation, OnceResult } from './once.ts';
import { refundsOfQr } from './qr-refunds.ts';
import { recoverFromLedger } from './recovering.ts';
import type { Rooms } from './rooms.ts';

/** Money to be given back, of a payment request or of a payment of a QR code. */
export type NewRefund =
  | ({ paymentRequestId: string; qrPaymentId?: undefined } & RefundTerms)
  | ({ qrPaymentId: string; paymentRequestId?: undefined } & RefundTerms);

interface RefundTerms {
  /** FRAUDULENT, DUPLICATE, REQUESTED_BY_CUSTOMER, CANCELLATION or OTHERS. */
  reason: string;
  /** In major units, as decimal text; everything unless told. */
  amount?: string | undefined;
  currency?: string | undefined;
  /** The merchant's own name for it. */
  referenceId?: string | undefined;
  metadata?: xendit.NewRefund['metadata'];
}

export interface RefundService {
  /**
   * Asks for part or all of a payment to be given back, once for each key. A payment of a QR code goes by that product's own
   * address, since Xendit's general one refuses it.
   *
   * @throws InvalidInputError before anything is sent.
   * @throws XenditError WRONG_STATE, INVALID_INPUT more than is left, REJECTED another refund is under way, and others.
   */
  createRefund(refund: NewRefund, idempotencyKey: string): Promise<OnceResult<Resource<'Refund'>>>;
  cancelRefund(id: string): Promise<Resource<'Refund'>>;
}

export type CreateRefund = OnceOperation<NewRefund, Resource<'Refund'>>;

/**
 * How a refund of a payment request is made once: Xendit honours a key here, so that repeating it is safe, and lists a
 * request's refunds, so that a lost one is found by its reference.
 */
export function createRefundOperation(rooms: Rooms): CreateRefund {
  return {
    name: 'createRefund',
    whenNotFound: 'RESEND',
    referenceOf: (refund) => refund.referenceId ?? refundedBy(refund),
    send: async (account, refund, key) => {
      const named = toNamedRefund(account, refund, key);
      const observations = await xendit.createRefund(rooms.xendit, account, named, upstreamKey(account, key));
      return observeAnswer<'Refund'>(rooms, account, observations, named.referenceId);
    },
    recover: async (account, refund, attempt) => {
      const { paymentRequestId, referenceId } = toNamedRefund(account, refund, attempt.claim.key);
      const observations = await xendit.listRefunds(rooms.xendit, account, { paymentRequestId });
      if (observations.length > 0) await rooms.ledger.observe({ account, origin: 'API', observations });
      return recoverFromLedger(rooms, 'Refund', { reference: referenceId, amount: refund.amount }, attempt);
    },
    read: readKnown(rooms, 'Refund'),
    idOf: ({ id }) => id,
  };
}

/** How a payment of a QR code is refunded once: Xendit promises no key here, but lists what a payment has been refunded. */
export function createQrRefundOperation(rooms: Rooms): CreateRefund {
  return {
    name: 'createQrRefund',
    whenNotFound: 'REPORT',
    referenceOf: refundedBy,
    send: async (account, refund, key) => {
      const qrRefund = await toQrRefund(rooms, account, refund);
      const observations = await createQrRefund(rooms.xendit, account, qrRefund, upstreamKey(account, key));
      return observeAnswer<'Refund'>(rooms, account, observations, qrRefund.qrPaymentId);
    },
    recover: async (account, refund, attempt) => {
      const qrRefund = await toQrRefund(rooms, account, refund);
      const observations: Observation[] = await listQrRefunds(rooms.xendit, account, qrRefund);
      if (observations.length > 0) await rooms.ledger.observe({ account, origin: 'API', observations });
      return recoverFromLedger(rooms, 'Refund', { parent: qrRefund.qrPaymentId, amount: qrRefund.amount }, attempt);
    },
    read: readKnown(rooms, 'Refund'),
    idOf: ({ id }) => id,
  };
}

export function createRefundService(
  rooms: Rooms,
  { createRefund, createQrRefund: createOfQr }: { createRefund: CreateRefund; createQrRefund: CreateRefund },
  account: string,
): RefundService {
  return {
    async createRefund(refund, idempotencyKey) {
      const isOfQr = refund.paymentRequestId === undefined;
      refuse([
        checkAmount('amount', refund.amount, { min: '0' }),
        refund.amount !== undefined && Number(refund.amount) === 0 ? problem('amount', 'must be above 0') : undefined,
        checkName('referenceId', refund.referenceId, 255),
        isOfQr && refund.referenceId !== undefined ? problem('referenceId', 'is not for a QR payment') : undefined,
        isOfQr && refund.metadata !== undefined ? problem('metadata', 'is not for a QR payment') : undefined,
        checkMetadata(refund.metadata),
        checkNoCards(refund),
        checkName('idempotencyKey', idempotencyKey, 100),
      ]);
      return rooms.once.run(isOfQr ? createOfQr : createRefund, account, idempotencyKey, refund);
    },
    async cancelRefund(id) {
      return observeAnswer(
        rooms,
        account,
        await xendit.cancelRefund(rooms.xendit, account, id, upstreamKey(account, `cancel ${id}`)),
        id,
      );
    },
  };
}

/** The id of what is given back. */
function refundedBy(refund: NewRefund): string {
  return refund.paymentRequestId === undefined ? refund.qrPaymentId : refund.paymentRequestId;
}

/** Keys must differ across the accounts of one secret key, whatever their callers choose. */
function upstreamKey(account: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['createRefund', account, key]))
    .digest('hex');
}

/** A refund has a name by which it can be found again, the caller's or one made from the key. */
function toNamedRefund(account: string, refund: NewRefund, key: string): xendit.NewRefund & { referenceId: string } {
  if (refund.paymentRequestId === undefined) throw new TypeError('This is a refund of a QR payment');
  return { ...refund, referenceId: refund.referenceId ?? `refund-${upstreamKey(account, key).slice(0, 32)}` };
}

/** The version that made the payment's code is the one to be asked, and the currency is the payment's. */
async function toQrRefund(rooms: Rooms, account: string, refund: NewRefund): Promise<NewQrRefund> {
  if (refund.paymentRequestId !== undefined) throw new TypeError('This is a refund of a payment request');
  const { qrPaymentId, amount, reason, currency } = refund;
  const of = await refundsOfQr(rooms, account, qrPaymentId);
  return { ...of, amount, reason, currency: currency ?? of.currency };
}
