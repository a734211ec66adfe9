import { CursorExpiredError, GatewayError } from '../errors.ts';
import type { ResourceKey } from '../model/resource.ts';
import { isSettled } from '../model/status.ts';
import type { ActivityFilter, Change, Place } from '../store/change-log.ts';
import type { Reads } from '../store/reads.ts';
import type { Feed, Listening } from './feed.ts';

/** How many changes one read brings; the rest waits in the log until the subscriber has taken these. */
const pageSize = 25;

/**
 * Yields every change of one resource after a version, in order and once. Ends when the resource is settled and everything
 * has been said, or when the feed closes. While the ledger can't be read it waits.
 *
 * @param wake listening to the resource since before `version` was read; closed at the end.
 * @throws CursorExpiredError changes after the version were pruned.
 */
export function changesAfter(reads: Reads, wake: Listening, key: ResourceKey, version: number): AsyncGenerator<Change> {
  return endingWith(
    () => wake.close(),
    async function* () {
      let seen = version;
      const present = await patiently(wake, () => reads.find(key));
      let status: string = present?.resource.status ?? 'UNKNOWN';
      // A code may be known to be paid before its payment is known: then not everything has been said.
      let isExplained =
        key.type !== 'QrCode' || (await patiently(wake, () => reads.lastCaused(key, version))) !== undefined;
      do {
        for (;;) {
          const changes = await patiently(wake, () => reads.changesAfter(key, seen, pageSize));
          for (const change of changes) {
            if (change.version !== seen + 1) throw new CursorExpiredError();
            yield change;
            seen = change.version;
            status = change.to;
            isExplained ||= change.cause !== undefined;
          }
          if (changes.length < pageSize) break;
        }
        if (isExplained && isSettled(key.type, status)) return;
      } while (await wake.next(seen));
    },
  );
}

/**
 * Yields every change of an account after a place, in the order of the log and once, until the feed closes. While the ledger
 * can't be read it waits.
 *
 * @throws CursorExpiredError changes after the place were pruned.
 * @throws GatewayError CURSOR_INVALID the log ends before the place, as one does that was restored from a copy.
 */
export function activityAfter(
  reads: Reads,
  feed: Feed,
  account: string,
  after: Place,
  filter: ActivityFilter,
): AsyncGenerator<Change> {
  const wake = feed.listenToActivity(account);
  return endingWith(
    () => wake.close(),
    async function* () {
      let place = after;
      do {
        for (;;) {
          // Nothing can appear any more below what is released now: what a filter left out needn't be read again.
          const head = await patiently(wake, () => reads.head(account));
          if (laterOf(place, head) !== head) throw aheadOfLog();
          const changes = await patiently(wake, () => reads.activityAfter(account, place, filter, pageSize));
          for (const change of changes) {
            yield change;
            place = change.place;
          }
          if (changes.length < pageSize) {
            place = laterOf(place, head);
            break;
          }
        }
      } while (await wake.next());
    },
  );
}

/** Reads as often as it takes: a stream that has begun outlives the absence of the database. */
async function patiently<T>(wake: Listening, read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      const isAway = error instanceof GatewayError && error.code === 'STORE_UNAVAILABLE';
      if (!isAway || !(await wake.retry())) throw error;
    }
  }
}

/** The later of two places, the second where they are the same. */
function laterOf(a: Place, b: Place): Place {
  if (a.transaction !== b.transaction) return a.transaction > b.transaction ? a : b;
  return a.id > b.id ? a : b;
}

function aheadOfLog(): GatewayError {
  return new GatewayError('CURSOR_INVALID', 'The cursor is ahead of the log: subscribe again without `after`');
}

/**
 * A generator that closes its source the moment its consumer leaves. A plain one hangs there: `return` waits for a `next`
 * that waits for a wake-up which may never come.
 */
export function endingWith<T>(close: () => void, generate: () => AsyncGenerator<T>): AsyncGenerator<T> {
  const inner = generate();
  const outer: AsyncGenerator<T> = {
    async next() {
      const result = await inner.next().catch((error: unknown) => {
        close();
        throw error;
      });
      if (result.done) close();
      return result;
    },
    return(value) {
      close();
      return inner.return(value);
    },
    throw(error) {
      close();
      return inner.throw(error);
    },
    [Symbol.asyncIterator]: () => outer,
    [Symbol.asyncDispose]: async () => {
      close();
      await inner.return(undefined);
    },
  };
  return outer;
}
