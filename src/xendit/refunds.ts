import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import type { XenditClient } from './client.ts';
import { itemsOf } from './paging.ts';
import { path } from './path.ts';
import * as wire from './wire.ts';

/** A refund, and whatever it is a refund of. */
export type RefundObservation = Observation<'Refund' | 'Payment' | 'QrPayment' | 'PaymentRequest'>;

/** Money to be given back. */
export interface NewRefund {
  paymentRequestId: string;
  /** FRAUDULENT, DUPLICATE, REQUESTED_BY_CUSTOMER, CANCELLATION or OTHERS. */
  reason: string;
  /** In major units, as decimal text; everything unless told. */
  amount?: string | undefined;
  /** Of the amount, ISO 4217. */
  currency?: string | undefined;
  /** The merchant's own name for it. */
  referenceId?: string | undefined;
  metadata?: JsonObject | undefined;
}

/** Which refunds to list. */
export interface RefundFilter {
  paymentRequestId: string;
  /** How many are asked for at once; 50 unless told. */
  pageSize?: number | undefined;
  /** How often is asked at most; 10 times unless told. */
  maxPages?: number | undefined;
}

/**
 * Gives back part or all of a paid payment request.
 *
 * Xendit answers at once with status PENDING; the outcome arrives as a webhook. A payment of a QR code goes by
 * `createQrRefund` instead.
 *
 * @param idempotencyKey 1 to 100 characters, unlike any other in test and live mode: for 24 hours the same key gives the
 * same refund.
 * @returns the refund, then what it says of the payment and the payment request that it belongs to.
 * @throws XenditError INVALID_INPUT more than is left; WRONG_STATE; NOT_FOUND; CONFLICT the key was used for another
 * refund; FORBIDDEN the channel can't; REJECTED another refund is under way, or the balance is too low.
 * @throws OutcomeUnknownError no usable answer: it may exist, so try again with the same key, or list the refunds.
 * Source: Xendit API reference, "Refund payment request" (POST /refunds); the header from xendit-node 7.0.0.
 */
export async function createRefund(
  xendit: XenditClient,
  account: string,
  refund: NewRefund,
  idempotencyKey: string,
  signal?: AbortSignal,
): Promise<RefundObservation[]> {
  const { paymentRequestId, referenceId, reason, amount, currency, metadata } = refund;
  const body: JsonObject = {
    payment_request_id: paymentRequestId,
    reference_id: referenceId,
    currency,
    amount: wire.toOptionalWireNumber(amount),
    reason,
    metadata,
  };
  const reference = referenceId ?? paymentRequestId;
  const headers = { 'idempotency-key': idempotencyKey };
  const answer = await xendit.post(path`/refunds`, { body, account, headers, reference, signal });
  return wire.readOutcome(reference, () => toRefundObservations(answer.body));
}

/**
 * Asks for one refund.
 *
 * @returns the refund, then what it says of the payment and the payment request that it belongs to.
 * @throws XenditError NOT_FOUND no refund has this id.
 * Source: Xendit API reference, "Get refund" (GET /refunds/{refund_id}).
 */
export async function getRefund(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<RefundObservation[]> {
  const answer = await xendit.get(path`/refunds/${id}`, { account, signal });
  return toRefundObservations(answer.body);
}

/**
 * Asks for the refunds of one payment request, in Xendit's order, page after page.
 *
 * @returns for each refund what `getRefund` returns; the first ones only, when there are more pages than are asked for.
 * @throws UnreadableError the answer is no list.
 * Source: xendit-node 7.0.0, `getAllRefunds` (GET /refunds).
 */
export async function listRefunds(
  xendit: XenditClient,
  account: string,
  { paymentRequestId, pageSize = 50, maxPages = 10 }: RefundFilter,
  signal?: AbortSignal,
): Promise<RefundObservation[]> {
  const ask = (afterId: string | undefined) => {
    const query = { payment_request_id: paymentRequestId, limit: pageSize, after_id: afterId };
    return xendit.get(path`/refunds`, { query, account, signal });
  };
  return (await itemsOf(ask, maxPages)).flatMap(toRefundObservations);
}

/**
 * Takes back a refund that is still pending; only some channels can.
 *
 * @param idempotencyKey as for `createRefund`.
 * @returns what `getRefund` returns.
 * @throws XenditError NOT_FOUND; WRONG_STATE it is past that.
 * @throws OutcomeUnknownError no usable answer: ask for the refund.
 * Source: xendit-node 7.0.0, `cancelRefund` (POST /refunds/{refund_id}/cancel).
 */
export async function cancelRefund(
  xendit: XenditClient,
  account: string,
  id: string,
  idempotencyKey: string,
  signal?: AbortSignal,
): Promise<RefundObservation[]> {
  const headers = { 'idempotency-key': idempotencyKey };
  const options = { body: undefined, account, headers, reference: id, signal };
  const answer = await xendit.post(path`/refunds/${id}/cancel`, options);
  return wire.readOutcome(id, () => toRefundObservations(answer.body));
}

/**
 * A refund on the wire.
 *
 * @returns the refund, then the payment and the payment request that it belongs to: nothing but that this is their news.
 * @throws UnreadableError it has no id, or its amount can't be read.
 */
export function toRefundObservations(body: Json | undefined): RefundObservation[] {
  const refund = objectOf(body) ?? {};
  const id = wire.requiredId(refund, 'id');
  const xenditStatus = wire.code(refund, 'status');
  const updated = wire.time(refund, 'updated', 'created');
  const paymentId = wire.optionalId(refund, 'payment_id');
  const paymentRequestId = wire.optionalId(refund, 'payment_request_id');
  const told = { status: 'UNKNOWN', updated, fields: {}, cause: { type: 'Refund', id } } as const;
  const observations: RefundObservation[] = [
    {
      type: 'Refund',
      id,
      status: toStatus('Refund', xenditStatus),
      updated,
      fields: wire.present({
        xenditStatus,
        businessId: wire.text(refund, 'business_id'),
        created: wire.time(refund, 'created'),
        updated: wire.time(refund, 'updated'),
        description: wire.text(refund, 'description'),
        metadata: wire.object(refund, 'metadata'),
        referenceId: wire.reference(refund, 'reference_id'),
        paymentId,
        paymentRequestId,
        invoiceId: wire.text(refund, 'invoice_id'),
        amount: wire.movedMoney(refund, ['amount']),
        refundFeeAmount: wire.money(refund, 'refund_fee_amount'),
        paymentMethodType: wire.code(refund, 'payment_method_type'),
        channelCode: wire.text(refund, 'channel_code'),
        reason: wire.text(refund, 'reason'),
        failureCode: wire.code(refund, 'failure_code'),
      }),
    },
  ];
  if (paymentId !== undefined) {
    const isOfQr = paymentId.startsWith('qrpy_');
    const payment = { ...told, id: paymentId };
    // By its request the payment is found there, and the refund with it, though nobody has told of the payment yet.
    const fields = wire.present({ paymentRequestId });
    observations.push(isOfQr ? { ...payment, type: 'QrPayment' } : { ...payment, type: 'Payment', fields });
  }
  if (paymentRequestId !== undefined) observations.push({ type: 'PaymentRequest', id: paymentRequestId, ...told });
  return observations;
}
