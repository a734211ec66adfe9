import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { activityAfter } from '../../src/feed/activity.ts';
import { changesAfter } from '../../src/feed/changes.ts';
import { createFeed, type Feed } from '../../src/feed/feed.ts';
import { startTailing } from '../../src/feed/tailing.ts';
import { createLog } from '../../src/log.ts';
import { toFollowed } from '../../src/model/following.ts';
import type { Change } from '../../src/store/change-log.ts';
import { openEpoch } from '../../src/store/epoch.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { openPruning } from '../../src/store/pruning.ts';
import { openReads } from '../../src/store/reads.ts';
import { openTail } from '../../src/store/tail.ts';
import { delivered, open, payment, paymentKey, type Store, whenReleased } from '../store/support.ts';
import { ageBy } from '../support/ages.ts';
import { type TestDatabase, testOnEachDatabase } from '../support/database.ts';

const start = { transaction: 0n, id: 0n };

interface Fed extends Pick<Store, 'database' | 'ledger' | 'reads'> {
  feed: Feed;
}

/** A ledger whose commits wake a feed. */
async function openFed(t: TestContext, place: TestDatabase): Promise<Fed> {
  const database = await open(t, place);
  const feed = createFeed();
  const options = { pollMs: 20, log: createLog('silent') };
  const tailing = startTailing(feed, openTail(database), await openEpoch(database), options);
  t.after(() => tailing.close());
  t.after(() => feed.close());
  return {
    database,
    feed,
    ledger: openLedger(database, { onCommit: (changed) => feed.wake(changed) }),
    reads: openReads(database),
  };
}

function watch({ feed, reads }: Fed, id: string, version = 0): AsyncGenerator<Change> {
  return changesAfter(reads, feed.listen(paymentKey(id)), paymentKey(id), version);
}

/** Takes what is handed over until no more is taken, at once or in its own time. */
function follow(changes: AsyncGenerator<Change>, take: (change: Change) => boolean | Promise<boolean>): Promise<void> {
  const followed = toFollowed(changes);
  return new Promise((resolve, reject) => {
    const goOn = (isMore: boolean) => (isMore ? followed.goOn() : void changes.return(undefined));
    followed.follow({
      take(change) {
        const isMore = take(change);
        if (isMore === true) return true;
        if (isMore === false) goOn(false);
        else isMore.then(goOn, reject);
        return false;
      },
      over: (fault) => (fault === undefined ? resolve() : reject(fault)),
    });
  });
}

async function versionsIn(changes: AsyncGenerator<Change>): Promise<number[]> {
  const versions: number[] = [];
  for await (const { version } of changes) versions.push(version);
  return versions;
}

function upTo(count: number, from = 1): number[] {
  return Array.from({ length: count - from + 1 }, (_, index) => index + from);
}

testOnEachDatabase('each version is told once and in order while commits go on', async (t, place) => {
  const fed = await openFed(t, place);
  const told = [0, 0, 1, 30].map((version) => versionsIn(watch(fed, 'py-1', version)));
  const count = 150;
  for (let n = 1; n < count; n += 1) {
    const observed = fed.ledger.observe(
      delivered(`${n}`, [payment('py-1', 'PENDING', { description: `word ${n}` }, n % 60)]),
    );
    if (n % 10 === 0) await observed;
  }
  await fed.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));

  const [first = [], ...others] = await Promise.all(told);
  const last = (await fed.reads.find(paymentKey('py-1')))?.resource.version ?? 0;
  assert.ok(last > 30);
  assert.deepEqual(first, upTo(last));
  assert.deepEqual(others, [upTo(last), upTo(last, 2), upTo(last, 31)]);
  assert.equal(fed.feed.listeners(), 0);
});

testOnEachDatabase('what is handed over is what would be pulled, until its taker leaves', async (t, place) => {
  const fed = await openFed(t, place);
  const words = Array.from({ length: 59 }, (_, n) => `word ${1_000 + n}`);
  const observe = (description: string) =>
    fed.ledger.observe(delivered(description, [payment('py-1', 'PENDING', { description })]));
  await Promise.all(words.map(observe));
  const handedOver = async (most: number) => {
    const versions: number[] = [];
    const take = ({ version }: Change): boolean => versions.push(version) < most;
    // One takes at once, the other takes its time.
    await follow(watch(fed, 'py-1'), most % 2 === 0 ? take : async (change: Change) => take(change));
    return versions;
  };
  const told = Promise.all([handedOver(1_000), handedOver(1_001), handedOver(30), handedOver(31)]);
  await fed.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  assert.deepEqual(await told, [upTo(60), upTo(60), upTo(30), upTo(31)]);
  assert.equal(fed.feed.listeners(), 0);
});

