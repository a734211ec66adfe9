import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { hasPostgres, postgres } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { remotePostgres } from '../support/remote-postgres.ts';
import { delivered, openStore, payment, paymentKey } from './support.ts';

for (const ill of ['cut', 'silence'] as const) {
  const name = ill === 'cut' ? 'with the database gone' : 'with a database that falls silent';
  test(`${name}, observe rejects within five seconds, and succeeds when it is back`, async (t) => {
    const remote = await remotePostgres(t);
    if (remote === undefined) return;
    const { ledger, reads } = await openStore(t, remote.place);
    await ledger.observe(delivered('before', [payment('py-1', 'PENDING')]));

    remote.line[ill]();
    const began = performance.now();
    const waiting = ['a', 'b', 'c'].map((words) => ledger.observe(delivered(words, [payment('py-1', 'SUCCEEDED')])));
    await Promise.all(waiting.map((observed) => assert.rejects(observed, { code: 'STORE_UNAVAILABLE' })));
    assert.ok(performance.now() - began < 5_000, `${performance.now() - began} ms`);
    await assert.rejects(reads.ping(), { code: 'STORE_UNAVAILABLE' });

    remote.line.restore();
    const after = await ledger.observe(delivered('a', [payment('py-1', 'SUCCEEDED')]));
    assert.equal(after.outcome, 'APPLIED');
    assert.equal((await reads.find(paymentKey('py-1')))?.resource.version, 2);
  });
}

test('a database that falls silent in the middle of a commit is given up within five seconds', async (t) => {
  const remote = await remotePostgres(t);
  if (remote === undefined) return;
  const { ledger } = await openStore(t, remote.place);
  const blocker = new Client({ connectionString: remote.direct });
  await blocker.connect();
  await blocker.query('BEGIN; LOCK TABLE "Change"');

  const began = performance.now();
  const observed = ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  const refused = assert.rejects(observed, { code: 'STORE_UNAVAILABLE' });
  const waiting = `SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted AND relation = '"Change"'::regclass`;
  await eventually('the commit waits', async () => (await blocker.query(waiting)).rows[0].count > 0);
  remote.line.silence();
  await refused;
  assert.ok(performance.now() - began < 5_000, `${performance.now() - began} ms`);

  await blocker.end();
  remote.line.restore();
  assert.equal((await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]))).outcome, 'APPLIED');
});

test('a change whose commit lost its answer is told with the next commit', async (t) => {
  const remote = await remotePostgres(t);
  if (remote === undefined) return;
  const { ledger, reads, told } = await openStore(t, remote.place);
  await ledger.observe(delivered('before', [payment('py-0', 'PENDING')]));
  remote.line.cutAfter('COMMIT');
  const lost = ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  await assert.rejects(lost, { code: 'STORE_UNAVAILABLE' });
  remote.line.restore();
  const direct = await openStore(t, {
    ...remote.place,
    environment: { ...remote.place.environment, DATABASE_URL: remote.direct },
  });
  const isKept = async () => (await direct.reads.find(paymentKey('py-1'))) !== undefined;
  await eventually('the commit has happened', isKept);

  await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  assert.deepEqual(
    told.flat().map(({ id }) => id),
    ['py-0', 'py-1'],
  );
  assert.equal((await reads.changesAfter(paymentKey('py-1'), 0, 10)).length, 1);
});

test('times are read as they were told, whatever time zone the server keeps', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const name = new URL(place.environment.DATABASE_URL ?? '').pathname.slice(1);
  const first = await openStore(t, place);
  await first.database.prisma.$executeRawUnsafe(`ALTER DATABASE ${name} SET timezone = 'Asia/Jakarta'`);
  const { ledger, reads } = await openStore(t, place);
  const receivedAt = new Date('2024-01-01T00:00:00.123Z');
  const { eventId } = await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')], { receivedAt }));

  assert.deepEqual((await reads.webhookEvent('', eventId ?? ''))?.receivedAt, receivedAt);
  const ageMs = Date.now() - ((await reads.find(paymentKey('py-1')))?.observedAt.getTime() ?? 0);
  assert.ok(ageMs >= 0 && ageMs < 10_000, `${ageMs} ms`);
});
