import { GatewayError } from '../errors.ts';
import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import type { XenditClient } from './client.ts';
import { itemsOf } from './paging.ts';
import { path } from './path.ts';
import { toQrCodeObservation, toQrPaymentObservations } from './qr-observations.ts';
import { qrVersion } from './version.ts';
import * as wire from './wire.ts';

export { toQrCodeObservation, toQrPaymentObservations } from './qr-observations.ts';

/** Version 1 is Indonesia's QRIS, in rupiah; version 2 knows other channels and currencies. Each knows its own codes only. */
export type QrApi = 'v1' | 'v2';

const maxPages = 10;

interface QrCodeBasics {
  /** The merchant's own name for it; version 2 calls it `reference_id`. */
  externalId: string;
  /** DYNAMIC is paid once, with its amount; STATIC many times, with amounts that payers type. */
  type: 'DYNAMIC' | 'STATIC';
  /** In major units, as decimal text; ignored by Xendit for a STATIC code. */
  amount?: string | undefined;
  metadata?: JsonObject | undefined;
}

/** A QR code to be made by version 1, where its name is unique for ever: creating it twice is refused, and does no harm. */
export interface NewQrCode extends QrCodeBasics {
  api?: 'v1' | undefined;
  /** Where Xendit tells of payments. */
  callbackUrl: string;
}

/** A QR code to be made by version 2, where payments are told to the address that is set in Xendit's dashboard. */
export interface NewQrCodeV2 extends QrCodeBasics {
  api: 'v2';
  /** ISO 4217. */
  currency: string;
  /** Such as ID_DANA; Xendit's default unless told. */
  channelCode?: string | undefined;
  expiresAt?: Date | undefined;
  description?: string | undefined;
  /** In Xendit's own names. */
  basket?: readonly JsonObject[] | undefined;
}

/** A QR code by the name that its version looks it up by. */
export type QrCodeName = { api?: 'v1' | undefined; externalId: string } | { api: 'v2'; id: string };

/** Which payments to list; the times bound when they were made. */
export type QrPaymentFilter = QrCodeName & {
  from?: Date | undefined;
  to?: Date | undefined;
  /** Xendit lists 10 when it isn't told. */
  limit?: number | undefined;
};

/**
 * Makes a QR code.
 *
 * @param account the sub-account it is made for; empty for the owner of the key.
 * @returns the code as Xendit stored it.
 * @throws XenditError CONFLICT the external id is taken; FORBIDDEN the account is no QRIS merchant; INVALID_INPUT.
 * @throws OutcomeUnknownError no usable answer: the code may exist. Version 1 looks it up by its external id, version 2
 * can't.
 * Source: Xendit API reference, "Buat Kode QR" (POST /qr_codes); xendit-client's docs for version 2.
 */
export async function createQrCode(
  xendit: XenditClient,
  account: string,
  qrCode: NewQrCode | NewQrCodeV2,
  signal?: AbortSignal,
): Promise<Observation<'QrCode'>[]> {
  const reference = qrCode.externalId;
  const body = qrCode.api === 'v2' ? toWireQrCodeV2(qrCode) : toWireQrCode(qrCode);
  const options = { body, account, apiVersion: versionOf(qrCode), reference, signal };
  const answer = await xendit.post(path`/qr_codes`, options);
  return wire.readOutcome(reference, () => [toQrCodeObservation(answer.body)]);
}

/**
 * Asks for one QR code.
 *
 * @param name an external id of version 1, or a name of either version.
 * @throws XenditError NOT_FOUND no code has this name.
 * Source: Xendit API reference, "Cek Kode QR" (GET /qr_codes/{external_id}); xendit-client's docs for version 2
 * (GET /qr_codes/{id}).
 */
export async function getQrCode(
  xendit: XenditClient,
  account: string,
  name: string | QrCodeName,
  signal?: AbortSignal,
): Promise<Observation<'QrCode'>[]> {
  const code = typeof name === 'string' ? { externalId: name } : name;
  const key = keyOf(code);
  // The list of payments lives at that address.
  if (key === 'payments') throw new GatewayError('NOT_FOUND', 'No QR code can have this name');
  const answer = await xendit.get(path`/qr_codes/${key}`, { account, apiVersion: versionOf(code), signal });
  return [toQrCodeObservation(answer.body)];
}

