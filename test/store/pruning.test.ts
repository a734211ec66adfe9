import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../src/store/database.ts';
import { openPruning, type Pruning } from '../../src/store/pruning.ts';
import { ageBy } from '../support/ages.ts';
import { hasPostgres, postgres, testOnEachDatabase } from '../support/database.ts';
import {
  delivered,
  open,
  openSession,
  openStore,
  payment,
  paymentKey,
  rowsOf,
  type Store,
  whenReleased,
} from './support.ts';

const dayMs = 86_400_000;
const start = { transaction: 0n, id: 0n };

function open90Days(database: Database, batchSize = 1_000): Pruning {
  return openPruning(database, { changeMaxAgeMs: 90 * dayMs, webhookMaxAgeMs: 90 * dayMs, batchSize });
}

/** So many versions of one payment; some of them the news of something else. */
async function tellVersions({ ledger }: Store, id: string, count: number, account = ''): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    const words = { description: `word ${n}` };
    await ledger.observe(delivered(`${id} ${n}`, [payment(id, 'PENDING', words, n)], {}, account));
  }
}

/** The versions of a payment that the log still has. */
async function versionsOf({ reads }: Store, id: string, account = ''): Promise<number[]> {
  return (await reads.changesAfter(paymentKey(id, account), 0, 1_000)).map(({ version }) => version);
}

testOnEachDatabase('of what is too old the last change of each resource is kept', async (t, place) => {
  const store = await openStore(t, place);
  await tellVersions(store, 'py-old', 4);
  await tellVersions(store, 'py-both', 4);
  await tellVersions(store, 'py-young', 4);
  await ageBy(store.database, 91, `"resourceId" = 'py-old' OR "resourceId" = 'py-both' AND version <= 3`);
  await ageBy(store.database, 89, `"resourceId" = 'py-young'`);
  await whenReleased(store.reads, '', 12);
  const pruned = await open90Days(store.database, 2).prune();
  assert.deepEqual(pruned, { changes: 5, webhooks: 0, unapplied: 0 });
  assert.deepEqual(await versionsOf(store, 'py-old'), [4]);
  assert.deepEqual(await versionsOf(store, 'py-both'), [3, 4]);
  assert.deepEqual(await versionsOf(store, 'py-young'), [1, 2, 3, 4]);
  assert.equal((await open90Days(store.database, 2).prune()).changes, 0);
});

testOnEachDatabase('the last change that had a cause is kept as long as it is the last', async (t, place) => {
  const store = await openStore(t, place);
  await tellVersions(store, 'py-1', 5);
  const cause = (versions: string) =>
    store.database.prisma.$executeRawUnsafe(
      `UPDATE "Change" SET "causeType" = 'Refund', "causeId" = 'rfd-' || version WHERE version IN (${versions})`,
    );
  await cause('1, 2');
  await ageBy(store.database, 91);
  await whenReleased(store.reads, '', 5);
  await open90Days(store.database, 2).prune();
  assert.deepEqual(await versionsOf(store, 'py-1'), [2, 5]);
  assert.equal((await store.reads.lastCaused(paymentKey('py-1'), 5))?.cause?.id, 'rfd-2');
  await cause('5');
  await open90Days(store.database, 2).prune();
  assert.deepEqual(await versionsOf(store, 'py-1'), [5]);
});

testOnEachDatabase(
  'a cursor from before what was removed has expired, whatever its filter; one from after it goes on',
  async (t, place) => {
    const store = await openStore(t, place);
    for (const account of ['', 'other', 'young']) await tellVersions(store, 'py-1', 3, account);
    await ageBy(store.database, 91, `account <> 'young'`);
    for (const account of ['', 'other', 'young']) await whenReleased(store.reads, account, 3);
    const places = (await store.reads.activityAfter('other', start, {}, 10)).map((change) => change.place);
    await open90Days(store.database, 1).prune();

    for (const from of [start, places[0] ?? start]) {
      for (const filter of [{}, { kinds: ['REFUND'] } as const]) {
        await assert.rejects(store.reads.activityAfter('other', from, filter, 10), { code: 'CURSOR_EXPIRED' });
      }
    }
    const rest = await store.reads.activityAfter('other', places[1] ?? start, {}, 10);
    assert.deepEqual(
      rest.map(({ version }) => version),
      [3],
    );
    assert.deepEqual(await store.reads.head('other'), places[2]);
    assert.equal((await store.reads.activityAfter('young', start, {}, 10)).length, 3);
  },
);

testOnEachDatabase('what is removed late doesn’t take the horizon back', async (t, place) => {
  const store = await openStore(t, place);
  await tellVersions(store, 'py-1', 2);
  await tellVersions(store, 'py-2', 2);
  await ageBy(store.database, 91);
  await whenReleased(store.reads, '', 4);
  assert.equal((await open90Days(store.database).prune()).changes, 2);
  const horizon = await store.database.prisma.horizon.findMany();
  await store.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED', {}, 9)]));
  await ageBy(store.database, 91, `version = 3`);
  assert.equal((await open90Days(store.database).prune()).changes, 1);
  assert.deepEqual(await versionsOf(store, 'py-1'), [3]);
  assert.deepEqual(await store.database.prisma.horizon.findMany(), horizon);
});

