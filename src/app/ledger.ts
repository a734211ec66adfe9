import type { Bus } from '../bus/bus.ts';
import type { Config } from '../config.ts';
import { createFeed, type Feed } from '../feed/feed.ts';
import { startTailing } from '../feed/tailing.ts';
import type { Log } from '../log.ts';
import type { Database } from '../store/database.ts';
import { type Epoch, openEpoch } from '../store/epoch.ts';
import { type Ledger, type LedgerOptions, openLedger } from '../store/ledger.ts';
import { openTail } from '../store/tail.ts';

/** The ledger, and who is woken by it. */
export interface WatchedLedger {
  ledger: Ledger;
  feed: Feed;
  epoch: Epoch;
  /** Finishes what is under way, then ends every listening. */
  close(): Promise<void>;
}

/**
 * Opens the ledger. What it commits wakes this instance's feed and, by the bus, the others; what they commit is found by a tail
 * of the log, at their hint or by itself.
 *
 * @throws GatewayError STORE_UNAVAILABLE the database is away.
 */
export async function openWatchedLedger(
  config: Config,
  log: Log,
  database: Database,
  bus: Bus,
  { onTransaction }: Required<Pick<LedgerOptions, 'onTransaction'>>,
): Promise<WatchedLedger> {
  const feed = createFeed();
  const epoch = await openEpoch(database);
  const tailing = startTailing(feed, openTail(database), epoch, { pollMs: config.feedPollMs, log });
  const stopHearing = bus.hear('changes', () => tailing.look());
  const ledger = openLedger(database, {
    groupSize: config.ledgerGroupSize,
    groupBytes: config.ledgerGroupBytes,
    queueLimit: config.ledgerQueueLimit,
    queueBytes: config.ledgerQueueBytes,
    timeoutMs: config.ledgerTimeoutMs,
    onTransaction,
    onCommit: (changed) => {
      feed.wake(changed);
      // What was committed may be released later.
      if (feed.hasActivityListeners()) tailing.look();
      if (changed.length > 0) bus.say('changes');
    },
  });
  const close = async () => {
    await ledger.close();
    stopHearing();
    await tailing.close();
    feed.close();
  };
  return { ledger, feed, epoch, close };
}
