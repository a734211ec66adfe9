import proxyAddr from '@fastify/proxy-addr';

/** Everything that can be set, read and checked. */
export interface Config {
  port: number;
  host: string;
  /** How Xendit and browsers reach the gateway; its own listening address when undefined. */
  publicUrl: string | undefined;
  dataDir: string;
  databaseUrl: string | undefined;
  databasePoolSize: number;
  databaseTimeoutMs: number;
  redisUrl: string | undefined;
  redisPrefix: string;
  redisTimeoutMs: number;
  busPingMs: number;
  busReconnectMaxMs: number;
  /** Undefined: a sandbox plays Xendit. */
  xenditSecretKey: string | undefined;
  /** Without a key anything but `xenditApi` is where a sandbox runs already. */
  xenditBaseUrl: string;
  xenditTimeoutMs: number;
  xenditConnectTimeoutMs: number;
  xenditConnections: number;
  xenditQueueTimeoutMs: number;
  /** Empty: no delivery can be proved, so none is taken in. */
  callbackTokens: string[];
  /** Whether what webhooks say of money counts only once Xendit has said so itself. */
  verifyWebhooks: boolean;
  sandboxPort: number;
  /** For a sandbox that runs by itself; one that a gateway starts delivers to that gateway. */
  sandboxWebhookUrls: string[];
  readMaxAgeMs: number;
  /** Per endpoint and account, until Xendit says otherwise. */
  xenditRequestsPerMinute: number;
  qrApi: 'v1' | 'v2';
  breakerWindowMs: number;
  breakerMinCalls: number;
  breakerProbeAfterMs: number;
  /** Of each endpoint's budget, in percent. */
  reconcileShare: number;
  reconcileEveryMs: number;
  reconcileBatchSize: number;
  settleEveryMs: number;
  onceKeyMaxAgeMs: number;
  redriveEveryMs: number;
  redriveBatchSize: number;
  redriveAttempts: number;
  redrivePauseMs: number;
  changeMaxAgeMs: number;
  webhookMaxAgeMs: number;
  pruneEveryMs: number;
  pruneBatchSize: number;
  cursorSecret: string | undefined;
  feedPollMs: number;
  ledgerGroupSize: number;
  ledgerGroupBytes: number;
  ledgerQueueLimit: number;
  ledgerQueueBytes: number;
  ledgerTimeoutMs: number;
  webhookMaxBytes: number;
  graphqlMaxBytes: number;
  socketMaxBytes: number;
  socketInitTimeoutMs: number;
  subscriptionsPerSocket: number;
  socketsPerAddress: number;
  /** Addresses, ranges such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`. */
  trustedProxies: string[];
  socketMessagesPerSecond: number;
  socketBufferBytes: number;
  socketHeartbeatMs: number;
  slowReaderMs: number;
  sharedResultMs: number;
  /** Such as `https://shop.example`. */
  allowedOrigins: string[];
  requestTimeoutMs: number;
  headersTimeoutMs: number;
  connectionCheckMs: number;
  maxConnections: number;
  drainSpreadMs: number;
  drainTimeoutMs: number;
  logLevel: string;
}

/** One variable of the environment. */
export interface Setting {
  name: string;
  /** As the variable would be written; undefined when there is none. */
  default: string | undefined;
  /** Such as `ms` or `bytes`. */
  unit?: string;
  meaning: string;
}

/** Xendit's own address. */
export const xenditApi = 'https://api.xendit.co';

