import type { Feed } from '../feed/feed.ts';
import type { Cursors } from '../model/cursor.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Reads } from '../store/reads.ts';
import type { XenditClient } from '../xendit/client.ts';
import type { Once } from './once.ts';
import type { SingleFlight } from './single-flight.ts';

/** What the service stands on. */
export interface Rooms {
  xendit: XenditClient;
  ledger: Ledger;
  reads: Reads;
  feed: Feed;
  cursors: Cursors;
  once: Once;
  flights: SingleFlight;
  /** How old the last word on an unsettled resource may be for the ledger to answer, in milliseconds. */
  readMaxAgeMs: number;
  /** Where Xendit is to tell an account's news. */
  webhookUrl(account: string): string;
}
