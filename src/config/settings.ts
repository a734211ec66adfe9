/** For how long a cursor holds at least: `schema/scalars.graphql` promises it. Xendit repeats a webhook for about a day. */
const cursorLifetimeMs = 604_800_000;

/** One variable of the environment. */
export interface Setting {
  name: string;
  /** As the variable would be written; undefined when there is none. */
  default: string | undefined;
  /** Such as `ms` or `bytes`. */
  unit?: string;
  /** It is a whole number within these two. */
  range?: readonly [least: number, most: number];
  meaning: string;
}

/** Xendit's own address. */
export const xenditApi = 'https://api.xendit.co';

/** The configuration table: the README shows it, and a test holds the two together. */
export const settings = [
  { name: 'PORT', default: '4000', range: [0, 65_535], meaning: 'where the gateway listens; 0 picks a free port' },
  { name: 'HOST', default: '127.0.0.1', meaning: 'the address it listens on' },
  {
    name: 'PUBLIC_URL',
    default: undefined,
    meaning: 'how Xendit and browsers reach it; the listening address unless set',
  },
  { name: 'DATA_DIR', default: './data', meaning: 'folder of the embedded database' },
  { name: 'DATABASE_URL', default: undefined, meaning: 'a Postgres to use instead of the embedded one' },
  {
    name: 'DATABASE_POOL_SIZE',
    default: '10',
    unit: 'connections',
    range: [2, 1_000],
    meaning: 'connections to Postgres for questions at most; two more are kept for the ledger',
  },
  {
    name: 'DATABASE_TIMEOUT_MS',
    default: '3000',
    unit: 'ms',
    range: [100, 60_000],
    meaning: 'how long one statement may take on Postgres',
  },
  {
    name: 'REDIS_URL',
    default: undefined,
    meaning:
      'a Redis that the instances share: it wakes them and holds their budget; without it Postgres wakes them, and each counts for itself',
  },
  {
    name: 'REDIS_PREFIX',
    default: 'xendit-graphql',
    meaning: 'before each key and channel there; another one for each gateway that uses the same Redis',
  },
  {
    name: 'REDIS_TIMEOUT_MS',
    default: '500',
    unit: 'ms',
    range: [10, 60_000],
    meaning: 'how long a call may wait for the shared budget; then each instance counts for itself until Redis is back',
  },
  {
    name: 'BUS_PING_MS',
    default: '2000',
    unit: 'ms',
    range: [100, 60_000],
    meaning:
      'how often a connection between instances is asked whether it lives; after twice as long in silence it is given up',
  },
  {
    name: 'BUS_RECONNECT_MAX_MS',
    default: '2000',
    unit: 'ms',
    range: [100, 60_000],
    meaning: 'the longest pause before it is opened again',
  },
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
  {
    name: 'WEBHOOK_MAX_BYTES',
    default: '262144',
    unit: 'bytes',
    range: [1_024, 16_777_216],
    meaning: 'size of a delivery at most; beyond it 413',
  },
  {
    name: 'GRAPHQL_MAX_BYTES',
    default: '262144',
    unit: 'bytes',
    range: [1_024, 16_777_216],
    meaning: 'size of a GraphQL request at most; beyond it 413',
  },
  {
    name: 'SOCKET_MAX_BYTES',
    default: '262144',
    unit: 'bytes',
    range: [1_024, 16_777_216],
    meaning: 'size of a WebSocket message at most; beyond it the socket is closed',
  },
  {
    name: 'SOCKET_INIT_TIMEOUT_MS',
    default: '3000',
    unit: 'ms',
    range: [100, 60_000],
    meaning: 'for a WebSocket to say `connection_init`',
  },
  {
    name: 'SUBSCRIPTIONS_PER_SOCKET',
    default: '50',
    unit: 'operations',
    range: [1, 10_000],
    meaning: 'at once on one WebSocket at most; another is refused as `THROTTLED`',
  },
  {
    name: 'SOCKETS_PER_ADDRESS',
    default: '200',
    unit: 'sockets',
    range: [1, 1_000_000],
    meaning:
      'WebSockets and event streams from one address at most (one /64 of IPv6); another is closed with 1013, or 429',
  },
  {
    name: 'TRUSTED_PROXIES',
    default: undefined,
    meaning:
      'proxies whose `X-Forwarded-For` names the client: addresses, ranges, `loopback`, `linklocal` or `uniquelocal`, separated by commas',
  },
  {
    name: 'SOCKET_MESSAGES_PER_SECOND',
    default: '100',
    unit: 'messages',
    range: [1, 100_000],
    meaning: "from one WebSocket at most, five seconds' worth at once; beyond it the socket is closed with 1008",
  },
  {
    name: 'SOCKET_BUFFER_BYTES',
    default: '1048576',
    unit: 'bytes',
    range: [1_024, 67_108_864],
    meaning: 'that may wait in memory for one reader; beyond it nothing more is taken from the log',
  },
  {
    name: 'SOCKET_HEARTBEAT_MS',
    default: '12000',
    unit: 'ms',
    range: [50, 600_000],
    meaning: 'how often a client is pinged; without a sign of life in twice that time it is gone',
  },
  {
    name: 'SLOW_READER_MS',
    default: '30000',
    unit: 'ms',
    range: [50, 600_000],
    meaning: 'for a message to leave; beyond it the reader is let go with 1013, and resumes by cursor',
  },
  {
    name: 'SHARED_RESULT_MS',
    default: '1000',
    unit: 'ms',
    range: [0, 60_000],
    meaning: 'for how long what a change comes to for one subscriber is told to others who ask the same',
  },
  {
    name: 'ALLOWED_ORIGINS',
    default: undefined,
    meaning:
      'web pages that may speak to the gateway, separated by commas; its own always, and any of this machine in sandbox mode',
  },
  {
    name: 'REQUEST_TIMEOUT_MS',
    default: '15000',
    unit: 'ms',
    range: [1_000, 300_000],
    meaning: 'for a whole HTTP request to arrive',
  },
  {
    name: 'HEADERS_TIMEOUT_MS',
    default: '10000',
    unit: 'ms',
    range: [100, 300_000],
    meaning: 'for the headers of an HTTP request to arrive',
  },
  {
    name: 'CONNECTION_CHECK_MS',
    default: '2000',
    unit: 'ms',
    range: [10, 60_000],
    meaning: 'how often it is looked for requests that take longer; their connections are closed',
  },
  {
    name: 'MAX_CONNECTIONS',
    default: '10000',
    unit: 'connections',
    range: [1, 1_000_000],
    meaning: 'from clients and Xendit at once at most; another is closed at once',
  },
  {
    name: 'DRAIN_SPREAD_MS',
    default: '8000',
    unit: 'ms',
    range: [0, 300_000],
    meaning:
      'over which sockets and event streams are closed when told to stop, so that clients don’t come back all at once',
  },
  {
    name: 'DRAIN_TIMEOUT_MS',
    default: '15000',
    unit: 'ms',
    range: [0, 300_000],
    meaning: 'for everything to finish when told to stop, DRAIN_SPREAD_MS included',
  },
  { name: 'LOG_LEVEL', default: 'info', meaning: 'trace, debug, info, warn, error, fatal or silent' },
] as const satisfies readonly Setting[];

/** The name of a variable. */
export type Name = (typeof settings)[number]['name'];

/** `DATABASE_POOL_SIZE` is `databasePoolSize` in the configuration. */
type Camel<S extends string> = S extends `${infer Word}_${infer More}`
  ? `${Lowercase<Word>}${Capitalize<Camel<More>>}`
  : Lowercase<S>;

/** All settings that are whole numbers, by their names. */
export type Numbers = {
  [S in (typeof settings)[number] as S extends { range: readonly [number, number] } ? Camel<S['name']> : never]: number;
};