/** The configuration table: the README shows it, and a test holds the two together. */
export const settings = [
  { name: 'PORT', default: '4000', meaning: 'where the gateway listens; 0 picks a free port' },
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
    meaning: 'connections to Postgres for questions at most; two more are kept for the ledger',
  },
  { name: 'DATABASE_TIMEOUT_MS', default: '3000', unit: 'ms', meaning: 'how long one statement may take on Postgres' },
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
    meaning: 'how long a call may wait for the shared budget; then each instance counts for itself until Redis is back',
  },
  {
    name: 'BUS_PING_MS',
    default: '2000',
    unit: 'ms',
    meaning:
      'how often a connection between instances is asked whether it lives; after twice as long in silence it is given up',
  },
  {
    name: 'BUS_RECONNECT_MAX_MS',
    default: '2000',
    unit: 'ms',
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
  { name: 'XENDIT_TIMEOUT_MS', default: '10000', unit: 'ms', meaning: 'for one call to Xendit from beginning to end' },
  {
    name: 'XENDIT_CONNECT_TIMEOUT_MS',
    default: '2500',
    unit: 'ms',
    meaning: 'for a socket to Xendit to be connected and encrypted; it may take half a second more',
  },
  { name: 'XENDIT_CONNECTIONS', default: '64', unit: 'sockets', meaning: 'sockets to Xendit at most' },
  {
    name: 'XENDIT_QUEUE_TIMEOUT_MS',
    default: '1000',
    unit: 'ms',
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
    meaning:
      'to each endpoint for each account at most; 600 with a live key, 60 otherwise, and what Xendit says once it answers',
  },
  { name: 'XENDIT_QR_API', default: 'v1', meaning: "version of Xendit's QR product for new codes: v1 or v2" },
  { name: 'BREAKER_WINDOW_MS', default: '10000', unit: 'ms', meaning: 'over which failures of Xendit are counted' },
  {
    name: 'BREAKER_MIN_CALLS',
    default: '10',
    unit: 'calls',
    meaning: 'in that time, half of them failed, before calls are refused at once',
  },
  { name: 'BREAKER_PROBE_AFTER_MS', default: '30000', unit: 'ms', meaning: 'until one call may try again' },
  { name: 'RECONCILE_EVERY_MS', default: '1000', unit: 'ms', meaning: 'how often unfinished resources are looked for' },
  { name: 'RECONCILE_BATCH_SIZE', default: '20', unit: 'resources', meaning: 'asked about at once at most' },
  {
    name: 'RECONCILE_SHARE_PERCENT',
    default: '50',
    unit: '%',
    meaning: 'of the calls that may be used for asking by itself',
  },
  {
    name: 'SETTLE_EVERY_MS',
    default: '30000',
    unit: 'ms',
    meaning: 'how often creates without an answer are looked for',
  },
  {
    name: 'ONCE_KEY_MAX_AGE_MS',
    default: '604800000',
    unit: 'ms',
    meaning: 'how long a used idempotency key is remembered; a day at least',
  },
  {
    name: 'REDRIVE_EVERY_MS',
    default: '10000',
    unit: 'ms',
    meaning: 'how often webhooks are looked for that failed, or that this version has come to know',
  },
  { name: 'REDRIVE_BATCH_SIZE', default: '100', unit: 'webhooks', meaning: 'read again at once at most' },
  {
    name: 'REDRIVE_ATTEMPTS',
    default: '5',
    unit: 'times',
    meaning: 'a failed webhook is read again by itself; then it waits for `redriveWebhookEvent`',
  },
  {
    name: 'REDRIVE_PAUSE_MS',
    default: '30000',
    unit: 'ms',
    meaning: 'between the first two of these attempts; each later pause is four times the one before',
  },
  {
    name: 'CHANGE_MAX_AGE_MS',
    default: '7776000000',
    unit: 'ms',
    meaning: 'how long changes are kept, and cursors hold; 7 days at least',
  },
  {
    name: 'WEBHOOK_MAX_AGE_MS',
    default: '7776000000',
    unit: 'ms',
    meaning: 'how long a webhook is kept after its last delivery; 7 days at least',
  },
  { name: 'PRUNE_EVERY_MS', default: '3600000', unit: 'ms', meaning: 'how often what is too old is removed' },
  {
    name: 'PRUNE_BATCH_SIZE',
    default: '1000',
    unit: 'rows',
    meaning: 'looked at in one transaction, which holds `activity` back while it runs',
  },
  { name: 'SANDBOX_PORT', default: '4010', meaning: 'where the sandbox listens; 0 picks a free port' },
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
    meaning: 'how often the log is looked at without a hint: no change waits longer for its subscribers',
  },
  { name: 'LEDGER_GROUP_SIZE', default: '256', unit: 'reports', meaning: 'committed in one transaction at most' },
  {
    name: 'LEDGER_GROUP_BYTES',
    default: '4194304',
    unit: 'bytes',
    meaning: 'of deliveries committed in one transaction, or one that is longer',
  },
  {
    name: 'LEDGER_QUEUE_LIMIT',
    default: '10000',
    unit: 'reports',
    meaning: 'that may wait to be committed; beyond it deliveries are answered 503',
  },
  {
    name: 'LEDGER_QUEUE_BYTES',
    default: '67108864',
    unit: 'bytes',
    meaning: 'of deliveries that may wait to be committed; beyond it they are answered 503',
  },
  { name: 'LEDGER_TIMEOUT_MS', default: '4000', unit: 'ms', meaning: 'how long one transaction may take' },
  { name: 'WEBHOOK_MAX_BYTES', default: '262144', unit: 'bytes', meaning: 'size of a delivery at most; beyond it 413' },
  {
    name: 'GRAPHQL_MAX_BYTES',
    default: '262144',
    unit: 'bytes',
    meaning: 'size of a GraphQL request at most; beyond it 413',
  },
  {
    name: 'SOCKET_MAX_BYTES',
    default: '262144',
    unit: 'bytes',
    meaning: 'size of a WebSocket message at most; beyond it the socket is closed',
  },
  { name: 'SOCKET_INIT_TIMEOUT_MS', default: '3000', unit: 'ms', meaning: 'for a WebSocket to say `connection_init`' },
  {
    name: 'SUBSCRIPTIONS_PER_SOCKET',
    default: '50',
    unit: 'operations',
    meaning: 'at once on one WebSocket at most; another is refused as `THROTTLED`',
  },
  {
    name: 'SOCKETS_PER_ADDRESS',
    default: '200',
    unit: 'sockets',
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
    meaning: "from one WebSocket at most, five seconds' worth at once; beyond it the socket is closed with 1008",
  },
  {
    name: 'SOCKET_BUFFER_BYTES',
    default: '1048576',
    unit: 'bytes',
    meaning: 'that may wait in memory for one reader; beyond it nothing more is taken from the log',
  },
  {
    name: 'SOCKET_HEARTBEAT_MS',
    default: '12000',
    unit: 'ms',
    meaning: 'how often a client is pinged; without a sign of life in twice that time it is gone',
  },
  {
    name: 'SLOW_READER_MS',
    default: '30000',
    unit: 'ms',
    meaning: 'for a message to leave; beyond it the reader is let go with 1013, and resumes by cursor',
  },
  {
    name: 'SHARED_RESULT_MS',
    default: '1000',
    unit: 'ms',
    meaning: 'for how long what a change comes to for one subscriber is told to others who ask the same',
  },
  {
    name: 'ALLOWED_ORIGINS',
    default: undefined,
    meaning:
      'web pages that may speak to the gateway, separated by commas; its own always, and any of this machine in sandbox mode',
  },
  { name: 'REQUEST_TIMEOUT_MS', default: '15000', unit: 'ms', meaning: 'for a whole HTTP request to arrive' },
  { name: 'HEADERS_TIMEOUT_MS', default: '10000', unit: 'ms', meaning: 'for the headers of an HTTP request to arrive' },
  {
    name: 'CONNECTION_CHECK_MS',
    default: '2000',
    unit: 'ms',
    meaning: 'how often it is looked for requests that take longer; their connections are closed',
  },
  {
    name: 'MAX_CONNECTIONS',
    default: '10000',
    unit: 'connections',
    meaning: 'from clients and Xendit at once at most; another is closed at once',
  },
  {
    name: 'DRAIN_SPREAD_MS',
    default: '8000',
    unit: 'ms',
    meaning:
      'over which sockets and event streams are closed when told to stop, so that clients don’t come back all at once',
  },
  {
    name: 'DRAIN_TIMEOUT_MS',
    default: '15000',
    unit: 'ms',
    meaning: 'for everything to finish when told to stop, DRAIN_SPREAD_MS included',
  },
  { name: 'LOG_LEVEL', default: 'info', meaning: 'trace, debug, info, warn, error, fatal or silent' },
] as const satisfies readonly Setting[];