testOnEachDatabase('a webhook is kept for its time since the last delivery, account by account', async (t, place) => {
  const store = await openStore(t, place);
  for (const account of ['', 'a', 'b', 'c']) {
    for (let n = 0; n < 5; n += 1) {
      await store.ledger.observe(delivered(`${n}`, [payment(`py-${n}`, 'PENDING')], {}, account));
    }
  }
  const age = (days: number, column: string, where: string) =>
    store.database.prisma.$executeRawUnsafe(
      `UPDATE "WebhookEvent" SET "${column}" = "${column}" - interval '${days} days' WHERE ${where}`,
    );
  await age(91, 'receivedAt', `account <> 'b'`);
  await age(91, 'lastReceivedAt', `account <> 'b' AND NOT (account = 'c' AND "subjectId" IN ('py-1', 'py-2'))`);
  const pruned = await open90Days(store.database, 2).prune();
  assert.deepEqual(pruned, { changes: 0, webhooks: 13, unapplied: 0 });
  for (const [account, ids] of [
    ['', []],
    ['a', []],
    ['b', ['py-0', 'py-1', 'py-2', 'py-3', 'py-4']],
    ['c', ['py-1', 'py-2']],
  ] as const) {
    const kept = await store.reads.webhookEvents(account, {}, 10);
    assert.deepEqual(kept.map(({ subject }) => subject?.id).sort(), ids);
  }
});

testOnEachDatabase(
  'a webhook that is still to be read again is kept; a dead letter goes and is counted',
  async (t, place) => {
    const store = await openStore(t, place);
    const unread = { outcome: 'FAILED', reason: 'a fault of ours' } as const;
    await store.ledger.observe(delivered('waiting', [], { unread }));
    await store.ledger.observe(delivered('dead', [], { unread }));
    await store.database.prisma.$executeRaw`
    UPDATE "WebhookEvent" SET "receivedAt" = now() - interval '91 days', "lastReceivedAt" = now() - interval '91 days',
      "retryAt" = CASE WHEN body = 'waiting'::bytea THEN now() END`;
    assert.deepEqual(await open90Days(store.database).prune(), { changes: 0, webhooks: 1, unapplied: 1 });
    const kept = await store.reads.webhookEvents('', {}, 10);
    assert.deepEqual(
      kept.map(({ body }) => Buffer.from(body).toString()),
      ['waiting'],
    );
  },
);

testOnEachDatabase('a webhook that comes again after it was pruned changes nothing', async (t, place) => {
  const store = await openStore(t, place);
  await tellVersions(store, 'py-1', 3);
  await store.database.prisma.$executeRaw`
    UPDATE "WebhookEvent" SET "receivedAt" = now() - interval '91 days', "lastReceivedAt" = now() - interval '91 days'`;
  await ageBy(store.database, 91);
  await whenReleased(store.reads, '', 3);
  assert.deepEqual(await open90Days(store.database).prune(), { changes: 2, webhooks: 3, unapplied: 0 });
  const before = [await rowsOf(store.database, 'Resource'), await rowsOf(store.database, 'Change')];
  await tellVersions(store, 'py-1', 3);
  assert.deepEqual([await rowsOf(store.database, 'Resource'), await rowsOf(store.database, 'Change')], before);
  const outcomes = (await store.reads.webhookEvents('', {}, 10)).map(({ outcome }) => outcome);
  assert.deepEqual(new Set(outcomes), new Set(['DUPLICATE']));
});

test('what activity has not released yet is not removed', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const store = await openStore(t, place);
  const slow = await openSession(t, place.environment.DATABASE_URL);
  await slow.query('BEGIN');
  await slow.query('SELECT pg_current_xact_id()');
  await tellVersions(store, 'py-1', 3);
  await ageBy(store.database, 91);
  assert.equal((await open90Days(store.database).prune()).changes, 0);
  await slow.query('COMMIT');
  await whenReleased(store.reads, '', 3);
  assert.equal((await open90Days(store.database).prune()).changes, 2);
});

test('one instance prunes at a time, and two that go on together remove each change once', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const store = await openStore(t, place);
  const other = await open(t, place);
  await tellVersions(store, 'py-1', 50);
  await ageBy(store.database, 91);
  await whenReleased(store.reads, '', 50);

  const holder = await openSession(t, place.environment.DATABASE_URL);
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE "Horizon"');
  const pruning = open90Days(store.database, 5).prune();
  const isWaiting = `SELECT FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted`;
  while ((await holder.query(isWaiting)).rowCount === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await open90Days(other).prune(), { changes: 0, webhooks: 0, unapplied: 0 });
  await holder.query('ROLLBACK');

  const rounds = [
    pruning,
    ...Array.from({ length: 20 }, (_, n) => open90Days(n % 2 ? other : store.database, 5).prune()),
  ];
  const removed = (await Promise.all(rounds)).reduce((sum, { changes }) => sum + changes, 0);
  const last = await open90Days(other, 5).prune();
  assert.equal(removed + last.changes, 49);
  assert.deepEqual(await versionsOf(store, 'py-1'), [50]);
});

testOnEachDatabase('it stops between two transactions when it is told to', async (t, place) => {
  const store = await openStore(t, place);
  await tellVersions(store, 'py-1', 9);
  await ageBy(store.database, 91);
  await whenReleased(store.reads, '', 9);
  let asked = 0;
  const pruned = await open90Days(store.database, 2).prune(() => ++asked > 2);
  assert.equal(pruned.changes, 4);
});
