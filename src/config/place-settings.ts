import type { Setting } from './setting.ts';

/** Where the gateway and what it stands on are found. */
export const placeSettings = [
  { name: 'PORT', default: '4000', range: [0, 65_535], meaning: 'where the gateway listens; 0 picks a free port' },
  { name: 'HOST', default: '127.0.0.1', meaning: 'the address it listens on' },
  {
    name: 'PUBLIC_URL',
    default: undefined,
    meaning: 'how Xendit and browsers reach it; the listening address unless set',
  },
  {
    name: 'PAGES',
    default: undefined,
    meaning:
      'the pages for people that it serves, separated by commas, or `none`; start, graphiql, checkout and console, with a live key checkout and console, unless set',
  },
  { name: 'DATA_DIR', default: './data', meaning: 'folder of the embedded database' },
  { name: 'DATABASE_URL', default: undefined, meaning: 'a Postgres to use instead of the embedded one' },
  {
    name: 'DATABASE_POOL_SIZE',
    default: '10',
    unit: 'connections',
    range: [2, 1_000],
    meaning: 'connections to Postgres for questions at most; three more are kept for the ledger',
  },
  {
    name: 'DATABASE_TIMEOUT_MS',
    default: '3000',
    unit: 'ms',
    range: [100, 60_000],
    meaning: 'how long one statement may take on Postgres',
  },
  {
    name: 'DATABASE_WAIT_TIMEOUT_MS',
    default: '1000',
    unit: 'ms',
    range: [10, 60_000],
    meaning:
      'how long a statement may wait for a lock on Postgres, and for a connection to it; less than `LEDGER_TIMEOUT_MS`',
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
    meaning:
      'how long a call may wait for the shared budget, and an operation to be counted; then each instance counts for itself until Redis is back',
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
] as const satisfies readonly Setting[];
