import type { Feed } from '../feed/feed.ts';
import type { Watched } from '../model/caller.ts';
import type { Cursors } from '../model/cursor.ts';
import type { Reach } from '../model/outgoing-url.ts';
import type { Report } from '../model/report.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Lists } from '../store/lists.ts';
import type { OnceKeys } from '../store/once-keys.ts';
import type { Reads, WebhookEvent } from '../store/reads.ts';
import type { Search } from '../store/search.ts';
import type { Breaker } from '../xendit/breaker.ts';
import type { Budget } from '../xendit/budget.ts';
import type { XenditClient } from '../xendit/client.ts';
import type { QrApi } from '../xendit/qr-codes.ts';
import type { Once } from './once.ts';
import type { SingleFlight } from './single-flight.ts';

/** A watch token as its maker is told. */
export interface IssuedToken {
  token: string;
  expiresAt: Date;
}

/** What the service stands on. */
export interface Rooms {
  xendit: XenditClient;
  budget: Budget;
  breaker: Breaker;
  ledger: Ledger;
  reads: Reads;
  lists: Lists;
  search: Search;
  feed: Feed;
  cursors: Cursors;
  onceKeys: OnceKeys;
  once: Once;
  flights: SingleFlight;
  /** The version of Xendit's QR product that new codes are made with. */
  qrApi: QrApi;
  /** Whom the addresses that callers name may lead to. */
  reach: Reach;
  /** How old the last word on an unsettled resource may be for the ledger to answer, in milliseconds. */
  readMaxAgeMs: number;
  /** What a webhook of the inbox says, as this version understands it. */
  readAgain(event: WebhookEvent): Report;
  /** A token by which whoever has it may read and watch one resource of an account. */
  issueWatchToken(account: string, watched: Watched): Promise<IssuedToken>;
  /** Where Xendit is to tell an account's news. */
  webhookUrl(account: string): string;
}
