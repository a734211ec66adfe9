import { setImmediate } from 'node:timers/promises';
import { apart } from '../model/apart.ts';
import type { Report } from '../model/report.ts';
import { inSpan } from '../spans.ts';
import type { Receipt } from './commit.ts';
import { type CommittingOptions, createCommitting, unavailable } from './committing.ts';
import type { Database } from './database.ts';
import { createQueue, type QueueLength, type QueueLimits } from './queue.ts';

export type { Receipt } from './commit.ts';

/** The one door through which facts come in. */
export interface Ledger {
  /**
   * Takes in what a webhook or an answer says. Returning means that it is committed, and that subscribers have been woken.
   *
   * @throws GatewayError STORE_UNAVAILABLE nothing was kept, or it isn't known whether it was; say it again.
   */
  observe(report: Report): Promise<Receipt>;
  /** What waits to be committed. */
  waiting(): QueueLength;
  /** Takes in nothing more and waits for what is under way. */
  close(): Promise<void>;
}

/** Defaults: groups of 256 or 4 MiB, a queue of 10,000 or 64 MiB, beyond which `observe` refuses at once. */
export interface LedgerOptions extends CommittingOptions, Partial<QueueLimits> {}

/**
 * Opens the ledger. Whatever arrives while a transaction runs is committed together in the next one, which is what makes
 * a thousand deliveries a second possible with a commit for each. Postgres works on one while another is prepared or reaches
 * the disk; the two are about different resources, so that neither waits for the other.
 */
export function openLedger(database: Database, options: LedgerOptions = {}): Ledger {
  const { groupSize = 256, groupBytes = 4_194_304, queueLimit = 10_000, queueBytes = 67_108_864 } = options;
  const queue = createQueue({ groupSize, groupBytes, queueLimit, queueBytes });
  const commit = createCommitting(database, options, queue.takeAll);
  let runs = 0;
  let ended: PromiseWithResolvers<void> | undefined;
  let isClosed = false;

  /** Beside what is being committed a transaction is worth it once as much waits. */
  const isDue = () => queue.mayGive() && queue.length().reports >= queue.underWay();

  const run = async () => {
    runs += 1;
    while (isDue()) {
      // The embedded database works in this very thread: without a pause nothing would arrive while it does, and every group
      // would be one delivery.
      await setImmediate();
      const group = queue.takeGroup();
      // All that waits is about what is being committed: who commits that takes it afterwards.
      if (group.length === 0) break;
      await commit(group);
      queue.release(group);
    }
    runs -= 1;
    if (runs === 0) ended?.resolve();
  };

  return {
    observe: (report) =>
      inSpan('ledger observe', {}, (span) => {
        const { promise, resolve, reject } = Promise.withResolvers<Receipt>();
        if (isClosed) reject(unavailable('The ledger is closing'));
        else if (!queue.add({ report, span, resolve, reject }))
          reject(unavailable('The ledger is full: come back later'));
        else if (runs < database.transactionsAtOnce && isDue()) apart(run);
        return promise;
      }),
    waiting: () => queue.length(),
    close: async () => {
      isClosed = true;
      ended ??= Promise.withResolvers();
      if (runs > 0) await ended.promise;
    },
  };
}
