import type { Log } from '../log.ts';

/** Counts refused deliveries, and tells the log of them now and then: whoever guesses tokens must not fill it. */
export interface Refusals {
  /** One more was refused. */
  add(): void;
  /** How many there were since the start. */
  total(): number;
  /** Tells of those that the log hasn't been told of. */
  close(): void;
}

/** @param everyMs between two lines of the log; the first refusal is told at once. */
export function createRefusals(log: Log, everyMs: number): Refusals {
  let total = 0;
  let told = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    timer = undefined;
    if (told === total) return;
    log.warn({ refused: total - told, total }, 'deliveries were refused: no callback token, or a wrong one');
    told = total;
    timer = setTimeout(tell, everyMs).unref();
  };
  return {
    add() {
      total += 1;
      if (timer === undefined) tell();
    },
    total: () => total,
    close() {
      clearTimeout(timer);
      tell();
      clearTimeout(timer);
    },
  };
}
