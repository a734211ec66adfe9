import type { Gateway } from './gateway.ts';
import { type Arrival, type Sample, samplesOf } from './stretches.ts';

/** How long changes took from the ledger to this browser. */
export interface Latency {
  /** Those of the last minutes, oldest first, by the clocks as they are compared now. */
  samples(): readonly Sample[];
  /** By how much each may be wrong, in milliseconds, as the two clocks differ. */
  errorMs(): number;
  /** Grows with each sample. */
  count(): number;
  /** @returns a function that stops. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

const keptMs = 15 * 60_000;
const most = 20_000;

/** Measures every change that a webhook brought about and that was told live, not after the connection had been away. */
export function openLatency({ pulse, clock, connectedAt }: Gateway): Latency {
  const listeners = new Set<() => void>();
  let arrivals: Arrival[] = [];
  let count = 0;
  const stop = pulse.listen({
    onChange({ origin, recordedAt }) {
      const arrivedAt = Date.now();
      const recorded = Date.parse(recordedAt);
      if (origin !== 'WEBHOOK' || recorded < clock.at(connectedAt())) return;
      arrivals = [...arrivals.slice(1 - most), { arrivedAt, recorded }];
      count += 1;
      for (const listener of listeners) listener();
    },
  });
  return {
    samples() {
      const since = Date.now() - keptMs;
      arrivals = arrivals.filter(({ arrivedAt }) => arrivedAt > since);
      return samplesOf(arrivals, clock);
    },
    errorMs: () => clock.error(),
    count: () => count,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: stop,
  };
}
