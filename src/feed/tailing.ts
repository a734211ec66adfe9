import { GatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Epoch } from '../store/epoch.ts';
import type { Tail } from '../store/tail.ts';
import type { Feed } from './feed.ts';

export interface TailingOptions {
  /** How often the log is looked at without a reason, in milliseconds. */
  pollMs: number;
  log: Log;
}

/** Watches the log for what other instances commit. */
export interface Tailing {
  /** There may be news: looks at once, or again once the look that is under way has ended. */
  look(): void;
  /** Ends it, and waits for the look that is under way. */
  close(): Promise<void>;
}

/** How soon to look again while a running transaction holds back what has been committed; doubled each time. */
const heldBackMs = 10;

/**
 * Keeps looking at the log and wakes the feed for what is new there. Hints make it look at once; without any it looks every
 * `pollMs`, so that no change waits longer than that, whatever becomes of the hints.
 */
export function startTailing(feed: Feed, tail: Tail, epoch: Epoch, { pollMs, log }: TailingOptions): Tailing {
  let isClosed = false;
  let isAway = false;
  let isHinted = false;
  let wasHeldBack = false;
  let known: string | undefined;
  let waitMs = pollMs;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const look = async () => {
    const { changed, isHeldBack, isReleased, log: logNow } = await tail.look(feed.accounts());
    if (logNow !== known || isAway) {
      if (await epoch.check()) feed.failAll(restored());
      known = logNow;
    }
    if (changed === undefined) feed.wakeAll();
    else feed.wake(changed);
    if (isReleased) feed.wakeActivity();
    feed.wakeRetrying();
    if (isAway) log.warn('the log can be read again');
    isAway = false;
    waitMs = Math.min(pollMs, isHeldBack ? (wasHeldBack ? waitMs * 2 : heldBackMs) : pollMs);
    wasHeldBack = isHeldBack;
  };

  const run = async () => {
    clearTimeout(timer);
    do {
      isHinted = false;
      await look().catch((error: unknown) => {
        if (!isAway) log.warn({ err: error }, 'the log can not be read: streams wait');
        isAway = true;
        waitMs = pollMs;
      });
    } while (isHinted && !isClosed);
    running = undefined;
    if (!isClosed) timer = setTimeout(start, waitMs).unref();
  };
  const start = () => {
    isHinted = true;
    if (!isClosed) running ??= run();
  };

  start();
  return {
    look: start,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

function restored(): GatewayError {
  return new GatewayError('CURSOR_INVALID', 'The database was restored from a copy: subscribe again without `after`');
}
