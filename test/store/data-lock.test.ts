import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockDataFolder } from '../../src/store/data-lock.ts';
import { temporaryFolder } from '../support/database.ts';

/** The number of a process that is no more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('of many who take over a dead holder’s lock at once, one gets it', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'gateway.lock');
  const unlockSelf = await lockDataFolder(folder);
  const dead = { ...JSON.parse(await readFile(path, 'utf8')), token: 'dead', pid: await deadPid() };
  await unlockSelf();

  for (let round = 0; round < 50; round += 1) {
    await writeFile(path, JSON.stringify(dead));
    const taken = await Promise.allSettled(Array.from({ length: 5 }, () => lockDataFolder(folder)));
    const unlocks = taken.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    assert.equal(unlocks.length, 1, `round ${round}`);
    for (const unlock of unlocks) await unlock();
    assert.deepEqual(await readdir(folder), []);
  }
});

test('a lock is taken over when its number now belongs to another process', async (t) => {
  const folder = await temporaryFolder(t);
  const unlock = await lockDataFolder(folder);
  const path = join(folder, 'gateway.lock');
  const own = JSON.parse(await readFile(path, 'utf8'));
  await unlock();
  if (own.started === '') return t.skip('this system doesn’t tell when a process was started');
  await writeFile(path, JSON.stringify({ ...own, token: 'dead', started: '1' }));
  await (await lockDataFolder(folder))();
});

test('a lock of another container, or one that can’t be read, holds as long as it is touched', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'gateway.lock');
  const elsewhere = JSON.stringify({ token: 'other', pid: 1, started: '1', namespace: 'pid:[1]' });
  for (const content of [elsewhere, '']) {
    await writeFile(path, content);
    await assert.rejects(lockDataFolder(folder), /is in use by process (1|\(unknown\)):/);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(path, longAgo, longAgo);
    await (await lockDataFolder(folder))();
  }
});
