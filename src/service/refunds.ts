import { createHash } from 'node:crypto';
import type { Observation } from '../model/observation.ts';
import type { Resource } from '../model/resource.ts';
import type { OnceClaim } from '../store/once-keys.ts';
import { createQrRefund, listQrRefunds, type NewQrRefund } from '../xendit/qr-refunds.ts';
import * as xendit from '../xendit/refunds.ts';
import { observeAnswer, readKnown } from './asking.ts';
import { checkAmount, checkMetadata, checkName, checkNoCards, problem, refuse, refuseNoId } from './input-checks.ts';
import type { OnceOperation, OnceResult } from './once.ts';
import { refundsOfQr } from './qr-refunds.ts';
import { type Asked, recoverFromLedger } from './recovering.ts';
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

/** Xendit keeps a key for 24 hours; somewhat less, since a call takes its time and clocks differ. */
const keyKeptMs = 23 * 3_600_000;

/**
 * How money is given back once. For a payment request Xendit honours a key, so that repeating it is safe as long as it keeps
 * that, and lists a request's refunds, so that a lost one is found by its reference. For a payment of a QR code Xendit promises
 * no key, but lists what a payment has been refunded.
 */
export function createRefundOperation(rooms: Rooms): CreateRefund {
  return {
    name: 'createRefund',
    whenNotFound: (refund, startedAt) =>
      isOfRequest(refund) && Date.now() - startedAt.getTime() < keyKeptMs ? 'RESEND' : 'REPORT',
    soughtForMs: 86_400_000,
    referenceOf: (refund) => refund.referenceId ?? refundedBy(refund),
    send: async (account, refund, key) =>
      observeAnswer<'Refund'>(
        rooms,
        account,
        isOfRequest(refund)
          ? await xendit.createRefund(
              rooms.xendit,
              account,
              { ...refund, referenceId: nameOf(refund, account, key) },
              upstreamKey('createRefund', account, key),
            )
          : await createQrRefund(
              rooms.xendit,
              account,
              await toQrRefund(rooms, account, refund),
              upstreamKey('createQrRefund', account, key),
            ),
        refund.referenceId ?? refundedBy(refund),
      ),
    recover: async (account, refund, attempt) => {
      const observations: Observation[] = isOfRequest(refund)
        ? await xendit.listRefunds(rooms.xendit, account, { paymentRequestId: refund.paymentRequestId })
        : await listQrRefunds(rooms.xendit, account, await toQrRefund(rooms, account, refund));
      if (observations.length > 0) await rooms.ledger.observe({ account, origin: 'API', observations });
      return recoverFromLedger(rooms, 'Refund', describe, attempt);
    },
    read: readKnown(rooms, 'Refund'),
    idsOf: ({ id }) => [id],
  };
}

export function createRefundService(rooms: Rooms, create: CreateRefund, account: string): RefundService {
  return {
    async createRefund(refund, idempotencyKey) {
      const isOfQr = !isOfRequest(refund);
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
      refuseNoId(refundedBy(refund));
      return rooms.once.run(create, account, idempotencyKey, refund);
    },
    async cancelRefund(id) {
      return observeAnswer(
        rooms,
        account,
        await xendit.cancelRefund(rooms.xendit, account, id, upstreamKey('createRefund', account, `cancel ${id}`)),
        id,
      );
    },
  };
}

function isOfRequest(refund: NewRefund): refund is Extract<NewRefund, { paymentRequestId: string }> {
  return refund.paymentRequestId !== undefined;
}

/** The id of what is given back. */
function refundedBy(refund: NewRefund): string {
  return isOfRequest(refund) ? refund.paymentRequestId : refund.qrPaymentId;
}

/** Keys must differ across operations and the accounts of one secret key, whatever their callers choose. */
function upstreamKey(operation: string, account: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, account, key]))
    .digest('hex');
}

/** A refund of a request has a name by which it can be found again, the caller's or one made from the key. */
function nameOf(refund: NewRefund, account: string, key: string): string {
  return refund.referenceId ?? `refund-${upstreamKey('createRefund', account, key).slice(0, 32)}`;
}

function describe(refund: NewRefund, { account, key }: OnceClaim): Asked {
  const { amount, paymentRequestId } = refund;
  return isOfRequest(refund)
    ? { reference: nameOf(refund, account, key), paymentRequestId, amount }
    : { parent: refund.qrPaymentId, amount };
}

/** The version that made the payment's code is the one to be asked, and the currency is the payment's. */
async function toQrRefund(
  rooms: Rooms,
  account: string,
  { qrPaymentId, amount, reason, currency }: Extract<NewRefund, { qrPaymentId: string }>,
): Promise<NewQrRefund> {
  const of = await refundsOfQr(rooms, account, qrPaymentId);
  return { ...of, amount, reason, currency: currency ?? of.currency };
}
