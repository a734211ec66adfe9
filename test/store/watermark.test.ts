import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasPostgres, postgres } from '../support/database.ts';
import { delivered, openSession, openStore, payment, whenReleased } from './support.ts';

const insertChange = `INSERT INTO "Change" (account, type, "resourceId", version, kind, "toStatus", origin, snapshot, "occurredAt")
  VALUES ('', 'Payment', $1, 1, 'CREATED', 'PENDING', 'WEBHOOK', json_build_object('id', $1::text)::text, now())`;

test('activity is not released past a transaction that could still add to what comes before it', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const { ledger, reads } = await openStore(t, place);
  const slow = await openSession(t, place.environment.DATABASE_URL);
  const start = await reads.head('');
  const released = async () => (await reads.activityAfter('', start, {}, 10)).map(({ resource }) => resource.id);

  await slow.query('BEGIN');
  await slow.query('SELECT pg_current_xact_id()');
  await ledger.observe(delivered('fast', [payment('py-fast', 'PENDING')]));
  assert.deepEqual(await released(), []);
  assert.deepEqual(await reads.activityBefore('', undefined, {}, 10), []);
  assert.deepEqual(await reads.head(''), start);

  await slow.query(insertChange, ['py-slow']);
  await slow.query('COMMIT');
  await whenReleased(reads, '', 2);
  assert.deepEqual(await released(), ['py-slow', 'py-fast'], 'though py-slow has the higher id');
});

test('activity does not wait for a transaction that only reads', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const { ledger, reads } = await openStore(t, place);
  const reader = await openSession(t, place.environment.DATABASE_URL);
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await reader.query('SELECT count(*) FROM "Change"');
  await ledger.observe(delivered('fast', [payment('py-fast', 'PENDING')]));
  await whenReleased(reads, '', 1);
});

test('reading on from the last id loses what concurrent writers commit late, and activity loses nothing', async (t) => {
  if (!(await hasPostgres(t))) return;
  const database = await postgres(t);
  const { reads } = await openStore(t, database);
  const onlooker = await openSession(t, database.environment.DATABASE_URL);
  const names = ['py-1', 'py-2', 'py-3', 'py-4'];
  const writers = await Promise.all(names.map(() => openSession(t, database.environment.DATABASE_URL)));

  let lastId = '0';
  const naive: string[] = [];
  const readNaively = async () => {
    const { rows } = await onlooker.query('SELECT id, "resourceId" FROM "Change" WHERE id > $1 ORDER BY id', [lastId]);
    naive.push(...rows.map(({ resourceId }) => resourceId));
    lastId = rows.at(-1)?.id ?? lastId;
  };
  let place = await reads.head('');
  const told: string[] = [];
  const readActivity = async () => {
    for (const change of await reads.activityAfter('', place, {}, 10)) {
      told.push(change.resource.id);
      place = change.place;
    }
  };

  for (const [index, writer] of writers.entries()) {
    await writer.query('BEGIN');
    await writer.query(insertChange, [names[index]]);
  }
  for (const writer of writers.toReversed()) {
    await writer.query('COMMIT');
    await readNaively();
    await readActivity();
  }
  await whenReleased(reads, '', names.length);
  await readActivity();
  assert.deepEqual(naive, ['py-4'], 'the other three were committed under ids that had been passed');
  assert.deepEqual(told, names);
});
