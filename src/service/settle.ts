import type { OnceKeys, OpenKey } from '../store/once-keys.ts';
import type { Once, OnceOperation } from './once.ts';
import { type SweepOptions, startSweeping } from './sweeping.ts';

export interface SettleOptions extends SweepOptions {
  /** How long a call may be under way before it counts as lost, in milliseconds. */
  patienceMs: number;
  /** How long a key is kept, finished or never found, in milliseconds. */
  keepMs: number;
}

const batchSize = 100;

/**
 * Finds out what became of creates whose answers were lost, also those of a process that died: at the start and then from time
 * to time.
 *
 * @param operations by their names; those of the reconciler, which leaves a share of the budget to callers.
 * @returns a function that stops it and waits for what is under way.
 */
export function startSettling(
  once: Once,
  keys: OnceKeys,
  operations: ReadonlyMap<string, OnceOperation<never, unknown>>,
  { everyMs, patienceMs, keepMs, log }: SettleOptions,
): () => Promise<void> {
  const round = async (isStopped: () => boolean) => {
    for (const open of await keys.open(new Date(Date.now() - patienceMs), batchSize)) {
      if (isStopped()) return;
      const taken = await keys.seek(open.claim, open.updatedAt, patienceMs);
      // Behind the others, so that those without an end don't keep the sweep from the rest.
      if (taken !== undefined && !(await settle(open))) await keys.putOff(open.claim, taken);
    }
    await keys.forget(new Date(Date.now() - keepMs));
  };
  const settle = async ({ claim, startedAt }: OpenKey): Promise<boolean> => {
    const what = { operation: claim.operation, reference: claim.reference };
    const operation = operations.get(claim.operation);
    const ageMs = Date.now() - startedAt.getTime();
    if (operation === undefined || ageMs > (operation.soughtForMs ?? Number.POSITIVE_INFINITY)) return false;
    try {
      const settlement = await once.settle(operation, claim, startedAt);
      if (settlement === 'DONE') log.info(what, 'an unknown outcome was found out');
      if (settlement === 'REFUSED') log.warn(what, 'nothing came of it: its name is another’s');
      return settlement !== 'UNKNOWN';
    } catch (error) {
      log.warn({ err: error, ...what }, 'its outcome is still unknown');
      return false;
    }
  };
  return startSweeping(round, 'settling has to wait', { everyMs, log });
}