testOnEachDatabase('handing over ends when its stream is left, or its taker fails', async (t, place) => {
  const fed = await openFed(t, place);
  await fed.ledger.observe(delivered('pending', [payment('py-1', 'PENDING')]));
  const changes = watch(fed, 'py-1', 1);
  const waiting = follow(changes, () => assert.fail('there is nothing to take'));
  await changes.return(undefined);
  await waiting;
  const failing = follow(watch(fed, 'py-1'), () => {
    throw new Error('broken');
  });
  await assert.rejects(failing, { message: 'broken' });
  assert.equal(fed.feed.listeners(), 0);
});

testOnEachDatabase('more changes than one read brings are all told', async (t, place) => {
  const fed = await openFed(t, place);
  const words = Array.from({ length: 249 }, (_, n) => `word ${1_000 + n}`);
  const observing = words.map((description) =>
    fed.ledger.observe(delivered(description, [payment('py-1', 'PENDING', { description })])),
  );
  await Promise.all(observing);
  await fed.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  const versions = await versionsIn(watch(fed, 'py-1'));
  assert.deepEqual(versions, upTo(250));
});

testOnEachDatabase('a settled resource’s stream ends at once, after what came since', async (t, place) => {
  const fed = await openFed(t, place);
  await fed.ledger.observe(delivered('pending', [payment('py-1', 'PENDING')]));
  await fed.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  await fed.ledger.observe(delivered('told more', [payment('py-1', 'SUCCEEDED', { description: 'more' }, 1)]));
  assert.deepEqual(await versionsIn(watch(fed, 'py-1', 1)), [2, 3]);
  assert.deepEqual(await versionsIn(watch(fed, 'py-1', 3)), []);
  assert.equal(fed.feed.listeners(), 0);
});

testOnEachDatabase('a failed payment’s stream stays open, since money may still arrive', async (t, place) => {
  const fed = await openFed(t, place);
  await fed.ledger.observe(delivered('failed', [payment('py-1', 'FAILED')]));
  const changes = watch(fed, 'py-1');
  assert.equal((await changes.next()).value?.to, 'FAILED');
  const waiting = changes.next();
  await fed.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  assert.equal((await waiting).value?.to, 'SUCCEEDED');
  assert.equal((await changes.next()).done, true);
});

testOnEachDatabase('nobody is left listening after a thousand who came and went', async (t, place) => {
  const fed = await openFed(t, place);
  await fed.ledger.observe(delivered('pending', [payment('py-1', 'PENDING')]));
  for (let round = 0; round < 50; round += 1) {
    const streams = Array.from({ length: 20 }, () => watch(fed, 'py-1', round % 2));
    const first = streams.map((stream) => stream.next());
    if (round % 2 === 0) await Promise.all(first);
    const idle = streams.map((stream) => stream.next());
    await Promise.all(streams.map((stream) => stream.return(undefined)));
    await Promise.all([...first, ...idle]);
  }
  assert.equal(fed.feed.listeners(), 0);
});

testOnEachDatabase('activity tells every change of the account once, in the order of the log', async (t, place) => {
  const fed = await openFed(t, place);
  const changes = activityAfter(fed.reads, fed.feed, '', start, {});
  const reports = Array.from({ length: 120 }, (_, n) => delivered(`${n}`, [payment(`py-${n}`, 'PENDING')]));
  const theirs = fed.ledger.observe(delivered('theirs', [payment('py-0', 'PENDING')], {}, 'theirs'));
  const observing = Promise.all([theirs, ...reports.map((report) => fed.ledger.observe(report))]);
  const told: Change[] = [];
  while (told.length < 120) told.push((await changes.next()).value);
  await observing;
  assert.deepEqual(new Set(told.map(({ resource }) => resource.account)), new Set(['']));
  assert.equal(new Set(told.map(({ resource }) => resource.id)).size, 120);
  // How long ago each was recorded is measured anew by each read.
  const facts = (all: Change[]) => all.map(({ recordedAtMs: _, ...change }) => change);
  assert.deepEqual(facts(told), facts(await fed.reads.activityAfter('', start, {}, 1_000)));
  await changes.return(undefined);
  assert.equal(fed.feed.listeners(), 0);
});

