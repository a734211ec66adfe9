import { GatewayError } from '../errors.ts';
import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import type { Money } from '../model/money.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import type { XenditClient } from './client.ts';
import { path } from './path.ts';
import * as wire from './wire.ts';

/** A QR code to be made, by version 1 of the API: Indonesia's QRIS, in rupiah. */
export interface NewQrCode {
  /** The merchant's own name for it, unique for ever: creating it twice is refused, so a repetition does no harm. */
  externalId: string;
  /** DYNAMIC is paid once, with its amount; STATIC many times, with amounts that payers type. */
  type: 'DYNAMIC' | 'STATIC';
  /** Rupiah, as decimal text; ignored by Xendit for a STATIC code. */
  amount?: string | undefined;
  /** Where Xendit tells of payments. */
  callbackUrl: string;
  metadata?: JsonObject | undefined;
}

/** Which payments to list; the times bound when they were made. */
export interface QrPaymentFilter {
  externalId: string;
  from?: Date | undefined;
  to?: Date | undefined;
  /** Xendit lists 10 when it isn't told. */
  limit?: number | undefined;
}

/**
 * Makes a QR code.
 *
 * @param account the sub-account it is made for; empty for the owner of the key.
 * @returns the code as Xendit stored it.
 * @throws XenditError CONFLICT the external id is taken; FORBIDDEN the account is no QRIS merchant; INVALID_INPUT.
 * @throws OutcomeUnknownError no usable answer: the code may exist, so look it up by its external id.
 * Source: Xendit API reference, "Buat Kode QR" (POST /qr_codes).
 */
export async function createQrCode(
  xendit: XenditClient,
  account: string,
  qrCode: NewQrCode,
  signal?: AbortSignal,
): Promise<Observation<'QrCode'>[]> {
  const { externalId, type, amount, callbackUrl, metadata } = qrCode;
  const body: JsonObject = {
    external_id: externalId,
    type,
    callback_url: callbackUrl,
    amount: amount === undefined ? undefined : wire.toWireNumber(amount),
    metadata,
  };
  const answer = await xendit.post(path`/qr_codes`, { body, account, reference: externalId, signal });
  return wire.readOutcome(externalId, () => [toQrCodeObservation(answer.body)]);
}

/**
 * Asks for one QR code.
 *
 * @throws XenditError NOT_FOUND no code has this external id.
 * Source: Xendit API reference, "Cek Kode QR" (GET /qr_codes/{external_id}).
 */
export async function getQrCode(
  xendit: XenditClient,
  account: string,
  externalId: string,
  signal?: AbortSignal,
): Promise<Observation<'QrCode'>[]> {
  // The list of payments lives at that address.
  if (externalId === 'payments') throw new GatewayError('NOT_FOUND', 'No QR code can have this external id');
  const answer = await xendit.get(path`/qr_codes/${externalId}`, { account, signal });
  return [toQrCodeObservation(answer.body)];
}

/**
 * Asks for the payments of one QR code, in Xendit's order.
 *
 * @returns for each payment: the payment, then what it says of its code.
 * @throws XenditError NOT_FOUND no code has this external id.
 * Source: Xendit API reference, "Daftar Pembayaran" (GET /qr_codes/payments).
 */
export async function listQrPayments(
  xendit: XenditClient,
  account: string,
  { externalId, from, to, limit }: QrPaymentFilter,
  signal?: AbortSignal,
): Promise<Observation<'QrPayment' | 'QrCode'>[]> {
  const query = { external_id: externalId, from: from?.toISOString(), to: to?.toISOString(), limit };
  const answer = await xendit.get(path`/qr_codes/payments`, { query, account, signal });
  const payments = Array.isArray(answer.body) ? answer.body : objectOf(answer.body)?.data;
  if (!Array.isArray(payments)) throw new wire.UnreadableError('no list of payments');
  return payments.flatMap(toQrPaymentObservations);
}

/**
 * Pays a QR code with play money; only in test mode.
 *
 * @param amount rupiah as decimal text; what a STATIC code is paid.
 * @throws XenditError WRONG_STATE the DYNAMIC code is paid already; NOT_FOUND; INVALID_INPUT.
 * @throws OutcomeUnknownError no usable answer: look at the code's payments.
 * Source: Xendit API reference, "Simulasi Pembayaran" (POST /qr_codes/{external_id}/payments/simulate).
 */
export async function simulateQrPayment(
  xendit: XenditClient,
  account: string,
  { externalId, amount }: { externalId: string; amount?: string | undefined },
  signal?: AbortSignal,
): Promise<Observation<'QrPayment' | 'QrCode'>[]> {
  const body = { amount: amount === undefined ? undefined : wire.toWireNumber(amount) };
  const answer = await xendit.post(path`/qr_codes/${externalId}/payments/simulate`, {
    body,
    account,
    reference: externalId,
    signal,
  });
  return wire.readOutcome(externalId, () => toQrPaymentObservations(answer.body));
}

