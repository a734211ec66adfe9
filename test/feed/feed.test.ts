import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { type TestContext, test } from 'node:test';
import { endingWith } from '../../src/feed/ending.ts';
import { createFeed, type Feed } from '../../src/feed/feed.ts';
import type { ResourceKey } from '../../src/model/resource.ts';

const key: ResourceKey = { account: 'mine', type: 'Payment', id: 'py-1' };

function openFeed(t: TestContext): Feed {
  const feed = createFeed();
  t.after(() => feed.close());
  return feed;
}

/** Whether something has already come of a promise. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}

test('a wake-up that comes before anybody waits is not lost', async (t) => {
  const feed = openFeed(t);
  const ear = feed.listen(key);
  feed.wake([key]);
  assert.equal(await ear.next(), true);
});

test('many wake-ups before anybody waits are one', async (t) => {
  const feed = openFeed(t);
  const ear = feed.listen(key);
  feed.wake([key, key]);
  feed.wake([key]);
  assert.equal(await ear.next(), true);
  assert.equal(await isPending(ear.next()), true);
});

test('all who wait for a resource are woken, and nobody else', async (t) => {
  const feed = openFeed(t);
  const ears = [feed.listen(key), feed.listen({ ...key }), feed.listenToActivity('mine')].map((ear) => ear.next());
  const others = [
    feed.listen({ ...key, id: 'py-2' }),
    feed.listen({ ...key, type: 'Refund' }),
    feed.listen({ ...key, account: 'theirs' }),
    feed.listenToActivity('theirs'),
    feed.listenToActivity(''),
  ].map((ear) => ear.next());
  feed.wake([key]);
  assert.deepEqual(await Promise.all(ears), [true, true, true]);
  for (const other of others) assert.equal(await isPending(other), true);
});

test('closing ends a wait, and every later one', async (t) => {
  const ear = openFeed(t).listen(key);
  const waiting = ear.next();
  ear.close();
  ear.close();
  assert.deepEqual([await waiting, await ear.next(), await ear.next()], [false, false, false]);
});

test('closing outweighs a wake-up', async (t) => {
  const feed = openFeed(t);
  const ear = feed.listen(key);
  feed.wake([key]);
  ear.close();
  assert.equal(await ear.next(), false);
});

test('closing the feed ends every wait, and who comes later waits no longer', async () => {
  const feed = createFeed();
  const waiting = [feed.listen(key), feed.listen(key), feed.listenToActivity('mine')].map((ear) => ear.next());
  feed.close();
  assert.deepEqual(await Promise.all(waiting), [false, false, false]);
  assert.equal(await feed.listen(key).next(), false);
  assert.equal(feed.listeners(), 0);
});

test('an ear may close while it is being woken', async (t) => {
  const feed = openFeed(t);
  const ears = [feed.listen(key), feed.listen(key)];
  const woken = ears.map(async (ear) => {
    const isOpen = await ear.next();
    for (const each of ears) each.close();
    return isOpen;
  });
  feed.wake([key]);
  assert.deepEqual(await Promise.all(woken), [true, true]);
  assert.equal(feed.listeners(), 0);
});

test('being woken for a version that is known already is no news', async (t) => {
  const feed = openFeed(t);
  const ear = feed.listen(key);
  const waiting = ear.next(7);
  feed.wake([{ ...key, version: 6 }]);
  feed.wake([{ ...key, version: 7 }]);
  assert.equal(await isPending(waiting), true);
  feed.wake([{ ...key, version: 8 }]);
  assert.equal(await waiting, true);
});

test('a wake-up for a version that came while its listener was reading an earlier one is kept', async (t) => {
  const feed = openFeed(t);
  const ear = feed.listen(key);
  feed.wake([{ ...key, version: 8 }]);
  feed.wake([{ ...key, version: 3 }]);
  assert.equal(await ear.next(7), true);
  assert.equal(await isPending(ear.next(8)), true);
});

test('who waits to try again is woken for that, and nobody else', async (t) => {
  const feed = openFeed(t);
  const [retrying, waiting] = [feed.listen(key).retry(), feed.listen(key).next()];
  feed.wakeRetrying();
  assert.equal(await retrying, true);
  assert.equal(await isPending(waiting), true);
});

test('an error ends every wait with it', async (t) => {
  const feed = openFeed(t);
  const ears = [feed.listen(key), feed.listenToActivity('mine')];
  const waiting = ears.map((ear) => assert.rejects(ear.next(), { message: 'restored' }));
  feed.failAll(new Error('restored'));
  await Promise.all(waiting);
  for (const ear of ears) await assert.rejects(ear.next(), { message: 'restored' });
  for (const ear of ears) ear.close();
  assert.equal(feed.listeners(), 0);
});

test('it knows which accounts are listened to', (t) => {
  const feed = openFeed(t);
  const ears = [feed.listen(key), feed.listen({ ...key, account: 'theirs' })];
  assert.deepEqual(feed.accounts(), ['mine', 'theirs']);
  assert.equal(feed.hasActivityListeners(), false);
  ears.push(feed.listenToActivity('mine'));
  assert.equal(feed.hasActivityListeners(), true);
  for (const ear of ears) ear.close();
  assert.deepEqual(feed.accounts(), []);
});

test('who is woken goes on apart from what wakes him', (t) => {
  const feed = openFeed(t);
  const parts = new AsyncLocalStorage<string>();
  const told: [part: string | undefined, what: unknown][] = [];
  const note = (what: unknown) => told.push([parts.getStore(), what]);
  const wakings = [() => feed.wake([key]), () => feed.wakeAll(), () => feed.failAll(new Error('restored'))];
  for (const waking of wakings) {
    feed.listen(key).wait(0, { resolve: note, reject: (error) => note((error as Error).message) });
    parts.run('what wakes him', waking);
  }
  assert.deepEqual(told, [
    [undefined, true],
    [undefined, true],
    [undefined, 'restored'],
  ]);
});

test('nobody is left listening after a thousand who came and went', (t) => {
  const feed = openFeed(t);
  for (let cycle = 0; cycle < 1_000; cycle += 1) {
    const ears = [feed.listen({ ...key, id: `py-${cycle % 7}` }), feed.listenToActivity('mine')];
    assert.equal(feed.listeners(), 2);
    for (const ear of ears) ear.close();
  }
  assert.equal(feed.listeners(), 0);
});

/** Counts while it is woken. */
function counting(feed: Feed): AsyncGenerator<number> {
  const ear = feed.listen(key);
  return endingWith(
    () => ear.close(),
    async function* () {
      for (let count = 1; ; count += 1) {
        yield count;
        if (!(await ear.next())) return;
      }
    },
  );
}

