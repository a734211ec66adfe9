import { cursorLifetimeMs, type Setting, xenditApi } from './setting.ts';

/** How Xendit, or the sandbox in its place, is asked; and what the gateway does by itself. */
export const upstreamSettings = [
  {
    name: 'XENDIT_SECRET_KEY',
    default: undefined,
    meaning: 'your key at Xendit; without one the sandbox plays Xendit',
  },
  {
    name: 'XENDIT_BASE_URL',
    default: xenditApi,
    meaning: 'where Xendit is; without a key, the sandbox to use (`npm run sandbox`) instead of starting one',
  },
  {
    name: 'XENDIT_TIMEOUT_MS',
    default: '10000',
    unit: 'ms',
    range: [100, 120_000],
    meaning: 'for one call to Xendit from beginning to end',
  },
  {
    name: 'XENDIT_CONNECT_TIMEOUT_MS',
    default: '2500',
    unit: 'ms',
    range: [100, 60_000],
    meaning: 'for a socket to Xendit to be connected and encrypted; it may take half a second more',
  },
  {
    name: 'XENDIT_CONNECTIONS',
    default: '64',
    unit: 'sockets',
    range: [1, 1_000],
    meaning: 'sockets to Xendit at most',
  },
  {
    name: 'XENDIT_QUEUE_TIMEOUT_MS',
    default: '1000',
    unit: 'ms',
    range: [10, 60_000],
    meaning: 'how long a call may wait for a socket; then nothing was sent, and it may be tried again',
  },
  {
    name: 'XENDIT_CALLBACK_TOKENS',
    default: undefined,
    meaning:
      'verification tokens of your webhooks, separated by commas, all accepted; `sandbox-callback-token` in sandbox mode',
  },
  {
    name: 'ACCOUNT_CALLBACK_TOKENS',
    default: undefined,
    meaning:
      "each sub-account's own tokens, as `account=token`, separated by commas; one without takes no webhooks, in sandbox mode those with the owner's token",
  },
  {
    name: 'XENDIT_BUSINESS_ID',
    default: undefined,
    meaning:
      'your own business id: a webhook to your address that names another is kept unapplied; unless set, one that names a sub-account of ACCOUNT_CALLBACK_TOKENS is',
  },
  {
    name: 'VERIFY_WEBHOOKS',
    default: 'off',
    meaning:
      'on: what a webhook says of money counts only once Xendit, asked at once, says so too; what it can’t be asked about, as payments version 2 and e-wallet charges, is kept unapplied',
  },
  {
    name: 'XENDIT_REQUESTS_PER_MINUTE',
    default: undefined,
    unit: 'calls',
    range: [1, 1_000_000],
    meaning:
      'to each endpoint for each account at most; 600 with a live key, 60 otherwise, and what Xendit says once it answers',
  },
  { name: 'XENDIT_QR_API', default: 'v1', meaning: "version of Xendit's QR product for new codes: v1 or v2" },
  {
    name: 'BREAKER_WINDOW_MS',
    default: '10000',
    unit: 'ms',
    range: [100, 600_000],
    meaning: 'over which failures of Xendit are counted',
  },
  {
    name: 'BREAKER_MIN_CALLS',
    default: '10',
    unit: 'calls',
    range: [1, 100_000],
    meaning: 'in that time, half of them failed, before calls are refused at once',
  },
  {
    name: 'BREAKER_PROBE_AFTER_MS',
    default: '30000',
    unit: 'ms',
    range: [100, 600_000],
    meaning: 'until one call may try again',
  },
  {
    name: 'RECONCILE_EVERY_MS',
    default: '1000',
    unit: 'ms',
    range: [100, 3_600_000],
    meaning: 'how often unfinished resources are looked for',
  },
  {
    name: 'RECONCILE_BATCH_SIZE',
    default: '20',
    unit: 'resources',
    range: [1, 1_000],
    meaning: 'asked about at once at most',
  },
  {
    name: 'RECONCILE_SHARE_PERCENT',
    default: '50',
    unit: '%',
    range: [0, 100],
    meaning: 'of the calls that may be used for asking by itself',
  },
  {
    name: 'SETTLE_EVERY_MS',
    default: '30000',
    unit: 'ms',
    range: [100, 3_600_000],
    meaning: 'how often creates without an answer are looked for',
  },
  {
    name: 'ONCE_KEY_MAX_AGE_MS',
    default: '604800000',
    unit: 'ms',
    range: [86_400_000, 31_536_000_000],
    meaning: 'how long a used idempotency key is remembered; a day at least',
  },
  {
    name: 'REDRIVE_EVERY_MS',
    default: '10000',
    unit: 'ms',
    range: [10, 3_600_000],
    meaning: 'how often webhooks are looked for that failed, or that this version has come to know',
  },
  {
    name: 'REDRIVE_BATCH_SIZE',
    default: '100',
    unit: 'webhooks',
    range: [1, 1_000],
    meaning: 'read again at once at most',
  },
  {
    name: 'REDRIVE_ATTEMPTS',
    default: '5',
    unit: 'times',
    range: [1, 10],
    meaning: 'a failed webhook is read again by itself; then it waits for `redriveWebhookEvent`',
  },
  {
    name: 'REDRIVE_PAUSE_MS',
    default: '30000',
    unit: 'ms',
    range: [1, 3_600_000],
    meaning: 'between the first two of these attempts; each later pause is four times the one before',
  },
  {
    name: 'CHANGE_MAX_AGE_MS',
    default: '7776000000',
    unit: 'ms',
    range: [cursorLifetimeMs, 315_360_000_000],
    meaning: 'how long changes are kept, and cursors hold; 7 days at least',
  },
  {
    name: 'WEBHOOK_MAX_AGE_MS',
    default: '7776000000',
    unit: 'ms',
    range: [cursorLifetimeMs, 315_360_000_000],
    meaning: 'how long a webhook is kept after its last delivery; 7 days at least',
  },
  {
    name: 'PRUNE_EVERY_MS',
    default: '3600000',
    unit: 'ms',
    range: [100, 86_400_000],
    meaning: 'how often what is too old is removed',
  },
  {
    name: 'PRUNE_BATCH_SIZE',
    default: '1000',
    unit: 'rows',
    range: [1, 10_000],
    meaning: 'looked at in one transaction, which holds `activity` back while it runs',
  },
  {
    name: 'SANDBOX_PORT',
    default: '4010',
    range: [0, 65_535],
    meaning: 'where the sandbox listens; 0 picks a free port',
  },
  {
    name: 'SANDBOX_WEBHOOK_URLS',
    default: undefined,
    meaning:
      'where `npm run sandbox` delivers, separated by commas and taken by turns, such as `http://localhost:4000/webhooks/xendit`',
  },
] as const satisfies readonly Setting[];
