import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasPostgres, postgres } from '../support/database.ts';
import { delivered, openSession, openStore, payment, whenReleased } from './support.ts';

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

  await slow.query(`INSERT INTO "Change" (account, type, "resourceId", version, kind, "toStatus", origin, snapshot, "occurredAt")
    VALUES ('', 'Payment', 'py-slow', 1, 'CREATED', 'PENDING', 'WEBHOOK', '{"id":"py-slow"}', now())`);
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
