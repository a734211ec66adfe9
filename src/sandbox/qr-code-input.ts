import { type Instant, toInstant } from '../model/instant.ts';
import { type JsonObject, scalarText, textOf } from '../model/json.ts';
import { compareDecimals, toDecimal } from '../model/money.ts';
import { type Body, invalid } from './http.ts';
import { optionalMetadata } from './input.ts';

/** What a merchant asks for when creating a QR code. */
export interface NewQrCode {
  externalId: string;
  type: 'DYNAMIC' | 'STATIC';
  /** Decimal text in rupiah; null for STATIC, whatever was sent. */
  amount: string | null;
  callbackUrl: string;
  metadata: JsonObject | undefined;
}

const minAmount = '1500';
const maxAmount = '10000000';

/**
 * Reads the body of POST /qr_codes.
 *
 * @throws ApiError 400 API_VALIDATION_ERROR for the first thing that is wrong.
 * Source: Xendit API reference, "QR codes v1", Create QR code.
 */
export function readNewQrCode(body: Body): NewQrCode {
  const externalId = requiredText(body, 'external_id');
  const type = requiredText(body, 'type');
  if (type !== 'DYNAMIC' && type !== 'STATIC') throw invalid('type must be one of [DYNAMIC, STATIC]');
  const callbackUrl = requiredText(body, 'callback_url');
  if (!isWebAddress(callbackUrl)) throw invalid('callback_url must be a valid http or https URL');
  const amount = type === 'STATIC' ? null : readAmount(body);
  if (amount === undefined) throw invalid('amount is required for a DYNAMIC QR code');
  return { externalId, type, amount, callbackUrl, metadata: optionalMetadata(body.fields) };
}

/**
 * The amount of a body as decimal text. The curl commands of the Indonesian reference call it `nominal`.
 *
 * @returns undefined when it wasn't sent.
 * @throws ApiError 400 API_VALIDATION_ERROR it is no number, or not from 1,500 to 10,000,000.
 */
export function readAmount({ fields, isForm }: Body): string | undefined {
  const sent = fields.amount ?? fields.nominal ?? undefined;
  if (sent === undefined) return undefined;
  const text = typeof sent === 'string' && !isForm ? undefined : scalarText(sent);
  if (text === undefined || Number.isNaN(Number(text)) || text.trim() === '') throw invalid('amount must be a number');
  const amount = toDecimal(text);
  if (amount === undefined || compareDecimals(amount, minAmount) < 0 || compareDecimals(amount, maxAmount) > 0) {
    throw invalid(`amount must be within range [${minAmount}, ${maxAmount}]`);
  }
  return amount;
}

/** Which payments of a code to list. */
export interface PaymentQuery {
  externalId: string;
  /** Both bounds belong to the range. */
  from: Instant | undefined;
  to: Instant | undefined;
  limit: number;
}

/**
 * Reads the query of GET /qr_codes/payments.
 *
 * @throws ApiError 400 API_VALIDATION_ERROR for the first thing that is wrong.
 */
export function readPaymentQuery(query: URLSearchParams): PaymentQuery {
  const externalId = query.get('external_id');
  if (!externalId) throw invalid('external_id is required');
  const from = readTime(query, 'from');
  const to = readTime(query, 'to');
  if (from !== undefined && to !== undefined && from > to) throw invalid('from must be earlier than to');
  const limit = query.get('limit') ?? '10';
  if (!/^\d{1,9}$/.test(limit) || Number(limit) < 1) throw invalid('limit must be a positive integer');
  return { externalId, from, to, limit: Number(limit) };
}

function readTime(query: URLSearchParams, name: string): Instant | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const time = toInstant(text);
  if (time === undefined) throw invalid(`${name} must be an ISO 8601 timestamp`);
  return time;
}

function requiredText({ fields }: Body, name: string): string {
  const value = fields[name];
  if (value === undefined || value === null || value === '') throw invalid(`${name} is required`);
  const text = textOf(value);
  if (text === undefined) throw invalid(`${name} must be a string`);
  return text;
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'http:' || url?.protocol === 'https:';
}
