import { isJsonObject } from '../model/json.ts';
import { toDecimal } from '../model/money.ts';
import type { Reach } from '../model/outgoing-url.ts';
import type { NewQrCode as XenditNewQrCode } from '../xendit/qr-codes.ts';
import {
  type Check,
  checkAmount,
  checkMetadata,
  checkName,
  checkNoCards,
  checkUrl,
  problem,
  refuse,
} from './input-checks.ts';

/** A QR code as a caller asks for it; what is wrong with it is said field by field. */
export interface NewQrCode {
  externalId: string;
  type: XenditNewQrCode['type'];
  /** Rupiah, as decimal text; needed for DYNAMIC. */
  amount?: string | undefined;
  /** The gateway's own webhook address unless told. */
  callbackUrl?: string | undefined;
  metadata?: unknown;
}

/** Xendit's limits for a QRIS code, in rupiah, both inclusive. */
const limits = { min: '1500', max: '10000000' };

/**
 * @returns what is to be sent.
 * @throws InvalidInputError naming every field that is wrong.
 */
export function checkQrCode(
  input: NewQrCode,
  idempotencyKey: string,
  reach: Reach,
): Omit<XenditNewQrCode, 'callbackUrl'> & { callbackUrl?: string } {
  const { externalId, type, callbackUrl, metadata } = input;
  // Payers of a STATIC code type what they pay.
  const amount = type === 'STATIC' ? undefined : input.amount;
  refuse([
    checkName('externalId', externalId, 255) ?? checkAddress(externalId),
    checkName('idempotencyKey', idempotencyKey, 100),
    type === 'DYNAMIC' && amount === undefined ? problem('amount', 'is needed for a DYNAMIC code') : undefined,
    checkAmount('amount', amount, limits),
    checkUrl('callbackUrl', callbackUrl, reach),
    checkMetadata(metadata),
    checkNoCards(metadata, ['metadata']),
  ]);
  return {
    externalId,
    type,
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
    ...(amount === undefined ? {} : { amount: toDecimal(amount) }),
    ...(isJsonObject(metadata) ? { metadata } : {}),
  };
}

/** @throws InvalidInputError naming every field that is wrong. */
export function checkSimulation(input: { externalId: string; amount?: string | undefined }): {
  externalId: string;
  amount?: string;
} {
  refuse([checkName('externalId', input.externalId, 255), checkAmount('amount', input.amount, limits)]);
  const amount = toDecimal(input.amount);
  return { externalId: input.externalId, ...(amount === undefined ? {} : { amount }) };
}

/** Xendit finds a code by putting its name into an address, where these mean something else. */
function checkAddress(externalId: string): Check {
  return ['.', '..', 'payments'].includes(externalId) ? problem('externalId', 'can not be this word') : undefined;
}
