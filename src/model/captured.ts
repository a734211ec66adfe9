import { type Money, sumOfMoney } from './money.ts';
import type { Fields } from './resource.ts';

/**
 * What was taken of a payment so far.
 *
 * @param payment `status` SUCCEEDED stands for a capture of everything where no captures are listed and none are left to be made.
 * @returns undefined when it can't be told.
 */
export function capturedOf({
  status,
  amount,
  captures,
  captureMethod,
}: Fields<'Payment'> & { status: string }): Money | undefined {
  if (captures === undefined) return status === 'SUCCEEDED' && captureMethod !== 'MANUAL' ? amount : undefined;
  const currency = captures[0]?.amount?.currency ?? amount?.currency;
  const amounts = captures.map((capture) => capture.amount);
  return currency === undefined ? undefined : sumOfMoney(currency, amounts);
}
