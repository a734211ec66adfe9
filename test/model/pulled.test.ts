import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Follower, nobody } from '../../src/model/following.ts';
import { type Ending, Pulled } from '../../src/model/pulled.ts';

/** Hands over numbers from 1 on, and then waits until it is ended or fails. */
class Numbers implements Ending<number> {
  handedOver = 0;
  #follower: Follower<number> = nobody;
  #isOver = false;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  follow(follower: Follower<number>): void {
    this.#follower = follower;
    if (this.#isOver) follower.over();
    else this.goOn();
  }

  goOn(): void {
    while (!this.#isOver && this.handedOver < this.#most) {
      this.handedOver += 1;
      if (!this.#follower.take(this.handedOver)) return;
    }
  }

  end(): void {
    this.fail();
  }

  fail(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#follower.over(error);
  }
}

const over = { done: true, value: undefined };

test('each is handed over once it is asked for, in order, whoever asks', async () => {
  const source = new Numbers(5);
  const numbers = new Pulled(source);
  assert.equal(source.handedOver, 0);
  assert.deepEqual(await numbers.next(), { done: false, value: 1 });
  assert.equal(source.handedOver, 1);
  const several = await Promise.all([numbers.next(), numbers.next(), numbers.next()]);
  assert.deepEqual(
    several.map(({ value }) => value),
    [2, 3, 4],
  );
  assert.equal(source.handedOver, 4);
});

test('leaving ends it at once, for all who wait and all who come later', async () => {
  const numbers = new Pulled(new Numbers(1));
  await numbers.next();
  const waiting = [numbers.next(), numbers.next()];
  assert.deepEqual(await numbers.return(), over);
  assert.deepEqual(await Promise.all(waiting), [over, over]);
  assert.deepEqual(await numbers.next(), over);
});

test('leaving before it has begun ends the source too', async () => {
  const source = new Numbers(1);
  const numbers = new Pulled(source);
  await assert.rejects(numbers.throw(new Error('no more')), { message: 'no more' });
  assert.deepEqual(await numbers.next(), over);
  const ended = Promise.withResolvers<void>();
  source.follow({ take: () => assert.fail('it was ended'), over: () => ended.resolve() });
  await ended.promise;
});

test('a fault of the source is told to whoever waits first, and is the end', async () => {
  const source = new Numbers(0);
  const numbers = new Pulled(source);
  const waiting = [numbers.next(), numbers.next()];
  source.fail(new Error('broken'));
  await assert.rejects(waiting[0] as Promise<unknown>, { message: 'broken' });
  assert.deepEqual(await waiting[1], over);
  assert.deepEqual(await numbers.next(), over);
});

test('one that is followed hands over by itself, as fast as it is taken', async () => {
  const source = new Numbers(5);
  const numbers = new Pulled(source);
  const taken: number[] = [];
  const ended = Promise.withResolvers<unknown>();
  // The third takes its time.
  numbers.follow({ take: (number) => taken.push(number) !== 3, over: ended.resolve });
  assert.deepEqual(taken, [1, 2, 3]);
  numbers.goOn();
  assert.deepEqual(taken, [1, 2, 3, 4, 5]);
  source.fail(new Error('broken'));
  assert.deepEqual(await ended.promise, new Error('broken'));
});
