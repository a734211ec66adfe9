import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of migrations, one folder each with its `migration.sql`, applied in the order of their names. */
export const migrationsFolder = join(import.meta.dirname, '../../prisma/migrations');

/** One database session; `pg` and PGlite both fit. */
export interface MigrationSession {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[] }>;
  /** Runs a script of many statements. */
  exec(sql: string): Promise<unknown>;
}

/** Prisma's own lock number, so that `prisma migrate deploy` and gateways that start together take turns. */
const prismaLock = 72707369;

const createHistory = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings a database up to this version's schema; recorded as `prisma migrate deploy` would, so that the two agree.
 * Migrations that only a later version knows are left alone.
 *
 * @returns the names of the migrations applied just now.
 * @throws Error a migration was edited after it had been applied here.
 */
export async function migrate(session: MigrationSession): Promise<string[]> {
  const migrations = await readMigrations();
  // Most starts find nothing to do, and need neither the lock nor a statement that would make something.
  if ((await findPending(session, migrations)).length === 0) return [];
  await session.query('SELECT pg_advisory_lock($1)', [prismaLock]);
  try {
    await session.exec(createHistory);
    const pending = await findPending(session, migrations);
    for (const migration of pending) await apply(session, migration);
    return pending.map(({ name }) => name);
  } finally {
    await session.query('SELECT pg_advisory_unlock($1)', [prismaLock]);
  }
}

async function findPending(session: MigrationSession, migrations: readonly Migration[]): Promise<Migration[]> {
  const applied = await readHistory(session);
  for (const { name, checksum } of migrations) {
    if (applied.has(name) && applied.get(name) !== checksum)
      throw new Error(`Migration ${name} was edited after it had been applied`);
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

/** The checksums of the migrations that were applied, by their names. */
async function readHistory(session: MigrationSession): Promise<Map<string, string>> {
  const { rows: tables } = await session.query(`SELECT to_regclass('"_prisma_migrations"')::text AS name`);
  if ((tables as { name: string | null }[])[0]?.name == null) return new Map();
  const { rows } = await session.query(
    'SELECT migration_name, checksum FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return new Map(
    (rows as { migration_name: string; checksum: string }[]).map((row) => [row.migration_name, row.checksum]),
  );
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** This version's, in their order. */
export async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(migrationsFolder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(migrationsFolder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function apply(session: MigrationSession, { name, sql, checksum }: Migration): Promise<void> {
  await session.exec('BEGIN');
  try {
    await session.exec(sql);
    await session.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await session.exec('COMMIT');
  } catch (error) {
    await session.exec('ROLLBACK');
    throw error;
  }
}
