import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Take } from '../../src/model/following.ts';
import { type Ending, Pulled } from '../../src/model/pulled.ts';

/** Hands over numbers from 1 on, and then waits until it is ended or fails. */
class Numbers implements Ending<number> {
  handedOver = 0;
  readonly #over = Promise.withResolvers<void>();
  #isOver = false;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  async follow(take: Take<number>): Promise<void> {
    while (!this.#isOver && this.handedOver < this.#most) {
      this.handedOver += 1;
      await take(this.handedOver);
    }
    await this.#over.promise;
  }

  end(): void {
    this.#isOver = true;
    this.#over.resolve();
  }

  fail(error: Error): void {
    this.#over.reject(error);
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
  await source.follow(() => assert.fail('it was ended'));
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
