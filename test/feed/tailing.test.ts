import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { activityAfter } from '../../src/feed/activity.ts';
import { changesAfter } from '../../src/feed/changes.ts';
import { createFeed, type Feed } from '../../src/feed/feed.ts';
import { startTailing, type Tailing } from '../../src/feed/tailing.ts';
import { createLog } from '../../src/log.ts';
import type { Database } from '../../src/store/database.ts';
import { openEpoch } from '../../src/store/epoch.ts';
import { type Ledger, openLedger } from '../../src/store/ledger.ts';
import { openReads, type Reads } from '../../src/store/reads.ts';
import { openTail, type Tail } from '../../src/store/tail.ts';
import { delivered, open, openSession, payment, paymentKey } from '../store/support.ts';
import { hasPostgres, postgres, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { remotePostgres } from '../support/remote-postgres.ts';

const start = { transaction: 0n, id: 0n };
const long = 3_600_000;

interface Watching {
  database: Database;
  feed: Feed;
  reads: Reads;
  tailing: Tailing;
}

/** An instance whose subscribers hear only what its tail finds. */
async function openWatching(t: TestContext, place: TestDatabase, pollMs: number): Promise<Watching> {
  const database = await open(t, place);
  const feed = createFeed();
  const tailing = startTailing(feed, openTail(database), await openEpoch(database), {
    pollMs,
    log: createLog('silent'),
  });
  t.after(() => tailing.close());
  t.after(() => feed.close());
  return { database, feed, reads: openReads(database), tailing };
}

/** An instance that only writes. */
async function openWriting(t: TestContext, place: TestDatabase): Promise<Ledger> {
  return openLedger(await open(t, place), { onCommit: () => undefined });
}

function watch({ feed, reads }: Watching, id: string) {
  return changesAfter(reads, feed.listen(paymentKey(id)), paymentKey(id), 0);
}

test('what another instance commits is told at a hint', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [watching, writing] = [await openWatching(t, place, long), await openWriting(t, place)];
  const changes = watch(watching, 'py-1');
  const first = changes.next();
  await eventually('somebody listens', () => watching.feed.listeners() === 1);
  // The first look knows of nothing before it, and wakes everybody.
  watching.tailing.look();

  await writing.observe(delivered('pending', [payment('py-1', 'PENDING')]));
  watching.tailing.look();
  assert.equal((await first).value?.to, 'PENDING');
  const second = changes.next();
  await writing.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  watching.tailing.look();
  assert.equal((await second).value?.to, 'SUCCEEDED');
});

test('what another instance commits is told without a hint, too', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [watching, writing] = [await openWatching(t, place, 50), await openWriting(t, place)];
  const changes = watch(watching, 'py-1');
  const activity = activityAfter(watching.reads, watching.feed, '', start, {});
  for (const [status, second] of [
    ['PENDING', 0],
    ['FAILED', 1],
    ['SUCCEEDED', 2],
  ] as const) {
    const waiting = [changes.next(), activity.next()];
    await writing.observe(delivered(status, [payment('py-1', status, {}, second)]));
    assert.deepEqual(
      (await Promise.all(waiting)).map(({ value }) => value?.to),
      [status, status],
    );
  }
  await activity.return(undefined);
});

test('activity that a running transaction holds back is told once that has ended, without a hint', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [watching, writing] = [await openWatching(t, place, 200), await openWriting(t, place)];
  const slow = await openSession(t, place.environment.DATABASE_URL);
  const activity = activityAfter(watching.reads, watching.feed, '', start, {});
  const told = activity.next();
  await slow.query('BEGIN');
  await slow.query('SELECT pg_current_xact_id()');
  await writing.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  // It has been seen, it is held back, and nothing new ever comes to the log.
  const resource = watch(watching, 'py-1');
  assert.equal((await resource.next()).value?.to, 'SUCCEEDED');
  await slow.query('COMMIT');
  assert.equal((await told).value?.resource.id, 'py-1');
  await activity.return(undefined);
});

test('activity that was committed when nobody listened is told to who comes while it is held back', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const database = await open(t, place);
  const [feed, reads, tail] = [createFeed(), openReads(database), openTail(database)];
  let looks = 0;
  const counted: Tail = {
    async look(accounts) {
      const news = await tail.look(accounts);
      looks += 1;
      return news;
    },
  };
  const options = { pollMs: 20, log: createLog('silent') };
  const tailing = startTailing(feed, counted, await openEpoch(database), options);
  t.after(() => tailing.close());
  const looksTwice = async () => {
    const before = looks;
    await eventually('the log was looked at', () => looks >= before + 2);
  };
  const slow = await openSession(t, place.environment.DATABASE_URL);
  await slow.query('BEGIN');
  await slow.query('SELECT pg_current_xact_id()');
  await (await openWriting(t, place)).observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  await looksTwice();

  const activity = activityAfter(reads, feed, '', start, {});
  const told = activity.next();
  await looksTwice();
  await slow.query('COMMIT');
  assert.equal((await told).value?.resource.id, 'py-1');
  await activity.return(undefined);
});

test('while the database is away streams wait, and go on when it is back', async (t) => {
  const remote = await remotePostgres(t);
  if (remote === undefined) return;
  const watching = await openWatching(t, remote.place, 50);
  const direct: TestDatabase = {
    kind: 'postgres',
    environment: { ...remote.place.environment, DATABASE_URL: remote.direct },
  };
  const writing = await openWriting(t, direct);
  await writing.observe(delivered('pending', [payment('py-1', 'PENDING')]));
  const changes = watch(watching, 'py-1');
  assert.equal((await changes.next()).value?.to, 'PENDING');
  const activity = activityAfter(watching.reads, watching.feed, '', start, {});
  assert.equal((await activity.next()).value?.to, 'PENDING');
  const waiting = [changes.next(), activity.next()];

  remote.line.cut();
  await assert.rejects(watching.reads.ping(), { code: 'STORE_UNAVAILABLE' });
  await writing.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  // A wake-up that comes now finds no database.
  watching.feed.wakeAll();
  await assert.rejects(watching.reads.ping(), { code: 'STORE_UNAVAILABLE' });
  remote.line.restore();
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ value }) => value?.to),
    ['SUCCEEDED', 'SUCCEEDED'],
  );
  await activity.return(undefined);
});

test('streams of a log that was restored behind them end and say so', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const watching = await openWatching(t, place, 20);
  const admin = await openSession(t, place.environment.DATABASE_URL);
  const streams = [watch(watching, 'py-1').next(), activityAfter(watching.reads, watching.feed, '', start, {}).next()];
  const ended = streams.map((stream) => assert.rejects(stream, { code: 'CURSOR_INVALID' }));
  await admin.query(
    'CREATE TABLE copy (LIKE "Change" INCLUDING ALL); ALTER TABLE "Change" RENAME TO lost; ALTER TABLE copy RENAME TO "Change"',
  );
  await Promise.all(ended);
  assert.equal(watching.feed.listeners(), 0);
});
