import { PrismaPg } from '@prisma/adapter-pg';
import { Client, type ClientBase, Pool, types } from 'pg';
import type { Ask, ConnectionPool, Database, DatabaseOptions } from './database.ts';
import { PrismaClient } from './generated/client.ts';
import { migrate } from './migrate.ts';
import { sqlStateOf } from './sql-state.ts';

/** @throws Error it can't be reached, or not be migrated. */
export async function openPostgres(
  connectionString: string,
  { poolSize, statementTimeoutMs = 3_000, waitTimeoutMs = 1_000 }: DatabaseOptions,
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
      connectionTimeoutMillis: waitTimeoutMs,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 500,
      lock_timeout: waitTimeoutMs,
      // An idle transaction would hold back the release of every later change.
      idle_in_transaction_session_timeout: 5_000,
    });
    // Told by whoever asks next.
    pool.on('error', () => undefined);
    return { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
  };
  const [questions, ledger] = [connect(poolSize), connect(transactionsAtOnce + 1)];
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
    ask: askOf(questions.pool),
    transact: (timeoutMs, work) => transact(ledger.pool, timeoutMs, work),
    transactionsAtOnce,
    isExclusive: false,
    ledger: ledger.prisma,
    identity: '',
    pools: () => [stateOf('questions', questions.pool), stateOf('ledger', ledger.pool)],
    async close() {
      closing ??= closeBoth();
      await closing;
    },
  };
}

function askOf(connection: Pick<ClientBase, 'query'>): Ask {
  return async ({ text, values }) => (await connection.query({ text, values, types: asPrisma })).rows;
}

async function transact<T>(pool: Pool, timeoutMs: number, work: (ask: Ask) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let isHeld = true;
  const release = (isBroken: boolean) => {
    if (!isHeld) return;
    isHeld = false;
    client.off('error', ignore);
    // What is under way on it then ends with an error, and Postgres rolls back what it hears no end of.
    client.release(isBroken);
  };
  // Told by the statement that it breaks.
  client.on('error', ignore);
  const timer = setTimeout(() => release(true), timeoutMs);
  try {
    await client.query('BEGIN');
    const result = await work(askOf(client));
    await client.query('COMMIT');
    release(false);
    return result;
  } catch (error) {
    const isThere = isHeld && sqlStateOf(error) !== undefined;
    const isRolledBack = isThere && (await client.query('ROLLBACK').catch(ignore)) !== undefined;
    release(!isRolledBack);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function ignore(): undefined {
  return undefined;
}

/** Whole numbers of 64 bits are as Prisma reads them. */
const asPrisma: typeof types = Object.assign(Object.create(types), {
  getTypeParser: (type: number) => (type === types.builtins.INT8 ? BigInt : types.getTypeParser(type)),
});

function stateOf(name: ConnectionPool['name'], { options, totalCount, idleCount, waitingCount }: Pool): ConnectionPool {
  return { name, limit: options.max, busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}

/** Beside them another connection watches the log. */
const transactionsAtOnce = 2;

/** The adapter takes every time that Postgres prints for UTC, so sessions must print UTC, whatever the server's zone is. */
function inUtc(connectionString: string): string {
  const url = new URL(connectionString);
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} -c TimeZone=UTC`.trim());
  return url.href;
}