/**
 * Asks for the payments of one QR code, in Xendit's order. Version 1 gives one answer of at most `limit`; version 2 knows no
 * times, but has pages of `limit`, of which at most ten are asked for.
 *
 * @returns for each payment: the payment, then what it says of its code.
 * @throws XenditError NOT_FOUND no code has this name.
 * Source: Xendit API reference, "Daftar Pembayaran" (GET /qr_codes/payments); xendit-client's docs for version 2
 * (GET /qr_codes/{id}/payments).
 */
export async function listQrPayments(
  xendit: XenditClient,
  account: string,
  filter: QrPaymentFilter,
  signal?: AbortSignal,
): Promise<Observation<'QrPayment' | 'QrCode'>[]> {
  const { from, to, limit } = filter;
  const options = { account, apiVersion: versionOf(filter), signal };
  if (filter.api !== 'v2') {
    const query = { external_id: filter.externalId, from: from?.toISOString(), to: to?.toISOString(), limit };
    const answer = await xendit.get(path`/qr_codes/payments`, { ...options, query });
    return wire.page(answer.body).items.flatMap(toQrPaymentObservations);
  }
  const payments = path`/qr_codes/${filter.id}/payments`;
  const ask = (afterId: string | undefined) =>
    xendit.get(payments, { ...options, query: { limit, after_id: afterId } });
  const items = await itemsOf(ask, maxPages);
  return items
    .map((payment) => toQrPaymentObservations(withCode(payment, filter)))
    .filter(([{ fields }]) => isWithin(filter, fields.created))
    .flat();
}

function isWithin({ from, to }: QrPaymentFilter, created: string | undefined): boolean {
  const madeMs = created === undefined ? undefined : Date.parse(created);
  return madeMs === undefined || (madeMs >= (from?.getTime() ?? madeMs) && madeMs <= (to?.getTime() ?? madeMs));
}

/**
 * Pays a QR code with play money; only in test mode.
 *
 * @param simulation `amount` in major units, as decimal text; what a STATIC code is paid.
 * @throws XenditError WRONG_STATE the DYNAMIC code is paid already; NOT_FOUND; INVALID_INPUT.
 * @throws OutcomeUnknownError no usable answer: look at the code's payments.
 * Source: Xendit API reference, "Simulasi Pembayaran" (POST /qr_codes/{external_id}/payments/simulate); xendit-client's
 * docs for version 2 (POST /qr_codes/{id}/payments/simulate).
 */
export async function simulateQrPayment(
  xendit: XenditClient,
  account: string,
  simulation: QrCodeName & { amount?: string | undefined },
  signal?: AbortSignal,
): Promise<Observation<'QrPayment' | 'QrCode'>[]> {
  const reference = keyOf(simulation);
  const body = { amount: wire.toOptionalWireNumber(simulation.amount) };
  const options = { body, account, apiVersion: versionOf(simulation), reference, signal };
  const answer = await xendit.post(path`/qr_codes/${reference}/payments/simulate`, options);
  return wire.readOutcome(reference, () => toQrPaymentObservations(withCode(answer.body, simulation)));
}

/** Without the header Xendit answers as version 1. */
export function versionOf({ api }: { api?: QrApi | undefined }): string | undefined {
  return api === 'v2' ? qrVersion : undefined;
}

function toWireQrCode({ externalId, type, amount, callbackUrl, metadata }: NewQrCode): JsonObject {
  return {
    external_id: externalId,
    type,
    callback_url: callbackUrl,
    amount: wire.toOptionalWireNumber(amount),
    metadata,
  };
}

function toWireQrCodeV2(code: NewQrCodeV2): JsonObject {
  return {
    reference_id: code.externalId,
    type: code.type,
    currency: code.currency,
    amount: wire.toOptionalWireNumber(code.amount),
    channel_code: code.channelCode,
    expires_at: code.expiresAt?.toISOString(),
    description: code.description,
    basket: code.basket && [...code.basket],
    metadata: code.metadata,
  };
}

function keyOf(name: QrCodeName): string {
  return name.api === 'v2' ? name.id : name.externalId;
}

/** Whose payment it is was said in the question; an answer of version 2 may leave it out. */
function withCode(payment: Json, name: QrCodeName): Json {
  const told = objectOf(payment);
  return name.api !== 'v2' || told === undefined || told.qr_id !== undefined ? payment : { ...told, qr_id: name.id };
}