testOnEachDatabase(
  'who waits for the same change is told the same object, so that its work can be shared',
  async (t, place) => {
    const fed = await openFed(t, place);
    await fed.ledger.observe(delivered('pending', [payment('py-1', 'PENDING')]));
    const streams = Array.from({ length: 50 }, () => watch(fed, 'py-1', 1));
    const activities = Array.from({ length: 50 }, () => activityAfter(fed.reads, fed.feed, '', start, {}));
    await Promise.all(activities.map((activity) => activity.next()));
    const waiting = [streams, activities].map((all) => Promise.all(all.map((stream) => stream.next())));
    await fed.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
    for (const told of await Promise.all(waiting)) {
      assert.equal(told[0]?.value?.to, 'SUCCEEDED');
      assert.equal(new Set(told.map(({ value }) => value)).size, 1);
    }
    await Promise.all(activities.map((activity) => activity.return(undefined)));
  },
);

/** Makes everything old that has been committed, and removes what is too old. */
async function pruneAll({ database }: Fed): Promise<number> {
  await ageBy(database, 10, `"recordedAt" > now() - interval '9 days'`);
  const maxAgeMs = 9 * 86_400_000;
  const limits = { changeMaxAgeMs: maxAgeMs, webhookMaxAgeMs: maxAgeMs, batchSize: 2 };
  return (await openPruning(database, limits).prune()).changes;
}

testOnEachDatabase('streams that are live while pruning goes on miss nothing', async (t, place) => {
  const fed = await openFed(t, place);
  const ofOne = watch(fed, 'py-1');
  const ofAll = activityAfter(fed.reads, fed.feed, '', start, {});
  let removed = 0;
  for (let n = 1; n <= 30; n += 1) {
    await fed.ledger.observe(delivered(`${n}`, [payment('py-1', 'PENDING', { description: `word ${n}` }, n)]));
    assert.deepEqual([(await ofOne.next()).value?.version, (await ofAll.next()).value?.version], [n, n]);
    removed += await pruneAll(fed);
  }
  assert.ok(removed > 20, `${removed} were removed meanwhile`);
  await fed.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  assert.deepEqual(await versionsIn(ofOne), [31]);
  assert.equal((await ofAll.next()).value?.version, 31);
});

testOnEachDatabase('a reader that pruning overtakes is told so after what it has been given', async (t, place) => {
  const fed = await openFed(t, place);
  const words = Array.from({ length: 150 }, (_, n) => `word ${1_000 + n}`);
  const observing = words.map((description) =>
    fed.ledger.observe(delivered(description, [payment('py-1', 'PENDING', { description })])),
  );
  await Promise.all(observing);
  const streams = [watch(fed, 'py-1'), activityAfter(fed.reads, fed.feed, '', start, {})];
  await whenReleased(fed.reads, '', words.length);
  for (const stream of streams) assert.equal((await stream.next()).value?.version, 1);
  await pruneAll(fed);
  for (const stream of streams) {
    for (let version = 2; version <= 25; version += 1) assert.equal((await stream.next()).value?.version, version);
    await assert.rejects(stream.next(), { code: 'CURSOR_EXPIRED' });
  }
  assert.equal(fed.feed.listeners(), 0);
});

testOnEachDatabase('closing the feed ends its streams', async (t, place) => {
  const fed = await openFed(t, place);
  await fed.ledger.observe(delivered('pending', [payment('py-1', 'PENDING')]));
  const streams = [watch(fed, 'py-1', 1), activityAfter(fed.reads, fed.feed, '', await fed.reads.head(''), {})];
  const waiting = streams.map((stream) => stream.next());
  fed.feed.close();
  assert.deepEqual(await Promise.all(waiting), Array(2).fill({ done: true, value: undefined }));
});
