/**
 * The gateway's clock, as its answers tell it: their header `Date` has whole seconds, so each answer only says between which
 * bounds the two clocks differ, and several answers together say it closely.
 */
export interface ServerClock {
  /**
   * @param sentAt when the question left, in milliseconds of this browser's clock.
   * @param date the answer's header.
   */
  hear(sentAt: number, receivedAt: number, date: string | null): void;
  /** A moment of this browser's as the gateway's clock has it; both in milliseconds. */
  at(here: number): number;
  /** By how much that may be wrong, in milliseconds; Infinity while nothing was heard. */
  error(): number;
  /** When to ask next in order to learn most, in milliseconds of this browser's clock. */
  nextAsking(now: number): number;
}

const second = 1_000;
/** By how much a busy server's header may lag. */
const lagMs = 20;

export function createServerClock(): ServerClock {
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  const middle = () => (Number.isFinite(least) ? (least + most) / 2 : 0);
  return {
    hear(sentAt, receivedAt, date) {
      const began = Date.parse(date ?? '');
      if (Number.isNaN(began)) return;
      const [low, high] = [began - receivedAt, began + second + lagMs - sentAt];
      const agrees = low <= most && high >= least;
      least = agrees ? Math.max(least, low) : low;
      most = agrees ? Math.min(most, high) : high;
    },
    at: (here) => here + middle(),
    error: () => (most - least) / 2,
    nextAsking: (now) => Math.ceil((now + middle()) / second) * second - middle(),
  };
}
