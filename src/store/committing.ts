import { setTimeout as pause } from 'node:timers/promises';
import type { SpanOptions } from '@opentelemetry/api';
import { GatewayError } from '../errors.ts';
import { redaction } from '../model/redaction.ts';
import type { ResourceKey } from '../model/resource.ts';
import { inSpan } from '../spans.ts';
import { commitGroup, keysIn, type Receipt } from './commit.ts';
import { type Database, withStore } from './database.ts';
import type { Named, Waiting } from './queue.ts';
import { isFaultOfData, isFaultOfWaiting, isWorthRetrying, sqlStateOf } from './sql-state.ts';

export interface CommittingOptions {
  /** How long a transaction may take, in milliseconds. Default 4,000. */
  timeoutMs?: number;
  /**
   * Told after each commit which resources have changed, by it or perhaps by an earlier one whose answer got lost.
   * Must not throw.
   */
  onCommit?: (changed: ResourceKey[]) => void;
  /** Told after each transaction how long it took, and whether it was committed as far as is known. Must not throw. */
  onTransaction?: (isCommitted: boolean, durationMs: number) => void;
}

type Outcomes = readonly (Receipt | Error)[];

/** How much later than its own time-out a transaction may end, since a silent connection can't even be told to roll back. */
const graceMs = 500;

/**
 * How many in a row may wait in vain, while nothing else is committed either, before the database counts as away: a single held
 * resource must not stop the rest.
 */
const maxWaitsInVain = 2;

/** How often a group is tried again that another transaction got in the way of, and the longest first pause. */
const maxRetries = 5;
const firstPauseMs = 10;

/**
 * Commits groups, some of them at once, and answers whoever waits for a report in them.
 *
 * @param takeAll takes what else waits, to be told that the database is away.
 * @returns a function that commits a group, whatever becomes of it; it never rejects.
 */
export function createCommitting(
  database: Database,
  { timeoutMs = 4_000, onCommit, onTransaction }: CommittingOptions,
  takeAll: () => Waiting[],
): (group: readonly Named[]) => Promise<unknown> {
  let waitsInVain = 0;

  const doubtful: ResourceKey[] = [];

  const attempt = async (group: readonly Named[], retries = 0): Promise<Outcomes> => {
    let isWritten = false;
    const onWritten = () => {
      isWritten = true;
    };
    const beganAt = performance.now();
    try {
      const outcomes = await withStore(() => commitGroup(database, group, timeoutMs, onWritten));
      onTransaction?.(true, performance.now() - beganAt);
      return outcomes;
    } catch (error) {
      onTransaction?.(false, performance.now() - beganAt);
      if (isWritten) doubtful.push(...group.flatMap(({ report }) => keysIn(report)));
      if (retries === maxRetries || !isWorthRetrying(sqlStateOf(error))) throw error;
      await pause(Math.random() * firstPauseMs * 2 ** retries);
      return attempt(group, retries + 1);
    }
  };

  const commit = (group: readonly Named[]) => {
    const committing = inSpan('ledger commit', linkedTo(group), (span) => {
      for (const waiting of group) waiting.span?.addLink({ context: span.spanContext() });
      return attempt(group);
    });
    return within(timeoutMs + graceMs, committing, tell);
  };

  const tell = (outcomes: Outcomes) =>
    onCommit?.([
      ...outcomes.flatMap((outcome) => (outcome instanceof Error ? [] : outcome.changed)),
      ...doubtful.splice(0),
    ]);

  const settle = (group: readonly Named[], outcomes: Outcomes) => {
    waitsInVain = 0;
    tell(outcomes);
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome instanceof Error) group[index]?.reject(outcome);
      else group[index]?.resolve(outcome);
    }
  };

  /**
   * One report that can't be written must not take its neighbours with it, nor keep them waiting: its group is halved until it
   * is alone.
   *
   * @returns whether the database is there.
   */
  const commitApart = async (group: readonly Named[]): Promise<boolean> => {
    try {
      settle(group, await commit(group));
      return true;
    } catch (error) {
      const state = sqlStateOf(error);
      const [one] = group;
      if (one !== undefined && group.length === 1 && isFaultOfWaiting(state)) {
        one.reject(error);
        return true;
      }
      if (isFaultOfWaiting(state) || (isFaultOfData(state) && group.length === 1)) return commitOneByOne(group);
      if (!isFaultOfData(state)) {
        rejectAll(group, error);
        return false;
      }
    }
    const middle = Math.ceil(group.length / 2);
    if (await commitApart(group.slice(0, middle))) return commitApart(group.slice(middle));
    rejectAll(group.slice(middle), unavailable('The ledger can not be written now'));
    return false;
  };

  /** One whose resource is held must not hold up its neighbours, of which those about the same resource needn't wait again. */
  const commitOneByOne = async (group: readonly Named[]): Promise<boolean> => {
    const held = new Map<string, unknown>();
    for (const [index, one] of group.entries()) {
      const heldName = one.names.find((name) => held.has(name));
      if (heldName !== undefined) {
        one.reject(held.get(heldName));
        continue;
      }
      try {
        settle([one], await commit([one]).catch((error: unknown) => commitBare(one, error)));
      } catch (error) {
        const state = sqlStateOf(error);
        waitsInVain = isFaultOfWaiting(state) ? waitsInVain + 1 : 0;
        const isAboutOne = isFaultOfData(state) || (isFaultOfWaiting(state) && waitsInVain < maxWaitsInVain);
        if (!isAboutOne) {
          rejectAll(group.slice(index), error);
          return false;
        }
        if (isFaultOfWaiting(state)) for (const name of one.names) held.set(name, error);
        one.reject(error);
      }
    }
    return true;
  };

  const commitBare = async (one: Named, error: unknown) => {
    const bare = isFaultOfData(sqlStateOf(error)) ? withoutEffects(one, error) : undefined;
    if (bare === undefined) throw error;
    return commit([bare]);
  };

  /** The database is away: whoever waits hears it now rather than after a time-out each. */
  const rejectAll = (group: readonly Named[], error: unknown) => {
    // A commit whose answer got lost may have happened: a wake-up too many costs nothing.
    tell([]);
    for (const one of [...group, ...takeAll()]) one.reject(error);
  };

  return commitApart;
}

/** A transaction is a trace of its own, since it may be of many: it is linked with each of them, and they with it. */
function linkedTo(group: readonly Named[]): SpanOptions {
  return {
    attributes: { 'ledger.reports': group.length },
    links: group.flatMap(({ span }) => (span === undefined ? [] : [{ context: span.spanContext() }])),
  };
}

export function unavailable(message: string): GatewayError {
  return new GatewayError('STORE_UNAVAILABLE', message);
}

/** Waits no longer than that; what comes later is told all the same. */
function within<T>(ms: number, work: Promise<T>, onLate: (result: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(unavailable('The ledger could not be written in time'));
      work.then(onLate, () => undefined);
    }, ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The letter alone, so that at least it is kept; undefined for an answer, which has none. */
function withoutEffects(waiting: Named, error: unknown): Named | undefined {
  const { report } = waiting;
  if (report.letter === undefined) return undefined;
  const cause = String(error instanceof Error ? (error.cause ?? error) : error);
  const reason = `Could not be written: ${redaction.text(cause)}`;
  return {
    ...waiting,
    names: [],
    report: { ...report, observations: [], letter: { ...report.letter, unread: { outcome: 'FAILED', reason } } },
  };
}
