import { randomBytes } from 'node:crypto';
import { type Database, withStore } from './database.ts';
import { Prisma } from './generated/client.ts';

/** Which life of the database cursors are of. */
export interface Epoch {
  /** Its name; cursors of another one point into a log that is no longer there. */
  current(): string;
  /**
   * Looks whether the database was restored from a copy, and begins another epoch then.
   *
   * @returns whether it is another epoch than before.
   * @throws GatewayError STORE_UNAVAILABLE the database is away.
   */
  check(): Promise<boolean>;
}

/**
 * Finds out the epoch. It is kept beside the log with a fingerprint of the database that it was begun in: the cluster, its
 * timeline, which Postgres changes with every recovery to a point in time, and the table itself, which a restored dump makes
 * anew. A failover changes the timeline too, since it may have lost the last commits.
 */
export async function openEpoch({ ledger: prisma, identity }: Database): Promise<Epoch> {
  let name = '';
  const check = () =>
    withStore(async () => {
      const fingerprint = `${await readFingerprint(prisma)} ${identity}`;
      const [known] = await prisma.$queryRaw<Row[]>`SELECT name, fingerprint FROM "Epoch"`;
      const current = known?.fingerprint === fingerprint ? known.name : await begin(prisma, fingerprint);
      const isAnother = current !== name;
      name = current;
      return isAnother;
    });
  await check();
  return { current: () => name, check };
}

/** What tells a log from another one in the same cluster: its timeline and its table. */
export const logIdentity = Prisma.sql`left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || ' ' || '"Change"'::regclass::oid`;

interface Row {
  name: string;
  fingerprint: string;
}

async function readFingerprint(prisma: Database['prisma']): Promise<string> {
  const [row] = await prisma.$queryRaw<{ fingerprint: string }[]>`
    SELECT concat_ws(' ', (SELECT system_identifier FROM pg_control_system()), ${logIdentity}) AS fingerprint`;
  return row?.fingerprint ?? '';
}

/** Of several instances that see it at once one begins it. */
async function begin(prisma: Database['prisma'], fingerprint: string): Promise<string> {
  await forgetForeignTransactions(prisma);
  await prisma.$executeRaw`
    INSERT INTO "Epoch" (id, name, fingerprint) VALUES (1, ${randomBytes(8).toString('hex')}, ${fingerprint})
    ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, fingerprint = EXCLUDED.fingerprint, since = now()
    WHERE "Epoch".fingerprint <> EXCLUDED.fingerprint`;
  const [row] = await prisma.$queryRaw<Row[]>`SELECT name, fingerprint FROM "Epoch"`;
  return row?.name ?? '';
}

/** How many changes one statement rewrites: few enough to end in time. */
const rewrittenAtOnce = 5_000;

/**
 * A log from another cluster may name transactions that this one is yet to have: `activity` would hold its changes back until
 * then. They are ordered by their ids instead, and the horizon, which was a place among them, is forgotten.
 */
async function forgetForeignTransactions(prisma: Database['prisma']): Promise<void> {
  const [foreign] = await prisma.$queryRaw<{ last: bigint }[]>`
    SELECT (SELECT max(id) FROM "Change") AS last
    WHERE (SELECT max(transaction) FROM "Change") >= (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint`;
  if (foreign === undefined) return;
  for (let rewritten = rewrittenAtOnce; rewritten > 0; ) {
    rewritten = await prisma.$executeRaw`
      UPDATE "Change" SET transaction = 0
      WHERE id IN (SELECT id FROM "Change" WHERE id <= ${foreign.last} AND transaction <> 0 ORDER BY id LIMIT ${rewrittenAtOnce})`;
  }
  await prisma.$executeRaw`DELETE FROM "Horizon"`;
}
