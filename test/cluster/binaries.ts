import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Where an installed program is: where `pg_config` says, in the usual folders of Postgres, or in PATH.
 *
 * @throws Error it isn't installed; the message says what to install.
 */
export async function findBinary(name: 'initdb' | 'postgres' | 'redis-server'): Promise<string> {
  const folders = name === 'redis-server' ? pathFolders() : [...(await postgresFolders()), ...pathFolders()];
  for (const folder of folders) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  const product = name === 'redis-server' ? 'Redis' : 'the Postgres server';
  throw new Error(`${name} is not installed (looked in ${folders.join(', ')}): install ${product}`);
}

function pathFolders(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

/** The newest first. */
async function postgresFolders(): Promise<string[]> {
  const told = await run('pg_config', ['--bindir']).then(({ stdout }) => [stdout.trim()], nothing);
  const versions = await readdir('/usr/lib/postgresql').catch(nothing);
  const packaged = versions.sort((a, b) => Number(b) - Number(a)).map((one) => `/usr/lib/postgresql/${one}/bin`);
  return [...told, ...packaged, '/usr/local/pgsql/bin', '/opt/homebrew/bin'];
}

function nothing(): string[] {
  return [];
}

/** The user that Postgres runs as, since it refuses to be root; undefined when this process isn't root. */
export async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, user]))).catch(() => undefined);
    const [uid, gid] = ids?.map(({ stdout }) => Number(stdout)) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error('Postgres refuses to run as root, and there is neither a user postgres nor nobody');
}
