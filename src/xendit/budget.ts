import { LRUCache } from 'lru-cache';
import { ThrottledError } from '../errors.ts';
import type { Answered } from './answer.ts';
import type { RateLimit } from './rate-limit.ts';

/** On whose behalf a call is made: somebody is waiting for it, or the gateway asks by itself. */
export type Purpose = 'caller' | 'reconciler';

/** What is left of one endpoint's budget for one account. */
export interface BudgetView {
  account: string;
  /** Such as `GET /qr_codes/{}`. */
  endpoint: string;
  /** Calls in a minute. */
  limit: number;
  remaining: number;
  /** How long until the next place comes free; 0 when none is taken. */
  resetMs: number;
}

/** Counts calls before they are made, so that Xendit needn't refuse any. Instances may share one. */
export interface Budget {
  /**
   * Takes a place for one call, at once or not at all.
   *
   * @throws ThrottledError there is none; `retryAfterMs` says when there will be.
   */
  take(account: string, endpoint: string, purpose: Purpose): Promise<void>;
  /** Hears what Xendit said of its limit in an answer. It doesn't throw. */
  learn(answered: Answered): void;
  /** The endpoints that were called within the last minute, or that Xendit has closed. */
  view(): Promise<BudgetView[]>;
}

/** A budget within one process, which a shared one falls back on. */
export interface LocalBudget extends Budget {
  /** @param id of the call, by which it is known elsewhere too. */
  take(account: string, endpoint: string, purpose: Purpose, id?: string): Promise<void>;
  /** Counts a call that was allowed elsewhere. */
  count(account: string, endpoint: string, purpose: Purpose, id: string): void;
  /** The calls that are in the window. */
  calls(): CallsOfEndpoint[];
}

/** The calls of one account to one endpoint within the last minute, from the oldest to the newest. */
export interface CallsOfEndpoint {
  account: string;
  endpoint: string;
  calls: { id: string; ageMs: number; isReconciled: boolean }[];
}

export interface BudgetOptions {
  /** Per endpoint and account, until Xendit says otherwise: 60 in test mode, 600 in live mode. */
  requestsPerMinute: number;
  /** The part that the reconciler may use of each budget, from 0 to 1; 0.5 unless told. The rest is kept for callers. */
  shareForReconciling?: number | undefined;
  /**
   * How much longer than a minute our window is, since calls don't travel equally fast: 300 ms unless told, which costs half
   * a percent of the calls.
   */
  slackMs?: number | undefined;
  /** How many pairs of endpoint and account are remembered; 2,000 unless told. The one longest unused is forgotten first. */
  maxKeys?: number | undefined;
  /** Milliseconds that never jump. */
  now?: (() => number) | undefined;
}

/** Xendit counts more calls than ours in this window: somebody else uses the same key, so only its own word counts. */
interface Word {
  /** When the call was sent that brought it; an earlier call's answer is no news. */
  asOf: number;
  remaining: number;
  /** Which of our calls, counted from the first, are in `remaining` already. */
  counted: number;
  /** From when one more is allowed, to hear how many there are. */
  reopensAt: number;
  /** When everything that Xendit counted then has left its window. */
  expiresAt: number;
}

/** A call that was made. */
interface Taken {
  id: string;
  at: number;
}

interface Account {
  account: string;
  endpoint: string;
  limit: number;
  /** From the oldest to the newest. */
  taken: Taken[];
  /** How many there ever were. */
  total: number;
  /** Those of them that the reconciler made. */
  reconciled: Taken[];
  word: Word | undefined;
}

const minuteMs = 60_000;
export const defaultShare = 0.5;
/** When a 429 doesn't say how long. */
const defaultClosedMs = 5_000;
/** How soon to come back while another call finds out what is left. */
const soonMs = 1_000;
/** Beyond any limit of Xendit's. */
const maxLimit = 100_000;

/**
 * A budget within this process: a sliding window for each endpoint and account, corrected by what Xendit says of its own.
 *
 * Source: Xendit docs, "Rate limits": 60 (test) or 600 (live) a minute per endpoint and account, sliding window.
 */
