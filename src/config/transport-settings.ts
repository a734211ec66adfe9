import type { Setting } from './setting.ts';

/** What clients and Xendit may send, and how long they may take. */
export const transportSettings = [
  {
    name: 'WEBHOOK_MAX_BYTES',
    default: '262144',
    unit: 'bytes',
    range: [1_024, 16_777_216],
    meaning: 'size of a delivery at most; beyond it 413',
  },
  {
    name: 'WEBHOOK_REFUSALS_LOG_MS',
    default: '60000',
    unit: 'ms',
    range: [10, 3_600_000],
    meaning: 'between two lines of the log that say how many deliveries were refused',
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
    name: 'SOCKETS_PER_CALLER',
    default: '20',
    unit: 'sockets',
    range: [1, 1_000_000],
    meaning:
      'WebSockets and event streams of one caller at most, where callers are known; another is closed with 1013, or 429',
  },
  {
    name: 'OPERATIONS_PER_MINUTE',
    default: '6000',
    unit: 'operations',
    range: [1, 1_000_000],
    meaning:
      'of one caller at most, where callers are known, in all instances that share a Redis and otherwise in each; another is refused as `THROTTLED`',
  },
  {
    name: 'WRONG_PROOFS_PER_MINUTE',
    default: '30',
    unit: 'proofs',
    range: [1, 1_000_000],
    meaning: 'from one address, before whoever comes with another wrong one is refused as `THROTTLED`',
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
    name: 'OPERATION_TIMEOUT_MS',
    default: '15000',
    unit: 'ms',
    range: [100, 300_000],
    meaning: 'for a query to be answered; beyond it it is `UNAVAILABLE`',
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
