import { randomInt } from 'node:crypto';

/** The same entries in an order that any other is as likely as. */
export function shuffled<T>(entries: readonly T[]): T[] {
  const mixed = [...entries];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}
