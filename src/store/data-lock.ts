import { randomUUID } from 'node:crypto';
import { readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** While a holder lives it touches its lock this often, so that one in another container can be seen. */
const touchEveryMs = 2_000;
const deadAfterMs = 3 * touchEveryMs;

interface Holder {
  token: string;
  pid: number;
  /** When the process started, as the kernel counts it; tells a process from a later one with its number. */
  started: string;
  /** The namespace in which `pid` means something. */
  namespace: string;
}

/**
 * Takes the embedded database's folder for this process alone: two processes on one folder would corrupt it.
 * A lock left behind by a process that was killed is taken over.
 *
 * @param folder exists already.
 * @returns a function that gives the folder back.
 * @throws Error another process has the folder; the message names it.
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'gateway.lock');
  const self = await identify(process.pid, randomUUID());
  if (!(await tryWrite(path, self))) {
    const holder = await readHolder(path);
    if (await isAlive(path, holder, self)) {
      throw new Error(
        `${folder} is in use by process ${holder?.pid ?? '(unknown)'}: two gateways on one embedded database would corrupt it. ` +
          'Stop that process, or give this one another DATA_DIR or a DATABASE_URL.',
      );
    }
    if (!(await takeOver(path, self))) throw new Error(`${folder} was taken by another process just now`);
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, touchEveryMs);
  touching.unref();
  return async () => {
    clearInterval(touching);
    if ((await readHolder(path))?.token === self.token) await rm(path, { force: true });
  };
}

/**
 * Who has the embedded database's folder now, without taking it.
 *
 * @returns the number of the process, 0 where it can't be told; undefined: nobody has it.
 */
export async function holderOf(folder: string): Promise<number | undefined> {
  const path = join(folder, 'gateway.lock');
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const holder = await readHolder(path);
  return (await isAlive(path, holder, await identify(process.pid, ''))) ? (holder?.pid ?? 0) : undefined;
}

async function tryWrite(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** Takes over a dead holder's lock. Of those who try at once one does, since a second lock lets only one look and write. */
async function takeOver(path: string, self: Holder): Promise<boolean> {
  const guard = `${path}.taking`;
  if (!(await tryWrite(guard, self))) {
    if (await isTouched(guard)) return false;
    await rm(guard, { force: true });
    if (!(await tryWrite(guard, self))) return false;
  }
  try {
    if (await isAlive(path, await readHolder(path), self)) return false;
    await rm(path, { force: true });
    return await tryWrite(path, self);
  } finally {
    await rm(guard, { force: true });
  }
}

async function isTouched(path: string): Promise<boolean> {
  const touchedMs = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  return Date.now() - touchedMs < deadAfterMs;
}

/** @param holder undefined: the lock can't be read, as while it is being written. */
async function isAlive(path: string, holder: Holder | undefined, self: Holder): Promise<boolean> {
  if (holder === undefined || holder.namespace !== self.namespace) return isTouched(path);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return (await identify(holder.pid, '')).started === holder.started;
}

async function identify(pid: number, token: string): Promise<Holder> {
  const statLine = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = statLine.slice(statLine.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent hasn't looked yet.
  const started = fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return { token, pid, started, namespace };
}
