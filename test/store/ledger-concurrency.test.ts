import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client } from 'pg';
import { keyText } from '../../src/model/resource.ts';
import { hasPostgres, postgres, type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { delivered, openSession, openStore, payment, paymentKey, type Store } from './support.ts';

/** How many wait for what another transaction has locked by its name. */
const waiting = `SELECT count(*)::int AS count FROM pg_locks JOIN pg_database d ON d.oid = database
  WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`;

/** The versions in a resource's log, oldest first. */
async function versions({ reads }: Pick<Store, 'reads'>, id: string): Promise<number[]> {
  return (await reads.changesAfter(paymentKey(id), 0, 1_000)).map(({ version }) => version);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

testOnEachDatabase('two hundred deliveries at once are all committed, with gapless versions', async (t, place) => {
  const store = await openStore(t, place, { groupSize: 30 });
  const reports = upTo(200).map((n) => {
    const id = `py-${n % 20}`;
    return delivered(`${n}`, [payment(id, 'PENDING', { description: `word ${n}` }, Math.floor(n / 20))]);
  });
  const receipts = await Promise.all(reports.map((report) => store.ledger.observe(report)));

  assert.deepEqual(new Set(receipts.map(({ outcome }) => outcome)), new Set(['APPLIED']));
  assert.equal((await store.reads.webhookEvents('', {}, 1_000)).length, 200);
  for (let n = 0; n < 20; n += 1) {
    assert.deepEqual(await versions(store, `py-${n}`), upTo(10));
    const [latest] = await store.reads.changesAfter(paymentKey(`py-${n}`), 9, 1);
    assert.deepEqual((await store.reads.find(paymentKey(`py-${n}`)))?.resource, latest?.resource);
  }
  assert.equal(store.told.flat().length, 200);
  assert.ok(store.told.length < 20, 'committed in groups');
});

test('two ledgers on one Postgres that hear the same at once give each change once', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [one, other] = [await openStore(t, place, { groupSize: 7 }), await openStore(t, place, { groupSize: 5 })];
  const reports = upTo(100).map((n) =>
    delivered(`${n}`, [payment(`py-${n % 5}`, 'PENDING', { description: `word ${n}` }, n % 60)]),
  );
  const all = [
    ...reports.map((report) => one.ledger.observe(report)),
    ...reports.toReversed().map((report) => other.ledger.observe(report)),
  ];
  const changes = (await Promise.all(all)).flatMap(({ changed }) => changed);

  for (let n = 0; n < 5; n += 1) {
    const log = await one.reads.changesAfter(paymentKey(`py-${n}`), 0, 1_000);
    assert.deepEqual(
      log.map(({ version }) => version),
      upTo(log.length),
    );
    assert.equal(log.length, changes.filter(({ id }) => id === `py-${n}`).length);
    const words = log.map(({ resource }) => ('description' in resource ? resource.description : undefined));
    assert.equal(new Set(words).size, words.length, 'nothing was told twice');
  }
  const events = await one.reads.webhookEvents('', {}, 1_000);
  assert.deepEqual(new Set(events.map(({ deliveries }) => deliveries)), new Set([2]));
  assert.equal(events.length, 100);
});

/** A Postgres on which the ledger waits for so long for what another has locked. */
async function waitingFor(t: TestContext, waitMs: number): Promise<TestDatabase> {
  const place = await postgres(t);
  return { ...place, environment: { ...place.environment, DATABASE_WAIT_TIMEOUT_MS: String(waitMs) } };
}

test('a resource that another instance is committing is waited for, before anything is read of it', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await waitingFor(t, 3_000);
  const { ledger, reads } = await openStore(t, place);
  await ledger.observe(delivered('pending', [payment('py-1', 'PENDING')]));
  const other = new Client({ connectionString: place.environment.DATABASE_URL });
  await other.connect();
  await other.query('BEGIN');
  await other.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [keyText(paymentKey('py-1'))]);

  const observed = ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  await eventually('the ledger waits', async () => (await other.query(waiting)).rows[0].count > 0);
  const known = await reads.find(paymentKey('py-1'));
  const row = { ...known?.resource, type: 'Payment', version: 7, stamp: '', fields: {}, olderStamps: {} };
  await other.query('UPDATE "Resource" SET data = $1', [JSON.stringify(row)]);
  await other.query('COMMIT');
  await other.end();
  assert.partialDeepStrictEqual((await observed).resources, [{ status: 'SUCCEEDED', version: 8 }]);
});

test('while one resource is waited for, what is said of others is committed, and of that one in order', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await waitingFor(t, 3_000);
  const { ledger, reads } = await openStore(t, place);
  const other = await openSession(t, place.environment.DATABASE_URL);
  await other.query('BEGIN');
  await other.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [keyText(paymentKey('py-1'))]);

  const first = ledger.observe(delivered('first', [payment('py-1', 'PENDING')]));
  await eventually('the ledger waits', async () => (await other.query(waiting)).rows[0].count > 0);
  const second = ledger.observe(delivered('second', [payment('py-1', 'SUCCEEDED')]));
  const [free] = (await ledger.observe(delivered('free', [payment('py-2', 'SUCCEEDED')]))).resources;
  assert.equal(free?.version, 1);
  assert.equal(await reads.find(paymentKey('py-1')), undefined);

  await other.query('COMMIT');
  assert.partialDeepStrictEqual((await first).resources, [{ status: 'PENDING', version: 1 }]);
  assert.partialDeepStrictEqual((await second).resources, [{ status: 'SUCCEEDED', version: 2 }]);
});

test('while others are committed, resources that are held are no sign that the database is away', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await waitingFor(t, 200);
  const { ledger } = await openStore(t, place);
  const other = await openSession(t, place.environment.DATABASE_URL);
  await other.query('BEGIN');
  for (const id of ['py-1', 'py-2'])
    await other.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [keyText(paymentKey(id))]);

  const observe = (id: string) => ledger.observe(delivered(id, [payment(id, 'SUCCEEDED')]));
  let isOver = false;
  const group = Promise.allSettled(['py-1', 'py-2', 'py-3'].map(observe)).finally(() => {
    isOver = true;
  });
  await eventually('the ledger waits', async () => (await other.query(waiting)).rows[0].count > 0);
  for (let n = 0; !isOver; n += 1) await Promise.all([1, 2, 3].map((m) => observe(`other-${n}-${m}`)));
  const outcomes = (await group).map(({ status }) => status);
  assert.deepEqual(outcomes, ['rejected', 'rejected', 'fulfilled']);
});
