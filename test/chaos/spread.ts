import type { Watch } from './evidence.ts';
import type { Drain } from './fault-kinds.ts';

/** How those who were sent away by a draining gateway came back. */
export interface Spread {
  clients: number;
  /** From the first who came back to the last, in milliseconds. */
  ms: number;
}

/** Going away, and service restart: what a gateway says that is about to end. */
const drainCodes = new Set([1001, 1012]);

/** One for each drain by which anybody was sent away. */
export function spreadAfterDrains(drains: readonly Drain[], watches: readonly Watch[]): Spread[] {
  return drains
    .map(({ at: from, afterMs }) => {
      const returns = watches.flatMap(({ closes, openedAt }) =>
        closes
          .filter(({ at, code }) => drainCodes.has(code) && at >= from && at <= from + afterMs)
          .map(({ at }) => openedAt.find((opened) => opened >= at))
          .filter((at) => at !== undefined),
      );
      return { clients: returns.length, ms: Math.max(...returns) - Math.min(...returns) };
    })
    .filter(({ clients }) => clients > 0);
}
