import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import type { Money } from '../model/money.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import * as wire from './wire.ts';

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
