import { toInstant } from '../model/instant.ts';
import { type JsonObject, scalarText, textOf } from '../model/json.ts';
import { compareDecimals, toDecimal } from '../model/money.ts';
import { invalid } from './http.ts';

/** Filters that may be repeated: any of their values will do. */
const lists = { types: 'type', statuses: 'status', channel_categories: 'channel_category' } as const;
const exact = ['reference_id', 'product_id', 'account_identifier', 'currency'] as const;

/**
 * Reads the filters of GET /transactions.
 *
 * @returns whether a transaction, as it is shown, is asked for.
 * @throws ApiError 400 API_VALIDATION_ERROR a time or an amount can't be read.
 * Source: Xendit API reference, "List transactions".
 */
export function readFilter(query: URLSearchParams): (transaction: JsonObject) => boolean {
  const amount = readAmount(query);
  const tests: ((transaction: JsonObject) => boolean)[] = [];
  for (const [name, field] of Object.entries(lists)) {
    const words = query.getAll(name).concat(query.getAll(`${name}[]`));
    if (words.length > 0) tests.push((transaction) => words.includes(textOf(transaction[field]) ?? ''));
  }
  for (const name of exact) {
    const value = query.get(name);
    if (value !== null) tests.push((transaction) => transaction[name] === value);
  }
  for (const name of ['created', 'updated']) {
    const from = readTime(query, `${name}[gte]`) ?? Number.NEGATIVE_INFINITY;
    const to = readTime(query, `${name}[lte]`) ?? Number.POSITIVE_INFINITY;
    tests.push((transaction) => isWithin(Date.parse(textOf(transaction[name]) ?? ''), from, to));
  }
  if (amount !== undefined) {
    tests.push((transaction) => compareDecimals(scalarText(transaction.amount) ?? '', amount) === 0);
  }
  return (transaction) => tests.every((passes) => passes(transaction));
}

/** A time of a query in milliseconds since the epoch. @throws ApiError 400 API_VALIDATION_ERROR it is none. */
export function readTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const instant = toInstant(text);
  if (instant === undefined) throw invalid(`${name} must be an ISO 8601 timestamp`);
  return Date.parse(instant);
}

function readAmount(query: URLSearchParams): string | undefined {
  const text = query.get('amount');
  const amount = toDecimal(text ?? undefined);
  if (text !== null && amount === undefined) throw invalid('amount must be a number');
  return amount;
}

function isWithin(ms: number, from: number, to: number): boolean {
  return ms >= from && ms <= to;
}
