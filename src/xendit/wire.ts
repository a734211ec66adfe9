import { GatewayError, InvalidInputError, OutcomeUnknownError } from '../errors.ts';
import { type Instant, toInstant } from '../model/instant.ts';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  objectOf,
  type RawNumber,
  rawNumber,
  scalarText,
  textOf,
} from '../model/json.ts';
import { type Money, toDecimal, toMoney } from '../model/money.ts';
import type { PaymentAction } from '../model/resource.ts';

/** What Xendit sent is not what its contract says, in a place without which it means nothing. */
export class UnreadableError extends GatewayError {
  override readonly name = 'UnreadableError';

  constructor(what: string) {
    super('UPSTREAM_PROTOCOL', `Xendit's message can't be read: ${what}`);
  }
}

/** Longer than any id or reference of Xendit's; what is longer can't be looked up by. */
export const maxKeyLength = 255;

/** Real messages nest four deep; databases and stacks end somewhere. */
const maxDepth = 100;

/** Whether a text can name something in the ledger: not empty, not too long, and text that every database takes. */
export function isKey(text: string): boolean {
  return text !== '' && text.length <= maxKeyLength && !text.includes('\0') && text.isWellFormed();
}

/**
 * The id that the wire object is about, by the first of these names that it has.
 *
 * @throws UnreadableError there is none.
 */
export function requiredId(wire: JsonObject, ...names: string[]): string {
  const id = optionalId(wire, ...names);
  if (id === undefined) throw new UnreadableError(`no ${names[0]}`);
  return id;
}

/**
 * The id of something else that the wire object names.
 *
 * @throws UnreadableError it is there but nothing can be kept under it.
 */
export function optionalId(wire: JsonObject, ...names: string[]): string | undefined {
  const name = names.find((each) => textOf(wire[each]) !== undefined);
  const id = name === undefined ? undefined : (wire[name] as string);
  if (id !== undefined && !isKey(id)) throw new UnreadableError(`${name} is no id`);
  return id;
}

/** A merchant's own name for something; absent where nothing could be looked up by it. */
export function reference(wire: JsonObject, name: string): string | undefined {
  const found = textOf(wire[name]);
  return found !== undefined && isKey(found) ? found : undefined;
}

/** The text by the first of these names that has one. */
export function text(wire: JsonObject | undefined, ...names: string[]): string | undefined {
  return firstOf(names, (name) => textOf(wire?.[name]));
}

/** A code word; Xendit's manual prints one with a trailing blank. */
export function code(wire: JsonObject, name: string): string | undefined {
  return textOf(textOf(wire[name])?.trim());
}

/** A time by the first of these names that has one. */
export function time(wire: JsonObject | undefined, ...names: string[]): Instant | undefined {
  return firstOf(names, (name) => toInstant(wire?.[name]));
}

/** An object with something in it. */
export function object(wire: JsonObject | undefined, ...names: string[]): JsonObject | undefined {
  return firstOf(names, (name) => {
    const found = objectOf(wire?.[name]);
    return found && Object.keys(found).length > 0 ? found : undefined;
  });
}

/** What is read under the first of these names that has it; the others aren't read. */
function firstOf<T>(names: readonly string[], read: (name: string) => T | undefined): T | undefined {
  for (const name of names) {
    const found = read(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The objects of a list; undefined where there is no list. */
export function objects(value: Json | undefined): JsonObject[] | undefined {
  return Array.isArray(value) ? value.filter(isJsonObject) : undefined;
}

/**
 * One page of a list: `{data, has_more}`, or a bare list.
 *
 * @throws UnreadableError it is none.
 */
export function page(body: Json): { items: Json[]; hasMore: boolean } {
  const items = Array.isArray(body) ? body : objectOf(body)?.data;
  if (!Array.isArray(items)) throw new UnreadableError('no list');
  return { items, hasMore: objectOf(body)?.has_more === true };
}

/** An amount where it is no harm not to know it. */
export function money(wire: JsonObject, name: string, currency = text(wire, 'currency')): Money | undefined {
  return toMoney(scalarText(wire[name]), currency);
}

/**
 * An amount that moved. It may be absent, since some samples leave it out; but what is there must be readable.
 *
 * @throws UnreadableError the amount is no decimal number, or has no currency.
 */
export function movedMoney(wire: JsonObject, names: string[], currency = text(wire, 'currency')): Money | undefined {
  const found = bookedMoney(wire, names, currency);
  if (found?.amount.startsWith('-')) throw new UnreadableError('an amount below zero');
  return found;
}

/**
 * The same as it is booked, which may be below zero: what is left of a small payment after its fee.
 *
 * @throws UnreadableError the amount is no decimal number, or has no currency.
 */
export function bookedMoney(wire: JsonObject, names: string[], currency = text(wire, 'currency')): Money | undefined {
  const value = names.map((name) => wire[name]).find((found) => found !== undefined && found !== null);
  if (value === undefined) return undefined;
  const found = toMoney(scalarText(value), currency);
  if (found === undefined)
    throw new UnreadableError(currency === undefined ? 'an amount without currency' : 'an amount');
  return found;
}

/** What is to be done next: v3's `{type, descriptor, value}` and v2's `{action, url_type, url | qr_code}`. */
export function actions(wire: JsonObject): PaymentAction[] | undefined {
  return objects(wire.actions)?.flatMap((each) => {
    const type = text(each, 'type', 'action');
    const descriptor = text(each, 'descriptor', 'url_type');
    const value = text(each, 'value', 'url', 'qr_code');
    return type && descriptor && value ? [{ type, descriptor, value }] : [];
  });
}

/**
 * The fields that are there, as every database takes them: no NUL, no half of a character, and as text whatever is no
 * number of this world, such as 1e999999.
 *
 * @throws UnreadableError one nests deeper than any real one does.
 */
export function present<T extends object>(fields: T): T {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) kept[name] = storable(value, 0);
  }
  return kept as T;
}

function storable(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (isRawNumber(value)) return toDecimal(value.rawJSON) === undefined ? value.rawJSON : value;
  if (depth > maxDepth) throw new UnreadableError('it nests too deeply');
  if (Array.isArray(value)) return value.map((inner) => storable(inner, depth + 1));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [storableText(name), storable(inner, depth + 1)]),
  );
}

function isRawNumber(value: unknown): value is RawNumber {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isJsonObject(value);
}

function storableText(value: string): string {
  const text = value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
  return text.toWellFormed();
}

/**
 * Decimal text as the number that Xendit wants, with every digit.
 *
 * @param path where our caller wrote it.
 * @throws InvalidInputError it is no decimal number.
 */
export function toWireNumber(amount: string, path = ['amount']): RawNumber {
  const plain = toDecimal(amount);
  if (plain === undefined) throw new InvalidInputError([{ path, message: 'not a decimal number' }]);
  return rawNumber(plain);
}

/** The same where there may be none. */
export function toOptionalWireNumber(amount: string | undefined, path = ['amount']): RawNumber | undefined {
  return amount === undefined ? undefined : toWireNumber(amount, path);
}

/**
 * Reads the answer to a POST. What was asked for has been done, so an answer that can't be read leaves only its details open.
 *
 * @throws OutcomeUnknownError the answer can't be read.
 */
export function readOutcome<T>(forReference: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new OutcomeUnknownError(forReference, { cause: error });
  }
}
