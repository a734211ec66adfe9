import { PrismaPg } from '@prisma/adapter-pg';
import { Client, Pool, types } from 'pg';
import type { ConnectionPool, Database, DatabaseOptions } from './database.ts';
import { PrismaClient } from './generated/client.ts';
import { migrate } from './migrate.ts';

/** @throws Error it can't be reached, or not be migrated. */
export async function openPostgres(
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
    ask: async ({ text, values }) => (await questions.pool.query({ text, values, types: asPrisma })).rows,
    ledger: ledger.prisma,
    identity: '',
    pools: () => [stateOf('questions', questions.pool), stateOf('ledger', ledger.pool)],
    async close() {
      closing ??= closeBoth();
      await closing;
    },
  };
}

/** Whole numbers of 64 bits are as Prisma reads them. */
const asPrisma: typeof types = Object.assign(Object.create(types), {
  getTypeParser: (type: number) => (type === types.builtins.INT8 ? BigInt : types.getTypeParser(type)),
});

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
