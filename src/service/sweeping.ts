import type { Log } from '../log.ts';

export interface SweepOptions {
  /** How often, in milliseconds. */
  everyMs: number;
  log: Log;
}

/**
 * Does something again and again: at once, and each time so long after the last round has ended. What a round throws is
 * logged, and the next one comes all the same.
 *
 * @param round told how to find out whether it has to stop.
 * @param whenItFails what the log says then.
 * @returns a function that stops it and waits for the round that is under way.
 */
export function startSweeping(
  round: (isStopped: () => boolean) => Promise<void>,
  whenItFails: string,
  { everyMs, log }: SweepOptions,
): () => Promise<void> {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const run = () => {
    running = round(() => isStopped)
      .catch((error) => log.warn({ err: error }, whenItFails))
      .finally(() => {
        if (!isStopped) timer = setTimeout(run, everyMs).unref();
      });
  };
  run();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await running;
  };
}
