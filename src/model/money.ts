import { Decimal } from 'decimal.js';

/** An amount in major units of its currency, as decimal text: `{ amount: '10000.01', currency: 'IDR' }`. */
export interface Money {
  amount: string;
  /** ISO 4217; an open string, since Xendit adds currencies. */
  currency: string;
}

/** More digits than any currency needs, few enough that no amount can be used to exhaust memory. */
const maxDigits = 30;
const decimalText = /^-?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?$/;
const Exact = Decimal.clone({ precision: 100, toExpNeg: -100, toExpPos: 100 });

/**
 * One spelling for each amount: no exponent, no leading zeros, no trailing zeros after the point, no minus zero.
 *
 * @returns undefined when the text is no finite decimal number of at most 30 digits.
 */
export function toDecimal(text: string | undefined): string | undefined {
  if (text === undefined || !decimalText.test(text)) return undefined;
  const plain = new Exact(text).toFixed();
  return plain.replace(/\D/g, '').length > maxDigits ? undefined : plain === '-0' ? '0' : plain;
}

/** Below zero, zero or above zero, as `a` is less than, equal to or greater than `b`; both are decimal text. */
export function compareDecimals(a: string, b: string): number {
  return new Exact(a).comparedTo(b);
}

/** An amount and its currency, or undefined when either is missing or unreadable. */
export function toMoney(amount: string | undefined, currency: string | undefined): Money | undefined {
  const plain = toDecimal(amount);
  return plain === undefined || currency === undefined ? undefined : { amount: plain, currency };
}

/** All of these together; undefined when one is missing or of another currency. */
export function sumOfMoney(currency: string, all: readonly (Money | undefined)[]): Money | undefined {
  let sum = new Exact(0);
  for (const money of all) {
    if (money?.currency !== currency) return undefined;
    sum = sum.plus(money.amount);
  }
  return { amount: sum.toFixed(), currency };
}
