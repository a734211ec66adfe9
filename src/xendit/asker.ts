import { AsyncLocalStorage } from 'node:async_hooks';

const askers = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Runs work for somebody who may leave: every GET that it makes, and whatever it waits for makes, is given up when he does.
 *
 * @param signal aborted when he has left; undefined for work that goes on whoever leaves.
 */
export function askingFor<T>(signal: AbortSignal | undefined, work: () => T): T {
  return askers.run(signal, work);
}

/** Who waits for what is asked here; undefined when nobody can leave. */
export function currentAsker(): AbortSignal | undefined {
  return askers.getStore();
}
