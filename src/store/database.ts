import { PrismaPg } from '@prisma/adapter-pg';
import { Client, Pool } from 'pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { GatewayError } from '../errors.ts';
import { openEmbedded } from './embedded.ts';
import { PrismaClient } from './generated/client.ts';
import { migrate } from './migrate.ts';

export interface DatabaseOptions {
  /** A Postgres; the embedded one in `dataDir` when undefined. */
  databaseUrl: string | undefined;
  dataDir: string;
  /** Connections to Postgres for questions at most; two more are the ledger's own. */
  poolSize: number;
  /** How long a statement may run, and a commit take. Default 3,000. */
  statementTimeoutMs?: number;
}

/** Connections to Postgres. */
export interface ConnectionPool {
  name: 'questions' | 'ledger';
  /** At most. */
  limit: number;
  busy: number;
  idle: number;
  /** How many questions wait for one. */
  waiting: number;
}

/** The store's one database, Postgres or embedded, migrated and open. */
export interface Database {
  prisma: PrismaClient;
  /** The same by connections of its own, so that what commits and watches the log never waits behind questions. */
  ledger: PrismaClient;
  /** Tells a folder from a copy of it; empty for a Postgres, which tells it by itself. */
  identity: string;
  /** Its connections; none where it is embedded. */
  pools(): ConnectionPool[];
  /** Once is enough; more does no harm. */
  close(): Promise<void>;
}

/**
 * Opens the database and applies the migrations it lacks.
 *
 * @throws Error the database can't be reached, or its folder is in use.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.databaseUrl === undefined
    ? openEmbeddedDatabase(options.dataDir)
    : openPostgres(options.databaseUrl, options);
}

async function openEmbeddedDatabase(dataDir: string): Promise<Database> {
  const { pglite, identity, close } = await openEmbedded(dataDir);
  const prisma = new PrismaClient({ adapter: new PrismaPGlite(pglite) });
  const closeBoth = async () => {
    await prisma.$disconnect();
    await close();
  };
  let closing: Promise<void> | undefined;
  return {
    prisma,
    ledger: prisma,
    identity,
    pools: () => [],
    close: () => {
      closing ??= closeBoth();
      return closing;
    },
  };
}

async function openPostgres(
  connectionString: string,
  { poolSize, statementTimeoutMs = 3_000 }: DatabaseOptions,
): Promise<Database> {
  const session = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  await session.connect();
  try {
    await migrate({ query: (sql, parameters) => session.query(sql, parameters), exec: (sql) => session.query(sql) });
  } finally {
    await session.end();
  }
  const connect = (max: number) => {
    const pool = new Pool({
      connectionString: inUtc(connectionString),
      max,
      keepAlive: true,
      connectionTimeoutMillis: 1_000,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 500,
      lock_timeout: 1_000,
      // An idle transaction would hold back the release of every later change.
      idle_in_transaction_session_timeout: 5_000,
    });
    // Told by whoever asks next.
    pool.on('error', () => undefined);
    return { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
  };
  const [questions, ledger] = [connect(poolSize), connect(ledgerConnections)];
  const closeBoth = () =>
    Promise.all(
      [questions, ledger].map(async ({ prisma, pool }) => {
        await prisma.$disconnect();
        await pool.end();
      }),
    );
  let closing: Promise<unknown> | undefined;
  return {
    prisma: questions.prisma,
    ledger: ledger.prisma,
    identity: '',
    pools: () => [stateOf('questions', questions.pool), stateOf('ledger', ledger.pool)],
    async close() {
      closing ??= closeBoth();
      await closing;
    },
  };
}

function stateOf(name: ConnectionPool['name'], { options, totalCount, idleCount, waitingCount }: Pool): ConnectionPool {
  return { name, limit: options.max, busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}

/** One commits, one watches the log. */
const ledgerConnections = 2;

/** The adapter takes every time that Postgres prints for UTC, so sessions must print UTC, whatever the server's zone is. */
function inUtc(connectionString: string): string {
  const url = new URL(connectionString);
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} -c TimeZone=UTC`.trim());
  return url.href;
}

/** Runs work on the store; a fault of the database is told as one. */
export async function withStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError('STORE_UNAVAILABLE', 'The ledger can not be read or written now', { cause });
  }
}
