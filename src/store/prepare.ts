/** Part of `npm ci`: makes the migrated, empty database that first starts and tests copy. */
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { emptyDatabase, emptyFolders } from './embedded.ts';
import { migrate } from './migrate.ts';

const making = `${emptyDatabase}.making`;
await rm(making, { recursive: true, force: true });
await mkdir(dirname(making), { recursive: true });
const pglite = await PGlite.create({ dataDir: making });
await migrate(pglite);
await pglite.close();
await rm(emptyDatabase, { recursive: true, force: true });
await letAllRead();
await writeFile(emptyFolders, JSON.stringify(await foldersWithoutFiles()));
await rename(making, emptyDatabase);

/** Whoever installs it need not be who runs it. */
async function letAllRead(): Promise<void> {
  const entries = await readdir(making, { recursive: true, withFileTypes: true });
  for (const one of entries) await chmod(join(one.parentPath, one.name), one.isDirectory() ? 0o755 : 0o644);
}

async function foldersWithoutFiles(): Promise<string[]> {
  const entries = await readdir(making, { recursive: true, withFileTypes: true });
  const folders = entries.filter((one) => one.isDirectory()).map((one) => join(one.parentPath, one.name));
  const filled = new Set(entries.map((one) => one.parentPath));
  return folders.filter((folder) => !filled.has(folder)).map((folder) => relative(making, folder));
}
