import type { ServerClock } from './clock.ts';

/** When one change was written down and when it came, in milliseconds. */
export interface Arrival {
  /** By this browser's clock. */
  arrivedAt: number;
  /** By the gateway's clock. */
  recorded: number;
}

/** What one change took. */
export interface Sample {
  /** In milliseconds of this browser's clock. */
  arrivedAt: number;
  /** From when the ledger wrote the change down. */
  tookMs: number;
}

/** What each took by what is known of the two clocks now, which may be more than was known when it came. */
export function samplesOf(arrivals: readonly Arrival[], clock: ServerClock): Sample[] {
  return arrivals.map(({ arrivedAt, recorded }) => ({
    arrivedAt,
    tookMs: Math.max(0, clock.at(arrivedAt) - recorded),
  }));
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
  const byStretch = new Map<number, number[]>();
  for (const { arrivedAt, tookMs } of samples) {
    const at = Math.floor(arrivedAt / 1_000 / stretchS) * stretchS;
    const own = byStretch.get(at);
    if (own === undefined) byStretch.set(at, [tookMs]);
    else own.push(tookMs);
  }
  return [...byStretch].map(([at, own]) => {
    const sorted = own.sort((a, b) => a - b);
    return { at, p50: percentile(sorted, 50), p99: percentile(sorted, 99), count: sorted.length };
  });
}
