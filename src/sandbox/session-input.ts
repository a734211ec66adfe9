import type { JsonObject } from '../model/json.ts';
import { isPayable } from './amount.ts';
import { isChannelCode } from './channels.ts';
import { ApiError } from './http.ts';
import {
  optionalAmount,
  optionalList,
  optionalObject,
  optionalText,
  optionalTime,
  optionalWord,
  pick,
  readText,
  readWord,
  wrong,
} from './input.ts';
import { captureMethods, checkPurchase } from './purchase-input.ts';

const sessionTypes = ['SAVE', 'PAY', 'SUBSCRIPTION'] as const;
const modes = ['PAYMENT_LINK', 'COMPONENTS'] as const;
const savings = ['DISABLED', 'OPTIONAL', 'FORCED'] as const;
const currencies = ['IDR', 'PHP', 'VND', 'THB', 'SGD', 'MYR', 'USD'] as const;
const countries = ['ID', 'PH', 'VN', 'TH', 'SG', 'MY'] as const;

/** What a merchant asks for when creating a payment session. */
export interface NewSession {
  referenceId: string;
  type: (typeof sessionTypes)[number];
  mode: (typeof modes)[number];
  /** Decimal text; '0' for SAVE. */
  amount: string;
  currency: string;
  country: string;
  saving: (typeof savings)[number] | undefined;
  captureMethod: (typeof captureMethods)[number] | undefined;
  /** Channel codes; empty for all. */
  allowedChannels: string[];
  expiresAtMs: number;
  /** Fields that are only given back. */
  echo: JsonObject;
}

const minuteMs = 60_000;
const defaultLifeMs = 30 * minuteMs;
const shortestLifeMs = 10 * minuteMs;
/** The error text of the reference; its schema allows more. */
const metadataLimits = { keys: 20, keyLength: 40, valueLength: 80 };
const echoed = [
  'channel_properties',
  'metadata',
  'description',
  'items',
  'notification_channels',
  'subscription',
  'success_return_url',
  'cancel_return_url',
  'components_configuration',
] as const;

/**
 * Reads the body of POST /sessions, but for the customer.
 *
 * @param now in milliseconds since the epoch.
 * @throws ApiError 400 API_VALIDATION_ERROR, or the session's own code for the first thing that is wrong.
 * Source: Xendit API reference, "Create a payment session".
 */
export function readNewSession(fields: JsonObject, now: number): NewSession {
  const referenceId = readText(fields, 'reference_id', 64);
  if (fields.session_type === 'AUTHORIZATION') {
    throw wrong('session_type', 'AUTHORIZATION is not supported', 'SESSION_TYPE_NOT_SUPPORTED');
  }
  const type = readWord(fields, 'session_type', sessionTypes);
  const mode = readWord(fields, 'mode', modes);
  const currency = oneOf(fields, 'currency', currencies, 'INVALID_CURRENCY');
  const country = oneOf(fields, 'country', countries, 'INVALID_COUNTRY');
  const amount = optionalAmount(fields, 'amount');
  if (amount === undefined) throw wrong('amount', 'is required');
  if ((type === 'SAVE') !== (amount === '0') || !isPayable(amount, currency)) {
    throw wrong('amount', `can not be ${amount} ${currency} in a session of type ${type}`, 'INVALID_AMOUNT');
  }
  const captureMethod = optionalWord(fields, 'capture_method', captureMethods);
  if (captureMethod !== undefined && type !== 'PAY') {
    throw wrong('capture_method', `is not for a session of type ${type}`, 'DISALLOWED_CAPTURE_METHOD');
  }
  if (optionalList(fields, 'items') !== undefined && type !== 'PAY') {
    throw wrong('items', `are not for a session of type ${type}`, 'ITEMS_NOT_SUPPORTED');
  }
  checkPurchase(fields, { itemsHaveCurrency: false, metadataLimits, metadataError: 'INVALID_METADATA' });
  optionalObject(fields, 'channel_properties');
  assertSecure(fields);
  return {
    ...{ referenceId, type, mode, amount, currency, country, captureMethod },
    saving: optionalWord(fields, 'allow_save_payment_method', savings),
    allowedChannels: readChannels(fields),
    expiresAtMs: readExpiry(fields, now),
    echo: { ...pick(fields, echoed), locale: optionalText(fields, 'locale', 10) ?? 'en' },
  };
}

/** Whether a session can't do without a customer. */
export function needsCustomer({ type, saving }: NewSession): boolean {
  return type === 'SAVE' || saving === 'OPTIONAL' || saving === 'FORCED';
}

function oneOf<T extends string>(fields: JsonObject, name: string, words: readonly T[], errorCode: string): T {
  const word = optionalWord(fields, name, words, errorCode);
  if (word === undefined) throw wrong(name, 'is required');
  return word;
}

function assertSecure(fields: JsonObject): void {
  for (const name of ['success_return_url', 'cancel_return_url']) {
    const url = optionalText(fields, name, 2048);
    if (url !== undefined && URL.parse(url)?.protocol !== 'https:') {
      throw wrong(name, 'must be an HTTPS URL', 'INVALID_URL');
    }
  }
}

function readChannels(fields: JsonObject): string[] {
  const codes = optionalList(fields, 'allowed_payment_channels') ?? [];
  return codes.map((code) => {
    if (typeof code === 'string' && isChannelCode(code)) return code;
    throw wrong('allowed_payment_channels', `${JSON.stringify(code)} is not known`, 'INVALID_PAYMENT_CHANNEL');
  });
}

function readExpiry(fields: JsonObject, now: number): number {
  const expiresAtMs = optionalTime(fields, 'expires_at') ?? now + defaultLifeMs;
  if (expiresAtMs - now >= shortestLifeMs) return expiresAtMs;
  throw new ApiError(400, 'INVALID_EXPIRY_DATE', 'expires_at must be at least 10 minutes ahead', 'expires_at');
}
