import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { Report } from '../model/report.ts';
import type { ResourceKey } from '../model/resource.ts';
import { commitGroup, type Receipt } from './commit.ts';
import { type Database, withStore } from './database.ts';

export type { Receipt } from './commit.ts';

/** The one door through which facts come in. */
export interface Ledger {
  /**
   * Takes in what a webhook or an answer says. Returning means that it is committed, and that subscribers have been woken.
   *
   * @throws GatewayError STORE_UNAVAILABLE nothing was kept, or it isn't known whether it was; say it again.
   */
  observe(report: Report): Promise<Receipt>;
  /** Takes in nothing more and waits for what is under way. */
  close(): Promise<void>;
}

export interface LedgerOptions {
  /** Reports in one transaction at most. Default 256. */
  groupSize?: number;
  /** Reports that may wait at most; beyond it `observe` refuses at once. Default 10,000. */
  queueLimit?: number;
  /** How long a transaction may take, in milliseconds. Default 4,000. */
  timeoutMs?: number;
  /** Told after each commit which resources have changed. Must not throw. */
  onCommit?: (changed: ResourceKey[]) => void;
}

interface Waiting {
  report: Report;
  resolve: (receipt: Receipt) => void;
  reject: (error: unknown) => void;
}

/**
 * Opens the ledger. Whatever arrives while one transaction runs is committed together in the next one, which is what makes
 * a thousand deliveries a second possible with a commit for each.
 */
export function openLedger({ prisma }: Database, options: LedgerOptions = {}): Ledger {
  const { groupSize = 256, queueLimit = 10_000, timeoutMs = 4_000, onCommit } = options;
  const queue: Waiting[] = [];
  let running: Promise<void> | undefined;
  let isClosed = false;

  const commit = (group: readonly Waiting[]) =>
    withStore(() =>
      commitGroup(
        prisma,
        group.map(({ report }) => report),
        timeoutMs,
      ),
    );

  const settle = (group: readonly Waiting[], receipts: readonly Receipt[]) => {
    onCommit?.(receipts.flatMap(({ changed }) => changed));
    for (const [index, receipt] of receipts.entries()) group[index]?.resolve(receipt);
  };

  /** One report that can't be written must not take its neighbours with it. */
  const commitOneByOne = async (group: readonly Waiting[]) => {
    for (const one of group) {
      try {
        settle([one], await commit([one]));
      } catch (error) {
        const bare = isFaultOfData(error) ? withoutEffects(one, error) : undefined;
        const kept = bare && (await commit([bare]).catch(() => undefined));
        if (kept === undefined) one.reject(error);
        else settle([one], kept);
      }
    }
  };

  const run = async () => {
    while (queue.length > 0) {
      // The embedded database works in this very thread: without a pause nothing would arrive while it does, and every group
      // would be one delivery.
      await setImmediate();
      const group = queue.splice(0, groupSize);
      try {
        settle(group, await commit(group));
      } catch (error) {
        if (isFaultOfData(error)) await commitOneByOne(group);
        // The database is away: whoever waits hears it now rather than after a time-out each.
        else for (const one of [...group, ...queue.splice(0)]) one.reject(error);
      }
    }
    running = undefined;
  };

  return {
    observe: (report) =>
      new Promise((resolve, reject) => {
        if (isClosed || queue.length >= queueLimit) {
          reject(
            new GatewayError(
              'STORE_UNAVAILABLE',
              isClosed ? 'The ledger is closing' : 'The ledger is full: come back later',
            ),
          );
          return;
        }
        queue.push({ report, resolve, reject });
        running ??= run();
      }),
    close: async () => {
      isClosed = true;
      await running;
    },
  };
}

/** Whether the database refused what was written (SQLSTATE class 22 or 23), rather than being away. */
function isFaultOfData(error: unknown): boolean {
  const cause = error instanceof GatewayError ? error.cause : error;
  const text = JSON.stringify(cause instanceof Error ? { ...cause, message: cause.message } : cause) ?? '';
  return /"(?:originalCode|code)":"(?:22|23)[0-9A-Z]{3}"/.test(text);
}

/** The letter alone, so that at least it is kept; undefined for an answer, which has none. */
function withoutEffects(waiting: Waiting, error: unknown): Waiting | undefined {
  const { report } = waiting;
  if (report.letter === undefined) return undefined;
  const reason = `Could not be written: ${String(error instanceof Error ? (error.cause ?? error) : error)}`;
  return {
    ...waiting,
    report: { ...report, observations: [], letter: { ...report.letter, unread: { outcome: 'FAILED', reason } } },
  };
}
