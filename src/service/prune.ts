import type { Pruning } from '../store/pruning.ts';
import { type SweepOptions, startSweeping } from './sweeping.ts';

/**
 * Removes old changes and webhooks, at the start and then from time to time.
 *
 * @returns a function that stops it and waits for what is under way.
 */
export function startPruning(pruning: Pruning, options: SweepOptions): () => Promise<void> {
  const round = async (isStopped: () => boolean) => {
    const pruned = await pruning.prune(isStopped);
    if (pruned.changes + pruned.webhooks === 0) return;
    const level = pruned.unapplied > 0 ? 'warn' : 'info';
    options.log[level](pruned, 'what was too old was removed');
  };
  return startSweeping(round, 'pruning has to wait', options);
}
