import { type FieldProblem, InvalidInputError } from '../errors.ts';
import { isJsonObject, type JsonObject, scalarText } from '../model/json.ts';
import { compareDecimals, toDecimal } from '../model/money.ts';
import type { NewQrCode as XenditNewQrCode } from '../xendit/qr-codes.ts';

/** A QR code as a caller asks for it; what is wrong with it is said field by field. */
export interface NewQrCode {
  externalId: string;
  type: string;
  /** Rupiah, as decimal text; needed for DYNAMIC. */
  amount?: string | undefined;
  /** The gateway's own webhook address unless told. */
  callbackUrl?: string | undefined;
  metadata?: unknown;
}

/** Xendit's limits for a QRIS code, in rupiah, both inclusive. */
const minAmount = '1500';
const maxAmount = '10000000';
const maxTextLength = 255;
const maxKeyLength = 100;
const maxMetadata = { entries: 50, keyLength: 40, valueLength: 500 };

/**
 * @returns what is to be sent.
 * @throws InvalidInputError naming every field that is wrong.
 */
export function checkQrCode(input: NewQrCode, idempotencyKey: string, defaultCallbackUrl: string): XenditNewQrCode {
  const { externalId, type, callbackUrl = defaultCallbackUrl, metadata } = input;
  const amount = toDecimal(input.amount);
  const problems: (FieldProblem | undefined)[] = [
    checkName('externalId', externalId, maxTextLength) ?? checkAddress(externalId),
    checkName('idempotencyKey', idempotencyKey, maxKeyLength),
    type === 'DYNAMIC' || type === 'STATIC' ? undefined : problem('type', 'must be DYNAMIC or STATIC'),
    type === 'DYNAMIC' && input.amount === undefined ? problem('amount', 'is needed for a DYNAMIC code') : undefined,
    checkAmount(input.amount),
    checkUrl(callbackUrl),
    ...checkMetadata(metadata),
  ];
  refuse(problems);
  return {
    externalId,
    type: type as XenditNewQrCode['type'],
    callbackUrl,
    ...(amount === undefined ? {} : { amount }),
    ...(isJsonObject(metadata) ? { metadata: metadata as JsonObject } : {}),
  };
}

/** @throws InvalidInputError naming every field that is wrong. */
export function checkSimulation(input: { externalId: string; amount?: string | undefined }): {
  externalId: string;
  amount?: string;
} {
  refuse([checkName('externalId', input.externalId, maxTextLength), checkAmount(input.amount)]);
  const amount = toDecimal(input.amount);
  return { externalId: input.externalId, ...(amount === undefined ? {} : { amount }) };
}

function refuse(problems: (FieldProblem | undefined)[]): void {
  const found = problems.filter((one) => one !== undefined);
  if (found.length > 0) throw new InvalidInputError(found);
}

function checkName(field: string, text: string, maxLength: number): FieldProblem | undefined {
  if (text === '' || text.length > maxLength) return problem(field, `must have 1 to ${maxLength} characters`);
  return /\p{Cc}/u.test(text) || !text.isWellFormed() ? problem(field, 'must have no control characters') : undefined;
}

/** Xendit finds a code by putting its name into an address, where these mean something else. */
function checkAddress(externalId: string): FieldProblem | undefined {
  return ['.', '..', 'payments'].includes(externalId) ? problem('externalId', 'can not be this word') : undefined;
}

function checkAmount(text: string | undefined): FieldProblem | undefined {
  if (text === undefined) return undefined;
  const amount = toDecimal(text);
  if (amount === undefined) return problem('amount', 'must be a decimal number, such as 15000');
  const isInRange = compareDecimals(amount, minAmount) >= 0 && compareDecimals(amount, maxAmount) <= 0;
  return isInRange ? undefined : problem('amount', `must be within ${minAmount} and ${maxAmount}`);
}

function checkUrl(text: string): FieldProblem | undefined {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isWeb && url.username === '' && url.password === ''
    ? undefined
    : problem('callbackUrl', 'must be a web address without credentials');
}

function checkMetadata(metadata: unknown): FieldProblem[] {
  if (metadata === undefined || metadata === null) return [];
  if (!isJsonObject(metadata)) return [problem('metadata', 'must be an object')];
  const entries = Object.entries(metadata);
  const tooMany =
    entries.length > maxMetadata.entries ? [problem('metadata', `must have at most ${maxMetadata.entries} keys`)] : [];
  return entries.slice(0, maxMetadata.entries).reduce((problems, [key, value]) => {
    if (key.length > maxMetadata.keyLength)
      problems.push(problem('metadata', `keys must have at most ${maxMetadata.keyLength} characters`));
    const text = scalarText(value) ?? JSON.stringify(value) ?? '';
    if (text.length > maxMetadata.valueLength) {
      problems.push({
        path: ['input', 'metadata', key],
        message: `must have at most ${maxMetadata.valueLength} characters`,
      });
    }
    return problems;
  }, tooMany);
}

function problem(field: string, message: string): FieldProblem {
  return { path: ['input', field], message };
}
