import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { readConfig } from '../../src/config.ts';
import { toInstant } from '../../src/model/instant.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Letter, Report } from '../../src/model/report.ts';
import { type Fields, keyText, type ResourceKey } from '../../src/model/resource.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type Ledger, type LedgerOptions, openLedger } from '../../src/store/ledger.ts';
import { openReads, type Reads } from '../../src/store/reads.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

/** An open database, closed after the test. */
export async function open(t: TestContext, { environment }: TestDatabase): Promise<Database> {
  const config = readConfig({ ...environment });
  const { databaseUrl, dataDir, databasePoolSize: poolSize } = config;
  const timeouts = { statementTimeoutMs: config.databaseTimeoutMs, waitTimeoutMs: config.databaseWaitTimeoutMs };
  const options = { databaseUrl, dataDir, poolSize, ...timeouts };
  const database = await openDatabase(options);
  t.after(() => database.close());
  return database;
}

/** A second session on the same Postgres, as another instance has. */
export async function openSession(t: TestContext, connectionString: string | undefined): Promise<Client> {
  const session = new Client({ connectionString });
  session.on('error', () => undefined);
  await session.connect();
  t.after(() => session.end());
  return session;
}

export interface Store {
  database: Database;
  ledger: Ledger;
  reads: Reads;
  /** What each commit changed, as it was told. */
  told: ResourceKey[][];
}

export async function openStore(t: TestContext, place: TestDatabase, options: LedgerOptions = {}): Promise<Store> {
  const database = await open(t, place);
  const told: ResourceKey[][] = [];
  const ledger = openLedger(database, { onCommit: (changed) => told.push(changed), ...options });
  return { database, ledger, reads: openReads(database), told };
}

export function paymentKey(id: string, account = ''): ResourceKey<'Payment'> {
  return { account, type: 'Payment', id };
}

/** What is said of a payment; `second` orders what is said at one rank. */
export function payment(
  id: string,
  status: string,
  fields: Fields<'Payment'> = {},
  second = 0,
): Observation<'Payment'> {
  return {
    type: 'Payment',
    id,
    status,
    updated: toInstant(`2024-01-01T00:00:${String(second).padStart(2, '0')}Z`),
    fields,
  };
}

/** A webhook that says this; the same words have the same content key. */
export function delivered(
  words: string,
  observations: Observation[],
  more: Partial<Letter> = {},
  account = '',
): Report {
  const [first] = observations;
  const letter: Letter = {
    contentKey: createHash('sha256')
      .update(keyText({ account, type: 'Payment', id: words }))
      .digest('hex'),
    webhookId: undefined,
    event: 'payment.capture',
    family: 'PAYMENTS_V3',
    businessId: undefined,
    subject: first && { type: first.type, id: first.id },
    body: new TextEncoder().encode(words),
    receivedAt: new Date(),
    ...more,
  };
  return { account, origin: 'WEBHOOK', observations, letter };
}

/** The answer to a call that says this. */
export function answered(observations: Observation[], account = ''): Report {
  return { account, origin: 'API', observations };
}

/** All rows of a table, as text. */
export async function rowsOf({ prisma }: Database, table: 'Resource' | 'Change' | 'WebhookEvent'): Promise<string> {
  const rows = await prisma.$queryRawUnsafe<{ rows: string }[]>(
    `SELECT coalesce(json_agg(row_to_json(t) ORDER BY row_to_json(t)::text), '[]')::text AS rows FROM "${table}" t`,
  );
  return rows[0]?.rows ?? '';
}

/** Waits until that much of an account's activity is released: any transaction on the server holds it up, in other databases too. */
export async function whenReleased(reads: Reads, account: string, count: number): Promise<void> {
  const start = { transaction: 0n, id: 0n };
  const released = async () => (await reads.activityAfter(account, start, {}, count)).length === count;
  await eventually(`${count} changes are released`, released);
}
