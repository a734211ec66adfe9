import { toInstant } from '../model/instant.ts';
import { isJsonObject, type Json, type JsonObject, objectOf, scalarText } from '../model/json.ts';
import { compareDecimals, toDecimal } from '../model/money.ts';
import { ApiError, type Call } from './http.ts';

/** A 400 that names the field at fault, API_VALIDATION_ERROR unless told. */
export function wrong(name: string, problem: string, errorCode = 'API_VALIDATION_ERROR'): ApiError {
  return new ApiError(400, errorCode, `${name} ${problem}`, name);
}

/** The field's text. @throws ApiError 400 it is missing, no text, or longer than `max`. */
export function readText(fields: JsonObject, name: string, max = 255): string {
  const text = optionalText(fields, name, max);
  if (text === undefined) throw wrong(name, 'is required');
  return text;
}

/** The same, or undefined where it wasn't sent. */
export function optionalText(fields: JsonObject, name: string, max = 255): string | undefined {
  const value = sent(fields, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw wrong(name, 'must be a string');
  if (value.length < 1 || value.length > max) throw wrong(name, `must be from 1 to ${max} characters long`);
  return value;
}

/** One of the words of a closed list. @throws ApiError 400 it is missing or none of them. */
export function readWord<T extends string>(fields: JsonObject, name: string, words: readonly T[]): T {
  const word = optionalWord(fields, name, words);
  if (word === undefined) throw wrong(name, 'is required');
  return word;
}

/** The same, or undefined where it wasn't sent. */
export function optionalWord<T extends string>(
  fields: JsonObject,
  name: string,
  words: readonly T[],
  errorCode?: string,
): T | undefined {
  const value = sent(fields, name);
  const word = words.find((each) => each === value);
  if (word === undefined && value !== undefined) throw wrong(name, `must be one of [${words.join(', ')}]`, errorCode);
  return word;
}

/** An amount from 0 as decimal text, or undefined. @throws ApiError 400 it is no JSON number, or below zero. */
export function optionalAmount(fields: JsonObject, name: string): string | undefined {
  const value = sent(fields, name);
  if (value === undefined) return undefined;
  const amount = typeof value === 'string' ? undefined : toDecimal(scalarText(value));
  if (amount === undefined) throw wrong(name, 'must be a number');
  if (compareDecimals(amount, '0') < 0) throw wrong(name, 'must be at least 0');
  return amount;
}

/** True or false, or undefined. @throws ApiError 400 it is something else. */
export function optionalFlag(fields: JsonObject, name: string): boolean | undefined {
  const value = sent(fields, name);
  if (value !== undefined && typeof value !== 'boolean') throw wrong(name, 'must be true or false');
  return value;
}

/** A JSON object, or undefined. @throws ApiError 400 it is something else. */
export function optionalObject(fields: JsonObject, name: string): JsonObject | undefined {
  const value = sent(fields, name);
  if (value !== undefined && !isJsonObject(value)) throw wrong(name, 'must be an object');
  return value;
}

/** A list, or undefined. @throws ApiError 400 it is something else. */
export function optionalList(fields: JsonObject, name: string): Json[] | undefined {
  const value = sent(fields, name);
  if (value !== undefined && !Array.isArray(value)) throw wrong(name, 'must be an array');
  return value;
}

/** Milliseconds since the epoch, or undefined. @throws ApiError 400 it is no ISO 8601 time. */
export function optionalTime(fields: JsonObject, name: string): number | undefined {
  const value = sent(fields, name);
  if (value === undefined) return undefined;
  const instant = toInstant(value);
  if (instant === undefined) throw wrong(name, 'must be an ISO 8601 timestamp');
  return Date.parse(instant);
}

/** How much metadata there may be. */
export interface MetadataLimits {
  keys: number;
  keyLength: number;
  valueLength: number;
}

/** Source: Xendit API reference, the `metadata` of every product but sessions. */
export const metadataLimits: MetadataLimits = { keys: 50, keyLength: 40, valueLength: 500 };

/** Metadata, or undefined. @throws ApiError 400 it is no object, or more than the limits allow. */
export function optionalMetadata(
  fields: JsonObject,
  { keys, keyLength, valueLength }: MetadataLimits = metadataLimits,
  errorCode?: string,
): JsonObject | undefined {
  const metadata = objectOf(sent(fields, 'metadata'));
  if (metadata === undefined && sent(fields, 'metadata') !== undefined) throw wrong('metadata', 'must be an object');
  const entries = Object.entries(metadata ?? {});
  const problem =
    (entries.length > keys && `must have at most ${keys} keys`) ||
    (entries.some(([key]) => key.length > keyLength) && `keys must be at most ${keyLength} characters long`) ||
    (entries.some(([, value]) => lengthOf(value) > valueLength) &&
      `values must be at most ${valueLength} characters long`);
  if (problem) throw wrong('metadata', problem, errorCode);
  return metadata;
}

/** The fields of these names that were sent. */
export function pick(fields: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (sent(fields, name) === undefined ? [] : [[name, fields[name]]])));
}

/**
 * The `api-version` that a call asks for; undefined when it names none, which Xendit's reference allows.
 *
 * @throws ApiError 400 API_VALIDATION_ERROR it is none of these.
 */
export function versionOf<T extends string>({ headers }: Call, versions: readonly T[]): T | undefined {
  const asked = headers['api-version'];
  const version = versions.find((each) => each === asked);
  if (version === undefined && asked !== undefined) {
    throw new ApiError(400, 'API_VALIDATION_ERROR', `api-version must be one of [${versions.join(', ')}]`);
  }
  return version;
}

function sent(fields: JsonObject, name: string): Json | undefined {
  return fields[name] ?? undefined;
}

function lengthOf(value: Json | undefined): number {
  return (scalarText(value) ?? JSON.stringify(value) ?? '').length;
}
