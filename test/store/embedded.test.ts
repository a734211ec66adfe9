import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { emptyDatabase, openEmbedded } from '../../src/store/embedded.ts';
import { temporaryFolder } from '../support/database.ts';

const house = join(import.meta.dirname, '../..');

interface Opener {
  child: ChildProcess;
  /** `open`, or why not. */
  said: string;
}

/** Opens a folder in a process of its own, which stays until it is killed or the test is over. */
async function openElsewhere(t: TestContext, folder: string, root = house): Promise<Opener> {
  const module = JSON.stringify(join(root, 'src/store/embedded.ts'));
  const script = `
    import { openEmbedded } from ${module};
    await openEmbedded(${JSON.stringify(folder)}).then(() => console.log('open'), (error) => console.log(error.message));
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
}

async function killed({ child }: Opener): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function countKeys(folder: string): Promise<number> {
  const { pglite, close } = await openEmbedded(folder);
  const { rows } = await pglite.query<{ count: number }>('SELECT count(*)::int AS count FROM "OnceKey"');
  await close();
  return rows[0]?.count ?? 0;
}

const addKey = `INSERT INTO "OnceKey" VALUES ('', 'o', 'k', 'f', 'STARTED', 'r', NULL, now(), now(), '{}')`;

test('what was written is there after closing and opening again', async (t) => {
  const folder = join(await temporaryFolder(t), 'not', 'yet', 'there');
  const { pglite, close } = await openEmbedded(folder);
  await pglite.exec(addKey);
  await close();
  assert.equal(await countKeys(folder), 1);
  assert.deepEqual((await readdir(folder)).sort(), ['postgres']);
});

test('a second opening in the same process is refused, and says why', async (t) => {
  const folder = await temporaryFolder(t);
  const { close } = await openEmbedded(folder);
  await assert.rejects(openEmbedded(folder), new RegExp(`${folder} is in use by process ${process.pid}: .*DATA_DIR`));
  await close();
  await (await openEmbedded(folder)).close();
});

test('a folder that another process has open is refused, and taken over once that one was killed', async (t) => {
  const folder = await temporaryFolder(t);
  const other = await openElsewhere(t, folder);
  assert.equal(other.said, 'open');
  await assert.rejects(openEmbedded(folder), new RegExp(`in use by process ${other.child.pid}:`));

  await killed(other);
  const { close } = await openEmbedded(folder);
  const third = await openElsewhere(t, folder);
  assert.match(third.said, new RegExp(`in use by process ${process.pid}:`));
  await close();
});

test('a database that was left half-made is made anew', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'postgres.making', 'base'), { recursive: true });
  await writeFile(join(folder, 'postgres.making', 'PG_VERSION'), '17');
  assert.equal(await countKeys(folder), 0);
  assert.deepEqual((await readdir(folder)).sort(), ['postgres']);
});

test('without the prepared database it is made from scratch', async (t) => {
  const root = await temporaryFolder(t);
  await cp(join(house, 'src'), join(root, 'src'), { recursive: true });
  await cp(join(house, 'prisma/migrations'), join(root, 'prisma/migrations'), { recursive: true });
  await cp(join(house, 'package.json'), join(root, 'package.json'));
  await symlink(join(house, 'node_modules'), join(root, 'node_modules'));
  const folder = join(root, 'data');
  const other = await openElsewhere(t, folder, root);
  assert.equal(other.said, 'open');
  await killed(other);
  assert.equal(await countKeys(folder), 0);
});

test('whoever runs a gateway may copy the prepared database, and nobody else may read the copy', async (t) => {
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
  const entries = await readdir(emptyDatabase, { recursive: true, withFileTypes: true });
  const closed: string[] = [];
  for (const one of entries.filter((entry) => entry.isFile())) {
    if ((await modeOf(join(one.parentPath, one.name))) !== 0o644) closed.push(one.name);
  }
  assert.deepEqual(closed, []);
  const folder = await temporaryFolder(t);
  await (await openEmbedded(folder)).close();
  assert.equal(await modeOf(join(folder, 'postgres')), 0o700);
});
