import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { lockDataFolder } from './data-lock.ts';
import { migrate } from './migrate.ts';
import { compilePostgres } from './postgres-wasm.ts';

/** A migrated, empty database, made by `npm ci`: copying it takes a tenth of what making one takes. */
export const emptyDatabase = join(import.meta.dirname, '../../prisma/generated/empty-database');

/** The folders in it that have nothing in them, which packages leave out. */
export const emptyFolders = join(import.meta.dirname, '../../prisma/generated/empty-folders.json');

/** Its own cache, of which it fills every byte at its start; the system's cache of the files lies behind it. */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];

/** An embedded Postgres that is open. */
export interface Embedded {
  pglite: PGlite;
  /** The number of its folder on the disk: a copy that was put in its place has another. */
  identity: string;
  close(): Promise<void>;
}

/**
 * Opens the embedded Postgres in a folder, making it there first if need be, and brings it up to date.
 * It survives the death of the process; it allows one process at a time.
 *
 * @throws Error another process has the folder.
 */
export async function openEmbedded(folder: string): Promise<Embedded> {
  await mkdir(folder, { recursive: true });
  const unlock = await lockDataFolder(folder);
  try {
    const dataDir = join(folder, 'postgres');
    if (!(await exists(dataDir))) await makeDatabase(dataDir);
    const pglite = await PGlite.create({ dataDir, startParams, pgliteWasmModule: await compilePostgres() });
    await migrate(pglite).catch(async (error: unknown) => {
      await pglite.close();
      throw error;
    });
    const close = async () => {
      await pglite.close();
      await unlock();
    };
    const { ino } = await stat(dataDir, { bigint: true });
    return { pglite, identity: String(ino), close };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Made beside its place and moved there when whole, so that a death half-way leaves nothing that looks like a database. */
async function makeDatabase(dataDir: string): Promise<void> {
  const making = `${dataDir}.making`;
  await rm(making, { recursive: true, force: true });
  await createEmpty(making);
  // It will hold what webhooks say of payers.
  await chmod(making, 0o700);
  await rename(making, dataDir);
}

/** A new database: a copy of the prepared one where `npm ci` left it, from scratch otherwise. */
async function createEmpty(dataDir: string): Promise<void> {
  if (await exists(emptyDatabase)) {
    // Of a thousand small files, a third of the work of `cp`; nobody waits for anything else yet.
    cpSync(emptyDatabase, dataDir, { recursive: true });
    const folders = JSON.parse(readFileSync(emptyFolders, 'utf8')) as string[];
    for (const folder of folders) mkdirSync(join(dataDir, folder), { recursive: true });
  } else {
    const pglite = await PGlite.create({ dataDir });
    await pglite.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