test('a consumer that leaves while nothing happens ends the listening at once', async (t) => {
  const feed = openFeed(t);
  const counts = counting(feed);
  assert.deepEqual(await counts.next(), { done: false, value: 1 });
  const waiting = counts.next();
  assert.equal(feed.listeners(), 1);

  const leaving = counts.return(undefined);
  assert.equal(feed.listeners(), 0);
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.deepEqual(await leaving, { done: true, value: undefined });
});

test('a consumer that leaves before it began ends the listening too', async (t) => {
  const feed = openFeed(t);
  await counting(feed).return(undefined);
  await assert.rejects(counting(feed).throw(new Error('gone')), { message: 'gone' });
  {
    await using _ = counting(feed);
    assert.equal(feed.listeners(), 1);
  }
  for await (const _ of counting(feed)) break;
  assert.equal(feed.listeners(), 0);
});

test('a source that fails is closed, and its failure told', async () => {
  let closings = 0;
  const failing = endingWith(
    () => {
      closings += 1;
    },
    async function* () {
      yield 1;
      throw new Error('broken');
    },
  );
  assert.equal((await failing.next()).value, 1);
  await assert.rejects(failing.next(), { message: 'broken' });
  assert.equal(closings, 1);
  assert.deepEqual(await failing.next(), { done: true, value: undefined });
});