/**
 * A QR code on the wire, in version 1 or 2, as a fact about it.
 *
 * @throws UnreadableError it has no id.
 */
export function toQrCodeObservation(body: Json): Observation<'QrCode'> {
  const code = objectOf(body) ?? {};
  const isV1 = code.external_id !== undefined || code.reference_id === undefined;
  const currency = wire.text(code, 'currency') ?? (isV1 ? 'IDR' : undefined);
  const updated = wire.time(code, 'updated', 'created');
  return {
    type: 'QrCode',
    id: wire.requiredId(code, 'id'),
    status: toStatus('QrCode', wire.code(code, 'status')),
    updated,
    fields: wire.present({
      family: isV1 ? 'QR_V1' : 'QR_V2',
      xenditStatus: wire.code(code, 'status'),
      businessId: wire.text(code, 'business_id'),
      created: wire.time(code, 'created'),
      updated,
      description: wire.text(code, 'description'),
      metadata: wire.object(code, 'metadata'),
      externalId: wire.reference(code, isV1 ? 'external_id' : 'reference_id'),
      type: wire.code(code, 'type'),
      amount: wire.money(code, 'amount', currency) ?? wire.money(code, 'nominal', currency),
      qrString: wire.text(code, 'qr_string'),
      callbackUrl: wire.text(code, 'callback_url'),
      channelCode: wire.text(code, 'channel_code'),
      expiresAt: wire.time(code, 'expires_at'),
    }),
  };
}

/**
 * A payment of a QR code on the wire: version 1 holds its code in `qr_code`, version 2 names it by `qr_id`.
 *
 * @returns the payment, then what it says of its code.
 * @throws UnreadableError an id is missing, or the amount can't be read.
 */
export function toQrPaymentObservations(body: Json): [Observation<'QrPayment'>, Observation<'QrCode'>] {
  const payment = objectOf(body) ?? {};
  const nested = objectOf(payment.qr_code);
  const isV1 = nested !== undefined;
  const code = nested ?? payment;
  const id = wire.requiredId(payment, 'id');
  const qrCodeId = isV1 ? wire.requiredId(code, 'id') : wire.requiredId(payment, 'qr_id');
  const xenditStatus = wire.code(payment, 'status');
  // A payment that says nothing of its status is told because it happened.
  const status = xenditStatus === undefined ? 'COMPLETED' : toStatus('QrPayment', xenditStatus);
  const created = wire.time(payment, 'created');
  const type = wire.code(code, 'type');
  const amount = paidAmount(payment, type, isV1);
  const family = isV1 ? 'QR_V1' : 'QR_V2';
  const externalId = wire.reference(code, isV1 ? 'external_id' : 'reference_id');
  const channelCode = wire.text(payment, 'channel_code');
  const businessId = wire.text(payment, 'business_id');
  const detail = wire.object(payment, 'payment_detail', 'payment_details');
  const paid: Observation<'QrPayment'> = {
    type: 'QrPayment',
    id,
    status,
    updated: created,
    fields: wire.present({
      family,
      xenditStatus,
      businessId,
      created,
      description: wire.text(payment, 'description'),
      metadata: isV1 ? undefined : wire.object(payment, 'metadata'),
      qrCodeId,
      externalId,
      amount,
      channelCode,
      receiptId: wire.text(detail, 'receipt_id'),
      source: wire.text(detail, 'source'),
      payerName: wire.text(detail, 'name'),
      accountDetails: wire.text(detail, 'account_details'),
    }),
  };
  const paidCode: Observation<'QrCode'> = {
    type: 'QrCode',
    id: qrCodeId,
    status: codeStatus(status, type),
    updated: created,
    fields: wire.present({
      family,
      businessId,
      metadata: wire.object(code, 'metadata'),
      externalId,
      type,
      amount: type === 'DYNAMIC' ? amount : undefined,
      qrString: wire.text(code, 'qr_string'),
      channelCode,
      expiresAt: isV1 ? undefined : wire.time(payment, 'expires_at'),
    }),
    cause: { type: 'QrPayment', id },
  };
  return [paid, paidCode];
}

/** Xendit's manual says that the amount of a payment to a STATIC code may be null; any other payment has one. */
function paidAmount(payment: JsonObject, type: string | undefined, isV1: boolean): Money | undefined {
  const amount = wire.movedMoney(
    payment,
    ['amount', 'nominal'],
    wire.text(payment, 'currency') ?? (isV1 ? 'IDR' : undefined),
  );
  if (amount === undefined && type !== 'STATIC') throw new wire.UnreadableError('no amount');
  return amount;
}

function codeStatus(paymentStatus: string, type: string | undefined): string {
  if (paymentStatus !== 'COMPLETED') return 'UNKNOWN';
  if (type === 'DYNAMIC') return 'INACTIVE';
  return type === 'STATIC' ? 'ACTIVE' : 'UNKNOWN';
}