export function createBudget(options: BudgetOptions): LocalBudget {
  const { requestsPerMinute, shareForReconciling = defaultShare, maxKeys = 2_000 } = options;
  const now = options.now ?? (() => performance.now());
  const windowMs = windowOf(options);
  const accounts = new LRUCache<string, Account>({ max: maxKeys });

  function find(account: string, endpoint: string): Account {
    // An endpoint has one blank.
    const key = `${endpoint} ${account}`;
    const found = accounts.get(key) ?? begin(account, endpoint);
    accounts.set(key, found);
    slide(found);
    return found;
  }

  function begin(account: string, endpoint: string): Account {
    return { account, endpoint, limit: requestsPerMinute, taken: [], total: 0, reconciled: [], word: undefined };
  }

  function inOrderOfUse(): Account[] {
    return [...accounts.rvalues()].filter((one) => one !== undefined);
  }

  function slide(account: Account): void {
    dropUntil(account.taken, now() - windowMs);
    dropUntil(account.reconciled, now() - windowMs);
    if (account.word !== undefined && account.word.expiresAt <= now()) account.word = undefined;
  }

  /** How long until another call is allowed; 0 when one is now. */
  function waitMs(account: Account, purpose: Purpose): number {
    const { limit, taken, reconciled } = account;
    const share = purpose === 'reconciler' ? Math.floor(limit * shareForReconciling) : limit;
    return Math.max(windowWaitMs(taken, limit), windowWaitMs(reconciled, share), wordWaitMs(account));
  }

  function windowWaitMs(calls: Taken[], places: number): number {
    if (calls.length < places) return 0;
    return (calls[calls.length - places]?.at ?? now()) + windowMs - now();
  }

  function wordWaitMs(account: Account): number {
    const { word } = account;
    if (word === undefined || placesBy(word, account) > 0) return 0;
    const untilReopened = word.reopensAt - now();
    return untilReopened > 0 ? untilReopened : Math.min(word.expiresAt - now(), soonMs);
  }

  function placesBy({ remaining, counted, reopensAt }: Word, { total }: Account): number {
    return remaining + (now() >= reopensAt ? 1 : 0) - (total - counted);
  }

  function add(found: Account, purpose: Purpose, id: string): void {
    const call = { id, at: now() };
    found.taken.push(call);
    found.total += 1;
    if (purpose === 'reconciler') found.reconciled.push(call);
  }

  return {
    async take(account, endpoint, purpose, id = '') {
      const found = find(account, endpoint);
      const wait = waitMs(found, purpose);
      if (wait > 0) throw new ThrottledError(endpoint, Math.ceil(wait));
      add(found, purpose, id);
    },

    count: (account, endpoint, purpose, id) => add(find(account, endpoint), purpose, id),

    calls() {
      return inOrderOfUse().map((found) => {
        slide(found);
        const { account, endpoint, taken, reconciled } = found;
        const byReconciler = new Set(reconciled);
        const calls = taken.map((call) => ({
          id: call.id,
          ageMs: now() - call.at,
          isReconciled: byReconciler.has(call),
        }));
        return { account, endpoint, calls };
      });
    },

    learn(answered) {
      const lesson = readLesson(answered);
      if (lesson === undefined) return;
      const { status, durationMs, limit, remaining, resetMs } = lesson;
      const found = find(answered.account, lesson.endpoint);
      if (limit !== undefined) found.limit = limit;
      const word = { reopensAt: now() + resetMs, expiresAt: now() + windowMs };
      const sentAt = now() - durationMs;
      if (status === 429) {
        found.word = { ...word, asOf: now(), remaining: 0, counted: found.total };
      } else if (remaining !== undefined && sentAt >= (found.word?.asOf ?? sentAt)) {
        const { taken, total } = found;
        // Calls that were sent later may be counted in it or not.
        const counted = total - (taken.length - countUntil(taken, sentAt));
        const isShared = found.limit - remaining > taken.length;
        found.word = isShared ? { ...word, asOf: sentAt, remaining, counted } : undefined;
      }
    },

    async view() {
      const all = inOrderOfUse();
      for (const account of all) slide(account);
      return all
        .filter(({ taken, word }) => taken.length > 0 || word !== undefined)
        .map((found) => {
          const { account, endpoint, limit, taken, word } = found;
          const left = Math.min(limit - taken.length, word === undefined ? limit : placesBy(word, found));
          const frees = taken[0] === undefined ? 0 : taken[0].at + windowMs - now();
          const resetMs = Math.ceil(Math.max(waitMs(found, 'caller'), word === undefined ? frees : 0));
          return { account, endpoint, limit, remaining: Math.max(0, left), resetMs };
        });
    },
  };
}

/** What an answer says of the limit; undefined when nothing. */
export function readLesson({ method, endpoint, status, durationMs, rateLimit }: Answered) {
  if (status !== 429 && rateLimit === undefined) return undefined;
  const { limit, remaining, resetMs = defaultClosedMs }: Partial<RateLimit> = rateLimit ?? {};
  return {
    endpoint: `${method} ${endpoint}`,
    status,
    durationMs,
    limit: limit !== undefined && limit >= 1 ? Math.min(Math.floor(limit), maxLimit) : undefined,
    remaining,
    resetMs,
  };
}

/** How long a call counts, in milliseconds. */
export function windowOf({ slackMs = 300 }: Pick<BudgetOptions, 'slackMs'>): number {
  return minuteMs + slackMs;
}

/** How many of the calls, of which each is later than the one before, are not after the given time. */
function countUntil(calls: Taken[], time: number): number {
  return calls.findLastIndex(({ at }) => at <= time) + 1;
}

function dropUntil(calls: Taken[], time: number): void {
  if (calls[0] === undefined || calls[0].at > time) return;
  // Few of many: they are looked for from the oldest on.
  const kept = calls.findIndex(({ at }) => at > time);
  calls.splice(0, kept < 0 ? calls.length : kept);
}
