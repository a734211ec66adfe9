import { type Json, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import type { XenditClient } from './client.ts';
import { path } from './path.ts';
import { type QrApi, versionOf } from './qr-codes.ts';
import * as wire from './wire.ts';

/** The payment of a QR code that refunds belong to. */
export interface QrRefundsOf {
  /** By which its code was made; `v1` unless told. */
  api?: QrApi | undefined;
  qrPaymentId: string;
  /** Of the payment, ISO 4217: Xendit's answers leave it out. IDR for version 1. */
  currency?: string | undefined;
}

/** Money of a QR payment to be given back. */
export interface NewQrRefund extends QrRefundsOf {
  /** In major units, as decimal text; everything unless told. */
  amount?: string | undefined;
  /** FRAUDULENT, DUPLICATE, REQUESTED_BY_CUSTOMER, CANCELLATION or OTHERS. */
  reason?: string | undefined;
}

/**
 * Gives back part or all of a payment of a QR code. Which wallets can, and for how many days, is theirs to say.
 *
 * Xendit answers at once with status PENDING; the outcome arrives as a webhook.
 *
 * @param idempotencyKey sent, but no source promises that Xendit honours it here.
 * @returns the refund, then its payment: nothing but that this is its news.
 * @throws XenditError INVALID_INPUT more than is left; WRONG_STATE; REJECTED another refund is under way, or the wallet
 * can't.
 * @throws OutcomeUnknownError no usable answer: it may exist, so list the payment's refunds before trying again.
 * Source: Xendit help center, "How to refund a QR Code transaction using API" (POST /qr_codes/payments/{id}/refunds).
 */
export async function createQrRefund(
  xendit: XenditClient,
  account: string,
  refund: NewQrRefund,
  idempotencyKey: string,
  signal?: AbortSignal,
): Promise<Observation<'Refund' | 'QrPayment'>[]> {
  const { qrPaymentId, amount, reason } = refund;
  const body = { amount: wire.toOptionalWireNumber(amount), reason };
  const headers = { 'idempotency-key': idempotencyKey };
  const options = { body, account, apiVersion: versionOf(refund), headers, reference: qrPaymentId, signal };
  const answer = await xendit.post(path`/qr_codes/payments/${qrPaymentId}/refunds`, options);
  return wire.readOutcome(qrPaymentId, () => toQrRefundObservations(answer.body, refund));
}

/**
 * Asks for one refund of a payment of a QR code.
 *
 * @throws XenditError NOT_FOUND the payment has no such refund.
 * Source: xendit-client's docs (GET /qr_codes/payments/{id}/refunds/{refund_id}).
 */
export async function getQrRefund(
  xendit: XenditClient,
  account: string,
  refund: QrRefundsOf & { id: string },
  signal?: AbortSignal,
): Promise<Observation<'Refund' | 'QrPayment'>[]> {
  const options = { account, apiVersion: versionOf(refund), signal };
  const answer = await xendit.get(path`/qr_codes/payments/${refund.qrPaymentId}/refunds/${refund.id}`, options);
  return toQrRefundObservations(answer.body, refund);
}

/**
 * Asks for the refunds of a payment of a QR code, in Xendit's order.
 *
 * @returns for each: the refund, then its payment.
 * @throws XenditError NOT_FOUND no payment has this id.
 * Source: xendit-client's docs (GET /qr_codes/payments/{id}/refunds).
 */
export async function listQrRefunds(
  xendit: XenditClient,
  account: string,
  of: QrRefundsOf,
  signal?: AbortSignal,
): Promise<Observation<'Refund' | 'QrPayment'>[]> {
  const options = { account, apiVersion: versionOf(of), signal };
  const answer = await xendit.get(path`/qr_codes/payments/${of.qrPaymentId}/refunds`, options);
  return wire.page(answer.body).items.flatMap((refund) => toQrRefundObservations(refund, of));
}

/**
 * A refund of a payment of a QR code on the wire.
 *
 * @param of what was asked about, since the refund says less of it. Without it, as in a webhook, neither the version nor, as a
 * rule, the currency is known, and an amount without one is left out.
 * @returns the refund, then its payment: nothing but that this is its news.
 * @throws UnreadableError it has no id or names no payment, or its amount can't be read.
 */
export function toQrRefundObservations(
  body: Json | undefined,
  of?: QrRefundsOf,
): Observation<'Refund' | 'QrPayment'>[] {
  const refund = objectOf(body) ?? {};
  const id = wire.requiredId(refund, 'id');
  const paymentId =
    wire.optionalId(refund, 'qrpy_id', 'payment_id') ?? of?.qrPaymentId ?? wire.requiredId(refund, 'qrpy_id');
  const currency = wire.text(refund, 'currency') ?? (of && currencyOf(of));
  const xenditStatus = wire.code(refund, 'status');
  const updated = wire.time(refund, 'updated', 'created');
  return [
    {
      type: 'Refund',
      id,
      status: toStatus('Refund', xenditStatus),
      updated,
      fields: wire.present({
        family: of && (of.api === 'v2' ? 'QR_V2' : 'QR_V1'),
        xenditStatus,
        created: wire.time(refund, 'created'),
        updated: wire.time(refund, 'updated'),
        paymentId,
        amount: currency === undefined ? undefined : wire.movedMoney(refund, ['refund_amount', 'amount'], currency),
        channelCode: wire.text(refund, 'channel_code'),
        reason: wire.text(refund, 'reason'),
        failureCode: wire.code(refund, 'failure_code'),
      }),
    },
    { type: 'QrPayment', id: paymentId, status: 'UNKNOWN', updated, fields: {}, cause: { type: 'Refund', id } },
  ];
}

function currencyOf({ api, currency }: QrRefundsOf): string | undefined {
  return currency ?? (api === 'v2' ? undefined : 'IDR');
}
