import type { JsonObject } from '../model/json.ts';
import { compareDecimals } from '../model/money.ts';
import { type Channel, channelOf } from './channels.ts';
import {
  optionalAmount,
  optionalObject,
  optionalText,
  optionalTime,
  optionalWord,
  pick,
  readText,
  readWord,
  wrong,
} from './input.ts';
import { captureMethods, checkPurchase, checkShipping } from './purchase-input.ts';

export const paymentRequestTypes = ['PAY', 'PAY_AND_SAVE', 'REUSABLE_PAYMENT_CODE'] as const;

/** What a merchant asks for when creating a payment request. */
export interface NewPaymentRequest {
  referenceId: string;
  type: (typeof paymentRequestTypes)[number];
  channel: Channel;
  /** Decimal text in the channel's currency; undefined where a reusable code leaves it to the payer. */
  amount: string | undefined;
  captureMethod: (typeof captureMethods)[number];
  channelProperties: JsonObject;
  /** What it is paid with, without asking the payer for details. */
  tokenId: string | undefined;
  expiresAtMs: number | undefined;
  /** Fields that are only given back: description, items, shipping_information, metadata. */
  echo: JsonObject;
}

/**
 * Reads the body of POST /v3/payment_requests.
 *
 * @param tokenChannel the channel of `payment_token_id`; its own examples leave `channel_code` out.
 * @throws ApiError 400 API_VALIDATION_ERROR a field is missing or malformed; INVALID_VALUE_ERROR the channel can't do it.
 * Source: Xendit API reference, "Create a payment request".
 */
export function readNewPaymentRequest(fields: JsonObject, now: number, tokenChannel?: Channel): NewPaymentRequest {
  const referenceId = readText(fields, 'reference_id');
  const type = readWord(fields, 'type', paymentRequestTypes);
  const channel = readChannel(fields, tokenChannel);
  const tokenId = optionalText(fields, 'payment_token_id');
  if (tokenId !== undefined && type !== 'PAY') throw wrong('type', 'must be PAY when paying with a payment token');
  const channelProperties = optionalObject(fields, 'channel_properties');
  if (channelProperties === undefined && tokenId === undefined) throw wrong('channel_properties', 'is required');
  const captureMethod = optionalWord(fields, 'capture_method', captureMethods) ?? 'AUTOMATIC';
  const amount = optionalAmount(fields, 'request_amount');
  if (amount === undefined && type !== 'REUSABLE_PAYMENT_CODE') throw wrong('request_amount', 'is required');
  if (amount !== undefined) assertAmount(channel, amount);
  checkPurchase(fields, { itemsHaveCurrency: true });
  checkShipping(fields);
  const wanted: NewPaymentRequest = {
    referenceId,
    type,
    channel,
    amount,
    captureMethod,
    channelProperties: channelProperties ?? {},
    tokenId,
    expiresAtMs: readExpiry(channel, channelProperties ?? {}, now),
    echo: pick(fields, ['description', 'items', 'shipping_information', 'metadata']),
  };
  assertPossible(wanted);
  return wanted;
}

/**
 * The channel that a body names by code, country and currency.
 *
 * @param instead taken where `channel_code` is left out.
 * @throws ApiError 400 API_VALIDATION_ERROR a name is missing; INVALID_VALUE_ERROR there is no such channel.
 */
export function readChannel(fields: JsonObject, instead?: Channel): Channel {
  const country = readText(fields, 'country', 2);
  const currency = readText(fields, 'currency', 3);
  const code = optionalText(fields, 'channel_code') ?? instead?.code ?? readText(fields, 'channel_code');
  const channel = channelOf(code, country, currency);
  if (channel === undefined) {
    throw wrong('channel_code', `${code} is not known for ${country} in ${currency}`, 'INVALID_VALUE_ERROR');
  }
  return channel;
}

/** @throws ApiError 400 INVALID_VALUE_ERROR the channel takes no such amount. */
export function assertAmount({ minAmount, maxAmount, code }: Channel, amount: string): void {
  const isTooMuch = maxAmount !== undefined && compareDecimals(amount, maxAmount) > 0;
  if (!isTooMuch && compareDecimals(amount, minAmount) >= 0) return;
  const range = maxAmount === undefined ? `at least ${minAmount}` : `within range [${minAmount}, ${maxAmount}]`;
  throw wrong('request_amount', `must be ${range} for ${code}`, 'INVALID_VALUE_ERROR');
}

/**
 * When a request ends unpaid: `expires_at` where the channel takes one, otherwise the channel's own time.
 *
 * @throws ApiError 400 API_VALIDATION_ERROR it is no time; INVALID_VALUE_ERROR it is past.
 */
export function readExpiry(channel: Channel, channelProperties: JsonObject, now: number): number | undefined {
  const wished = channel.takesExpiry ? optionalTime(channelProperties, 'expires_at') : undefined;
  if (wished !== undefined && wished <= now) {
    throw wrong('channel_properties.expires_at', 'must be in the future', 'INVALID_VALUE_ERROR');
  }
  return wished ?? (channel.expiresAfterMs === undefined ? undefined : now + channel.expiresAfterMs);
}

function assertPossible({ type, channel, captureMethod, tokenId }: NewPaymentRequest): void {
  const refuse = (name: string, problem: string) => wrong(name, `${problem} ${channel.code}`, 'INVALID_VALUE_ERROR');
  if (type === 'REUSABLE_PAYMENT_CODE' && !channel.isReusable) throw refuse('type', 'must not be reusable for');
  if (type === 'PAY_AND_SAVE' && !channel.canSave) throw refuse('type', 'must not save for');
  if (captureMethod === 'MANUAL' && channel.kind !== 'CARDS') throw refuse('capture_method', 'must not be MANUAL for');
  if (channel.kind === 'CARDS' && tokenId === undefined) {
    throw wrong('payment_token_id', 'is required for CARDS: the sandbox takes no card numbers');
  }
}
