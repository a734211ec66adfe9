/** How much a heavy test does: a share of its figure by default, all of it with FULL_FIGURES set. */
export function figure(usually: number, full: number): number {
  return process.env.FULL_FIGURES ? full : usually;
}

/** @param part 0.99 for the value that 99 % don't exceed. */
export function percentile(values: readonly number[], part: number): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? 0);
}

/** The numbers from 0 up to this one. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Works on all of them, so many at a time, and gives the results in their order. */
export async function manyAtOnce<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = all.entries();
  const worker = async () => {
    for (const [index, one] of left) results[index] = await work(one, index);
  };
  await Promise.all(upTo(Math.min(atOnce, all.length)).map(worker));
  return results;
}
