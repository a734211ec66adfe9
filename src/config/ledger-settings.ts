import type { Setting } from './setting.ts';

/** How the ledger is read, written and watched. */
export const ledgerSettings = [
  {
    name: 'READ_MAX_AGE_MS',
    default: '2000',
    unit: 'ms',
    range: [0, 3_600_000],
    meaning: 'how old the last word on an unsettled resource may be for the ledger to answer',
  },
  {
    name: 'CURSOR_SECRET',
    default: undefined,
    meaning: 'signs cursors, the same on every instance; made from XENDIT_SECRET_KEY unless set',
  },
  {
    name: 'FEED_POLL_MS',
    default: '500',
    unit: 'ms',
    range: [10, 60_000],
    meaning: 'how often the log is looked at without a hint: no change waits longer for its subscribers',
  },
  {
    name: 'LEDGER_GROUP_SIZE',
    default: '256',
    unit: 'reports',
    range: [1, 10_000],
    meaning: 'committed in one transaction at most',
  },
  {
    name: 'LEDGER_GROUP_BYTES',
    default: '4194304',
    unit: 'bytes',
    range: [1, 67_108_864],
    meaning: 'of deliveries committed in one transaction, or one that is longer',
  },
  {
    name: 'LEDGER_QUEUE_LIMIT',
    default: '10000',
    unit: 'reports',
    range: [1, 1_000_000],
    meaning: 'that may wait to be committed; beyond it deliveries are answered 503',
  },
  {
    name: 'LEDGER_QUEUE_BYTES',
    default: '67108864',
    unit: 'bytes',
    range: [1_024, 4_294_967_296],
    meaning: 'of deliveries that may wait to be committed; beyond it they are answered 503',
  },
  {
    name: 'LEDGER_TIMEOUT_MS',
    default: '4000',
    unit: 'ms',
    range: [100, 60_000],
    meaning: 'how long one transaction may take',
  },
] as const satisfies readonly Setting[];