type Name = (typeof settings)[number]['name'];
export type Environment = Readonly<Record<string, string | undefined>>;

/** Something in the environment is missing or malformed; the message names all of it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: string[];

  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((one) => `  - ${one}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/**
 * Reads the environment. An empty variable counts as absent.
 *
 * @throws ConfigError naming every mistake at once.
 */
export function readConfig(environment: Environment): Config {
  const problems: string[] = [];
  const text = (name: Name): string | undefined => {
    const own = environment[name]?.trim();
    return own || settings.find((setting) => setting.name === name)?.default;
  };
  const whole = (name: Name, min: number, max: number): number => {
    const value = Number(text(name));
    if (!/^\d+$/.test(text(name) ?? '') || value < min || value > max) {
      problems.push(`${name} must be a whole number within ${min} and ${max}, not ${JSON.stringify(text(name))}`);
    }
    return value;
  };
  const url = (name: Name, schemes: string[]): string | undefined => {
    const value = text(name);
    const isUrl = value !== undefined && schemes.includes(URL.parse(value)?.protocol ?? '');
    if (value !== undefined && !isUrl)
      problems.push(`${name} must be a URL that begins with ${schemes.map((one) => `${one}//`).join(' or ')}`);
    return value?.replace(/\/+$/, '');
  };

  const xenditSecretKey = text('XENDIT_SECRET_KEY');
  const tokens = listOf(text('XENDIT_CALLBACK_TOKENS'));
  const host = text('HOST') ?? '';
  const logLevel = text('LOG_LEVEL') ?? '';
  if (xenditSecretKey !== undefined && !/^xnd_[\w-]+$/.test(xenditSecretKey)) {
    problems.push("XENDIT_SECRET_KEY must begin with xnd_ as the keys in Xendit's dashboard do");
  }
  if (xenditSecretKey !== undefined && !loopback.has(host)) {
    problems.push(
      `HOST must be a loopback address (${[...loopback].join(', ')}) with XENDIT_SECRET_KEY: this version can not tell callers apart`,
    );
  }
  const isLive = xenditSecretKey?.startsWith('xnd_production_') ?? false;
  const xenditBaseUrl = url('XENDIT_BASE_URL', ['http:', 'https:']) ?? '';
  const { protocol, hostname = '' } = URL.parse(xenditBaseUrl) ?? {};
  if (isLive && protocol === 'http:' && !loopback.has(hostname)) {
    problems.push('XENDIT_BASE_URL must begin with https:// with a live key, which would else go out unencrypted');
  }
  if (!logLevels.includes(logLevel)) problems.push(`LOG_LEVEL must be one of ${logLevels.join(', ')}`);

  const sandboxWebhookUrls = listOf(text('SANDBOX_WEBHOOK_URLS')).map((one) => one.replace(/\/+$/, ''));
  for (const one of sandboxWebhookUrls) {
    if (!['http:', 'https:'].includes(URL.parse(one)?.protocol ?? ''))
      problems.push(
        `SANDBOX_WEBHOOK_URLS must name URLs that begin with http:// or https://, not ${JSON.stringify(one)}`,
      );
  }
  const allowedOrigins = listOf(text('ALLOWED_ORIGINS'));
  for (const origin of allowedOrigins) {
    if (URL.parse(origin)?.origin !== origin)
      problems.push(`ALLOWED_ORIGINS must name origins such as https://shop.example, not ${JSON.stringify(origin)}`);
  }
  const redisPrefix = text('REDIS_PREFIX') ?? '';
  if (!/^[\w.:-]{1,100}$/.test(redisPrefix)) {
    problems.push('REDIS_PREFIX must be made of at most 100 letters, digits, points, colons, hyphens and underscores');
  }
  const trustedProxies = listOf(text('TRUSTED_PROXIES'));
  try {
    proxyAddr.compile(trustedProxies);
  } catch (error) {
    problems.push(`TRUSTED_PROXIES must name addresses and ranges: ${error instanceof Error ? error.message : error}`);
  }
  const qrApi = text('XENDIT_QR_API');
  if (qrApi !== 'v1' && qrApi !== 'v2') problems.push('XENDIT_QR_API must be v1 or v2');
  const verifyWebhooks = text('VERIFY_WEBHOOKS');
  if (verifyWebhooks !== 'on' && verifyWebhooks !== 'off') problems.push('VERIFY_WEBHOOKS must be on or off');
  // Xendit's own limits: 600 in live mode, 60 in test mode and in the sandbox.
  const defaultRate = isLive ? 600 : 60;

  const config: Config = {
    port: whole('PORT', 0, 65_535),
    host,
    publicUrl: url('PUBLIC_URL', ['http:', 'https:']),
    dataDir: text('DATA_DIR') ?? '',
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    databasePoolSize: whole('DATABASE_POOL_SIZE', 2, 1_000),
    databaseTimeoutMs: whole('DATABASE_TIMEOUT_MS', 100, 60_000),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:']),
    redisPrefix,
    redisTimeoutMs: whole('REDIS_TIMEOUT_MS', 10, 60_000),
    busPingMs: whole('BUS_PING_MS', 100, 60_000),
    busReconnectMaxMs: whole('BUS_RECONNECT_MAX_MS', 100, 60_000),
    xenditSecretKey,
    xenditBaseUrl,
    xenditTimeoutMs: whole('XENDIT_TIMEOUT_MS', 100, 120_000),
    xenditConnectTimeoutMs: whole('XENDIT_CONNECT_TIMEOUT_MS', 100, 60_000),
    xenditConnections: whole('XENDIT_CONNECTIONS', 1, 1_000),
    xenditQueueTimeoutMs: whole('XENDIT_QUEUE_TIMEOUT_MS', 10, 60_000),
    callbackTokens: tokens.length === 0 && xenditSecretKey === undefined ? ['sandbox-callback-token'] : tokens,
    verifyWebhooks: verifyWebhooks === 'on',
    sandboxPort: whole('SANDBOX_PORT', 0, 65_535),
    sandboxWebhookUrls,
    readMaxAgeMs: whole('READ_MAX_AGE_MS', 0, 3_600_000),
    xenditRequestsPerMinute:
      text('XENDIT_REQUESTS_PER_MINUTE') === undefined
        ? defaultRate
        : whole('XENDIT_REQUESTS_PER_MINUTE', 1, 1_000_000),
    qrApi: qrApi === 'v2' ? 'v2' : 'v1',
    breakerWindowMs: whole('BREAKER_WINDOW_MS', 100, 600_000),
    breakerMinCalls: whole('BREAKER_MIN_CALLS', 1, 100_000),
    breakerProbeAfterMs: whole('BREAKER_PROBE_AFTER_MS', 100, 600_000),
    reconcileShare: whole('RECONCILE_SHARE_PERCENT', 0, 100),
    reconcileEveryMs: whole('RECONCILE_EVERY_MS', 100, 3_600_000),
    reconcileBatchSize: whole('RECONCILE_BATCH_SIZE', 1, 1_000),
    settleEveryMs: whole('SETTLE_EVERY_MS', 100, 3_600_000),
    onceKeyMaxAgeMs: whole('ONCE_KEY_MAX_AGE_MS', 86_400_000, 31_536_000_000),
    redriveEveryMs: whole('REDRIVE_EVERY_MS', 10, 3_600_000),
    redriveBatchSize: whole('REDRIVE_BATCH_SIZE', 1, 1_000),
    redriveAttempts: whole('REDRIVE_ATTEMPTS', 1, 10),
    redrivePauseMs: whole('REDRIVE_PAUSE_MS', 1, 3_600_000),
    changeMaxAgeMs: whole('CHANGE_MAX_AGE_MS', cursorLifetimeMs, 315_360_000_000),
    webhookMaxAgeMs: whole('WEBHOOK_MAX_AGE_MS', cursorLifetimeMs, 315_360_000_000),
    pruneEveryMs: whole('PRUNE_EVERY_MS', 100, 86_400_000),
    pruneBatchSize: whole('PRUNE_BATCH_SIZE', 1, 10_000),
    cursorSecret: text('CURSOR_SECRET'),
    feedPollMs: whole('FEED_POLL_MS', 10, 60_000),
    ledgerGroupSize: whole('LEDGER_GROUP_SIZE', 1, 10_000),
    ledgerGroupBytes: whole('LEDGER_GROUP_BYTES', 1, 67_108_864),
    ledgerQueueLimit: whole('LEDGER_QUEUE_LIMIT', 1, 1_000_000),
    ledgerQueueBytes: whole('LEDGER_QUEUE_BYTES', 1_024, 4_294_967_296),
    ledgerTimeoutMs: whole('LEDGER_TIMEOUT_MS', 100, 60_000),
    webhookMaxBytes: whole('WEBHOOK_MAX_BYTES', 1_024, 16_777_216),
    graphqlMaxBytes: whole('GRAPHQL_MAX_BYTES', 1_024, 16_777_216),
    socketMaxBytes: whole('SOCKET_MAX_BYTES', 1_024, 16_777_216),
    socketInitTimeoutMs: whole('SOCKET_INIT_TIMEOUT_MS', 100, 60_000),
    subscriptionsPerSocket: whole('SUBSCRIPTIONS_PER_SOCKET', 1, 10_000),
    socketsPerAddress: whole('SOCKETS_PER_ADDRESS', 1, 1_000_000),
    trustedProxies,
    socketMessagesPerSecond: whole('SOCKET_MESSAGES_PER_SECOND', 1, 100_000),
    socketBufferBytes: whole('SOCKET_BUFFER_BYTES', 1_024, 67_108_864),
    socketHeartbeatMs: whole('SOCKET_HEARTBEAT_MS', 50, 600_000),
    slowReaderMs: whole('SLOW_READER_MS', 50, 600_000),
    sharedResultMs: whole('SHARED_RESULT_MS', 0, 60_000),
    allowedOrigins,
    requestTimeoutMs: whole('REQUEST_TIMEOUT_MS', 1_000, 300_000),
    headersTimeoutMs: whole('HEADERS_TIMEOUT_MS', 100, 300_000),
    connectionCheckMs: whole('CONNECTION_CHECK_MS', 10, 60_000),
    maxConnections: whole('MAX_CONNECTIONS', 1, 1_000_000),
    drainSpreadMs: whole('DRAIN_SPREAD_MS', 0, 300_000),
    drainTimeoutMs: whole('DRAIN_TIMEOUT_MS', 0, 300_000),
    logLevel,
  };
  if (config.verifyWebhooks && config.reconcileShare === 0)
    problems.push('VERIFY_WEBHOOKS needs calls to ask with: RECONCILE_SHARE_PERCENT must be above 0');
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** For how long a cursor holds at least: `schema/scalars.graphql` promises it. Xendit repeats a webhook for about a day. */
const cursorLifetimeMs = 604_800_000;

function listOf(text: string | undefined): string[] {
  const entries = text?.split(',').map((entry) => entry.trim()) ?? [];
  return entries.filter((entry) => entry !== '');
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
