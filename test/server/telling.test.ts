import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Follower, nobody } from '../../src/model/following.ts';
import { type Ending, Pulled } from '../../src/model/pulled.ts';
import { Telling } from '../../src/server/telling.ts';

/** Hands over what the test gives it. */
class Source implements Ending<number> {
  follower: Follower<number> = nobody;
  asked = 0;
  isOver = false;

  follow(follower: Follower<number>): void {
    this.follower = follower;
  }

  goOn(): void {
    this.asked += 1;
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.follower.over();
  }
}

function tell(send: (result: number) => boolean | Promise<boolean>) {
  const source = new Source();
  const telling = new Telling(new Pulled(source) as AsyncGenerator<number, void, void>, send);
  return { source, telling, over: telling.next() };
}

const over = { done: true, value: undefined };

test('what leaves at once is followed by the next at once, and what takes its time once it has left', async () => {
  const leaving = Promise.withResolvers<boolean>();
  const { source, telling, over: ended } = tell((result) => (result < 3 ? true : leaving.promise));
  assert.deepEqual([source.follower.take(1), source.follower.take(2), source.follower.take(3)], [true, true, false]);
  assert.equal(source.asked, 0);
  leaving.resolve(true);
  await leaving.promise;
  assert.equal(source.asked, 1);
  await telling.return();
  assert.deepEqual([await ended, source.isOver, source.follower.take(4)], [over, true, false]);
});

test('it ends where nothing can be sent any more, at once or once that is known', async () => {
  for (const gone of [() => false, async () => false]) {
    const { source, over: ended } = tell(gone);
    assert.equal(source.follower.take(1), false);
    assert.deepEqual([await ended, source.isOver, source.asked], [over, true, 0]);
  }
});

test('who may no longer be told ends it with the reason, and is told nothing more', async () => {
  const refusals = [
    () => {
      throw new Error('not any more');
    },
    async () => {
      throw new Error('not any more');
    },
  ];
  for (const refuse of refusals) {
    const { source, telling, over: ended } = tell(refuse);
    assert.equal(source.follower.take(1), false);
    await assert.rejects(ended, { message: 'not any more' });
    assert.deepEqual([source.isOver, source.follower.take(2)], [true, false]);
    assert.deepEqual(await telling.next(), over);
  }
});

test('a fault of what it tells is its end, and an end of it is none', async () => {
  const failing = tell(() => true);
  failing.source.follower.over(new Error('broken'));
  await assert.rejects(failing.over, { message: 'broken' });
  const ending = tell(() => true);
  ending.source.follower.over();
  assert.deepEqual(await ending.over, over);
});

test('leaving while the last is still on its way ends it at once', async () => {
  const { source, telling, over: ended } = tell(() => new Promise(() => undefined));
  source.follower.take(1);
  await telling.return();
  assert.deepEqual([await ended, source.isOver], [over, true]);
});
