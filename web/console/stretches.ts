/** What one change took. */
export interface Sample {
  /** In milliseconds of this browser's clock. */
  arrivedAt: number;
  /** From when the ledger wrote the change down. */
  tookMs: number;
}

/** The value that so many hundredths of all are not above. @param sorted ascending, not empty */
export function percentile(sorted: readonly number[], hundredths: number): number {
  const index = Math.ceil((hundredths / 100) * sorted.length) - 1;
  return sorted[Math.max(0, index)] ?? Number.NaN;
}

/** One stretch of time with what was measured in it. */
export interface Stretch {
  /** In seconds since 1970. */
  at: number;
  p50: number;
  p99: number;
  count: number;
}

const stretchS = 10;

/** Stretches of ten seconds in which something arrived, oldest first. */
export function stretchesOf(samples: readonly Sample[]): Stretch[] {
  const byStretch = Map.groupBy(samples, ({ arrivedAt }) => Math.floor(arrivedAt / 1_000 / stretchS) * stretchS);
  return [...byStretch].map(([at, own]) => {
    const sorted = own.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    return { at, p50: percentile(sorted, 50), p99: percentile(sorted, 99), count: own.length };
  });
}
