import assert from 'node:assert/strict';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEpoch } from '../../src/store/epoch.ts';
import { embedded, hasPostgres, postgres, testOnEachDatabase } from '../support/database.ts';
import { delivered, open, openStore, payment, whenReleased } from './support.ts';

testOnEachDatabase('an epoch outlives its process', async (t, place) => {
  const first = await open(t, place);
  const epoch = await openEpoch(first);
  assert.match(epoch.current(), /^[0-9a-f]{16}$/);
  assert.equal(await epoch.check(), false);
  const known = epoch.current();
  if (place.kind === 'embedded') return;
  assert.equal((await openEpoch(await open(t, place))).current(), known);
});

testOnEachDatabase('two databases have two epochs', async (t, place) => {
  const other = place.kind === 'embedded' ? await embedded(t) : await postgres(t);
  const epochs = [await openEpoch(await open(t, place)), await openEpoch(await open(t, other))];
  assert.notEqual(epochs[0]?.current(), epochs[1]?.current());
});

test('a table that was restored from a dump begins another epoch, which every instance sees', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [one, two] = [await open(t, place), await open(t, place)];
  const epochs = [await openEpoch(one), await openEpoch(two)] as const;
  const before = epochs[0].current();
  await one.prisma.$executeRaw`CREATE TABLE copy (LIKE "Change" INCLUDING ALL)`;
  await one.prisma.$executeRaw`ALTER TABLE "Change" RENAME TO lost`;
  await one.prisma.$executeRaw`ALTER TABLE copy RENAME TO "Change"`;
  assert.deepEqual(await Promise.all(epochs.map((epoch) => epoch.check())), [true, true]);
  assert.notEqual(epochs[0].current(), before);
  assert.equal(epochs[1].current(), epochs[0].current());
  assert.equal(await epochs[0].check(), false);
});

test('an embedded database that a copy was put in place of begins another epoch', async (t) => {
  const place = await embedded(t);
  const folder = join(place.environment.DATA_DIR, 'postgres');
  const database = await open(t, place);
  const before = (await openEpoch(database)).current();
  await database.close();
  await cp(folder, `${folder}.backup`, { recursive: true });
  const again = await open(t, place);
  assert.equal((await openEpoch(again)).current(), before);
  await again.close();

  await rename(`${folder}.backup`, `${folder}.copy`);
  await rm(folder, { recursive: true });
  await rename(`${folder}.copy`, folder);
  assert.notEqual((await openEpoch(await open(t, place))).current(), before);
});

testOnEachDatabase('a log that was restored into a younger cluster is released, in its order', async (t, place) => {
  const { database, ledger, reads } = await openStore(t, place);
  const before = (await openEpoch(database)).current();
  const ids = Array.from({ length: 5 }, (_, n) => `py-${n}`);
  for (const id of ids) await ledger.observe(delivered(id, [payment(id, 'PENDING')]));
  // Its transactions are far ahead of those of the cluster that it is in now.
  await database.prisma.$executeRaw`UPDATE "Change" SET transaction = transaction + 1000000000`;
  await database.prisma.$executeRaw`INSERT INTO "Horizon" VALUES ('', 1000000000, 1)`;
  await database.prisma.$executeRaw`UPDATE "Epoch" SET fingerprint = 'of the cluster that it came from'`;

  assert.notEqual((await openEpoch(database)).current(), before);
  await ledger.observe(delivered('new', [payment('py-new', 'PENDING')]));
  await whenReleased(reads, '', 6);
  const told = await reads.activityAfter('', { transaction: 0n, id: 0n }, {}, 10);
  assert.deepEqual(
    told.map(({ resource }) => resource.id),
    [...ids, 'py-new'],
  );
});
