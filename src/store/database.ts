import { GatewayError } from '../errors.ts';
import type { Prisma, PrismaClient } from './generated/client.ts';

export interface DatabaseOptions {
  /** A Postgres; the embedded one in `dataDir` when undefined. */
  databaseUrl: string | undefined;
  dataDir: string;
  /** Connections to Postgres for questions at most; three more are the ledger's own. */
  poolSize: number;
  /** How long a statement may run, and a commit take. Default 3,000. */
  statementTimeoutMs?: number;
  /** How long a statement may wait for a lock on Postgres, and for a connection to it. Default 1,000. */
  waitTimeoutMs?: number;
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

export type Ask = <Row>(question: Prisma.Sql) => Promise<Row[]>;

/** The store's one database, Postgres or embedded, migrated and open. */
export interface Database {
  prisma: PrismaClient;
  /**
   * Asks a question that is asked for nearly every operation: on Postgres by the driver itself, since Prisma takes 70 µs for each
   * row that it hands on, and the driver 15.
   */
  ask: Ask;
  /**
   * Does all of some work or nothing of it, by the ledger's own connections and without Prisma.
   *
   * @param timeoutMs for all of it on Postgres; then it is rolled back, unless its end can't be told. Embedded, for it to begin.
   */
  transact<T>(timeoutMs: number, work: (ask: Ask) => Promise<T>): Promise<T>;
  /** How many of them it works on at once. */
  transactionsAtOnce: number;
  /** Nothing else happens while it works on one, so that nothing need be locked. */
  isExclusive: boolean;
  /** Prisma by the ledger's connections, so that what watches the log never waits behind questions. */
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
  // Each is loaded only where it is used, since they are large.
  if (options.databaseUrl === undefined) {
    const { openEmbeddedDatabase } = await import('./embedded-database.ts');
    return openEmbeddedDatabase(options);
  }
  const { openPostgres } = await import('./postgres-database.ts');
  return openPostgres(options.databaseUrl, options);
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
