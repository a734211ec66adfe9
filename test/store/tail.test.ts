import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLedger } from '../../src/store/ledger.ts';
import { openTail } from '../../src/store/tail.ts';
import { hasPostgres, postgres, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { delivered, open, openSession, openStore, payment } from './support.ts';

testOnEachDatabase(
  'a look tells what has changed since the last one, once, with its newest version',
  async (t, place) => {
    const { database, ledger } = await openStore(t, place);
    const tail = openTail(database);
    assert.equal((await tail.look([''])).changed, undefined, 'where the log stood before isn’t known');
    assert.deepEqual((await tail.look([''])).changed, []);

    await ledger.observe(delivered('one', [payment('py-1', 'PENDING')]));
    await ledger.observe(delivered('two', [payment('py-1', 'SUCCEEDED')]));
    await ledger.observe(delivered('other', [payment('py-2', 'PENDING')]));
    const news = (await tail.look([''])).changed?.map(({ id, version }) => `${id} ${version}`);
    assert.deepEqual(news?.sort(), ['py-1 2', 'py-2 1']);
    assert.deepEqual((await tail.look([''])).changed, []);
  },
);

testOnEachDatabase('a look tells of the accounts that it is asked about', async (t, place) => {
  const { database, ledger } = await openStore(t, place);
  const tail = openTail(database);
  await tail.look(['mine']);
  await ledger.observe(delivered('theirs', [payment('py-1', 'PENDING')], {}, 'theirs'));
  assert.deepEqual((await tail.look(['mine'])).changed, []);
  await ledger.observe(delivered('mine', [payment('py-1', 'PENDING')], {}, 'mine'));
  assert.deepEqual(
    (await tail.look(['mine', 'theirs'])).changed?.map(({ account }) => account),
    ['mine'],
  );
});

test('the first look knows what is held back, though it was committed before', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const { database, ledger } = await openStore(t, place);
  const slow = await openSession(t, place.environment.DATABASE_URL);
  await slow.query('BEGIN');
  await slow.query('SELECT pg_current_xact_id()');
  await ledger.observe(delivered('fast', [payment('py-fast', 'PENDING')]));
  const tail = openTail(database);
  assert.equal((await tail.look([''])).isHeldBack, true);
  await slow.query('COMMIT');
  await eventually('it is released', async () => !(await tail.look([''])).isHeldBack);
});

test('what was there when nobody listened, and has been released since, is told of', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const { database, ledger } = await openStore(t, place);
  const slow = await openSession(t, place.environment.DATABASE_URL);
  const tail = openTail(database);
  await slow.query('BEGIN');
  await slow.query('SELECT pg_current_xact_id()');
  await ledger.observe(delivered('fast', [payment('py-fast', 'PENDING')]));
  await tail.look([]);
  await slow.query('COMMIT');
  await eventually('it is released', async () => (await tail.look([''])).isReleased);
  assert.partialDeepStrictEqual(await tail.look(['']), { changed: [], isHeldBack: false, isReleased: false });
});

test('what is committed late by a transaction that began early is told, though later ones were told before', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const { database, ledger } = await openStore(t, place);
  const slow = await openSession(t, place.environment.DATABASE_URL);
  const tail = openTail(database);
  await tail.look(['']);

  await slow.query('BEGIN');
  await slow.query(`INSERT INTO "Change" (account, type, "resourceId", version, kind, "toStatus", origin, snapshot, "occurredAt")
    VALUES ('', 'Payment', 'py-slow', 1, 'CREATED', 'PENDING', 'WEBHOOK', '{"id":"py-slow"}', now())`);
  await ledger.observe(delivered('fast', [payment('py-fast', 'PENDING')]));
  const early = await tail.look(['']);
  assert.deepEqual(
    early.changed?.map(({ id }) => id),
    ['py-fast'],
  );
  assert.equal(early.isHeldBack, true, 'the slow one may still put something before it');
  const { changed, isHeldBack } = await tail.look(['']);
  assert.deepEqual({ changed, isHeldBack }, { changed: [], isHeldBack: true });

  await slow.query('COMMIT');
  const late = await tail.look(['']);
  assert.deepEqual(
    late.changed?.map(({ id }) => id),
    ['py-slow'],
  );
});

test('many writers on two instances: every version is told by one look or another', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [one, two, watching] = [await open(t, place), await open(t, place), await open(t, place)];
  const tail = openTail(watching);
  await tail.look(['']);
  const writing = [one, two].map(async (database, instance) => {
    const ledger = openLedger(database, { onCommit: () => undefined, groupSize: 3 });
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        ledger.observe(delivered(`${instance} ${n}`, [payment(`py-${instance}-${n}`, 'PENDING')])),
      ),
    );
  });
  const told: string[] = [];
  const finished = Promise.all(writing).then(() => true);
  while (!(await Promise.race([finished, false]))) {
    for (const { id } of (await tail.look([''])).changed ?? []) told.push(id);
  }
  for (const { id } of (await tail.look([''])).changed ?? []) told.push(id);
  assert.equal(told.length, 200);
  assert.equal(new Set(told).size, 200);
});
