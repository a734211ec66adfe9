import { Decimal } from 'decimal.js';
import { type Json, parseJson } from '../model/json.ts';

const Exact = Decimal.clone({ precision: 100, toExpNeg: -100, toExpPos: 100 });

/** Digits after the point, by ISO 4217; all other currencies here have two. */
const withoutCents = new Set(['VND', 'JPY', 'KRW']);

/** The sum of amounts as decimal text; '0' of none. */
export function sum(amounts: string[]): string {
  return amounts.reduce((total, amount) => total.plus(amount), new Exact(0)).toFixed();
}

/** What is left, as decimal text. */
export function minus(amount: string, taken: string): string {
  return new Exact(amount).minus(taken).toFixed();
}

/** A share of an amount, such as '0.007' of it, rounded to what the currency can pay. */
export function shareOf(amount: string, share: string, currency: string): string {
  return new Exact(amount).times(share).toDecimalPlaces(digitsOf(currency)).toFixed();
}

/** Whether a currency can pay this amount, given as decimal text. */
export function isPayable(amount: string, currency: string): boolean {
  return new Exact(amount).decimalPlaces() <= digitsOf(currency);
}

/** Decimal text as the JSON number that Xendit sends, with every digit. */
export function toNumber(amount: string): Json {
  return parseJson(amount);
}

function digitsOf(currency: string): number {
  return withoutCents.has(currency) ? 0 : 2;
}
