import { GatewayError } from '../errors.ts';
import type { ActivityFilter, Change, Place } from '../store/change-log.ts';
import type { Reads } from '../store/reads.ts';
import { endingWith } from './ending.ts';
import type { Feed } from './feed.ts';
import { pageSize, patiently } from './patience.ts';

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

/** The later of two places, the second where they are the same. */
function laterOf(a: Place, b: Place): Place {
  if (a.transaction !== b.transaction) return a.transaction > b.transaction ? a : b;
  return a.id > b.id ? a : b;
}

function aheadOfLog(): GatewayError {
  return new GatewayError('CURSOR_INVALID', 'The cursor is ahead of the log: subscribe again without `after`');
}
