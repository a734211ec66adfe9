import { access, constants, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Client } from 'pg';
import { holderOf } from './data-lock.ts';
import { readMigrations } from './migrate.ts';

/** A Postgres as it is before a gateway opens it. */
export interface PostgresLook {
  /** Such as `17.2`. */
  version: string;
  /** How many of this version's migrations it has. */
  applied: number;
  /** The names of those that a start would apply. */
  pending: string[];
  /** Whether its user may make tables, which pending migrations do. */
  mayMigrate: boolean;
}

/**
 * Looks at a Postgres and changes nothing.
 *
 * @param timeoutMs for it to be connected, and for each question.
 * @throws Error it can't be reached, or doesn't let this user in.
 */
export async function lookAtPostgres(connectionString: string, timeoutMs: number): Promise<PostgresLook> {
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  // A line that breaks later is told by the question that it breaks.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; history: string | null; may: boolean }>(
      `SELECT current_setting('server_version') AS version, to_regclass('"_prisma_migrations"')::text AS history,
         has_schema_privilege(current_schema(), 'CREATE') AS may`,
    );
    const { version = '', history = null, may = false } = rows[0] ?? {};
    const applied = history === null ? new Set<string>() : await appliedIn(client);
    const own = (await readMigrations()).map(({ name }) => name);
    const pending = own.filter((name) => !applied.has(name));
    return { version: version.split(' ')[0] ?? '', applied: own.length - pending.length, pending, mayMigrate: may };
  } finally {
    await client.end();
  }
}

async function appliedIn(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return new Set(rows.map((row) => row.migration_name));
}

/** The folder of the embedded database as it is before a gateway opens it. */
export interface FolderLook {
  hasDatabase: boolean;
  /** The process that has it; 0 where it can't be told which, undefined: none. */
  holder: number | undefined;
}

/**
 * Looks at the folder of the embedded database and changes nothing.
 *
 * @throws Error it can't be written, or not be made.
 */
export async function lookAtFolder(folder: string): Promise<FolderLook> {
  await access(await nearestThere(resolve(folder)), constants.W_OK | constants.X_OK);
  const hasDatabase = await stat(join(folder, 'postgres')).then(
    () => true,
    () => false,
  );
  return { hasDatabase, holder: await holderOf(folder) };
}

/** The folder itself, or the one that it would be made in. @throws Error something else stands there. */
async function nearestThere(folder: string): Promise<string> {
  try {
    if ((await stat(folder)).isDirectory()) return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return nearestThere(dirname(folder));
    throw error;
  }
  throw new Error(`${folder} is no folder`);
}
