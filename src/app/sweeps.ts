import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { byName, createOperations } from '../service/operations.ts';
import { startPruning } from '../service/prune.ts';
import { startReconciling } from '../service/reconcile.ts';
import { startRedriving } from '../service/redrive.ts';
import type { Rooms } from '../service/rooms.ts';
import { startSettling } from '../service/settle.ts';
import { createSingleFlight } from '../service/single-flight.ts';
import type { Database } from '../store/database.ts';
import { openDue } from '../store/due.ts';
import { openInbox } from '../store/inbox.ts';
import { openPruning } from '../store/pruning.ts';
import { knowsEvent } from '../webhook/event.ts';
import { asReconciler } from '../xendit/client.ts';

/**
 * Starts what the gateway does by itself: settling lost creates, asking about what is unfinished, reading webhooks again, and
 * removing what is too old.
 *
 * @param patienceMs how long a call may be under way elsewhere before it counts as lost.
 * @returns functions that stop one each, and wait for what is under way.
 */
export function startSweeps(
  config: Config,
  log: Log,
  rooms: Rooms,
  database: Database,
  patienceMs: number,
): (() => Promise<void>)[] {
  // With flights of its own: callers don't join the reconciler, whose smaller share of the budget may refuse it.
  const sweeping = createOperations({ ...rooms, xendit: asReconciler(rooms.xendit), flights: createSingleFlight() });
  const pruning = openPruning(database, {
    changeMaxAgeMs: config.changeMaxAgeMs,
    webhookMaxAgeMs: config.webhookMaxAgeMs,
    batchSize: config.pruneBatchSize,
  });
  return [
    startSettling(rooms.once, rooms.onceKeys, byName(sweeping), {
      everyMs: config.settleEveryMs,
      patienceMs,
      keepMs: config.onceKeyMaxAgeMs,
      log,
    }),
    startReconciling(rooms, openDue(database), {
      everyMs: config.reconcileEveryMs,
      batchSize: config.reconcileBatchSize,
      log,
    }),
    startRedriving(rooms, openInbox(database), knowsEvent, {
      everyMs: config.redriveEveryMs,
      batchSize: config.redriveBatchSize,
      attempts: config.redriveAttempts,
      pauseMs: config.redrivePauseMs,
      log,
    }),
    startPruning(pruning, { everyMs: config.pruneEveryMs, log }),
  ];
}
