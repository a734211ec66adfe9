import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createSingleFlight } from '../../src/service/single-flight.ts';

/** Work that ends when it is told to. */
function controlled() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let runs = 0;
  const work = () => {
    runs += 1;
    return promise;
  };
  return { work, resolve, reject, runs: () => runs };
}

test('equal calls at the same moment share one run', async () => {
  const flights = createSingleFlight();
  const { work, resolve, runs } = controlled();
  const calls = Array.from({ length: 20 }, () => flights.share('a', work));
  resolve('answer');
  assert.deepEqual(await Promise.all(calls), Array(20).fill('answer'));
  assert.equal(runs(), 1);
});

test('calls of other names run by themselves', async () => {
  const flights = createSingleFlight();
  const answers = [flights.share('a', async () => 1), flights.share('b', async () => 2)];
  assert.deepEqual(await Promise.all(answers), [1, 2]);
});

test('who comes after the answer runs again', async () => {
  const flights = createSingleFlight();
  assert.equal(await flights.share('a', async () => 1), 1);
  assert.equal(await flights.share('a', async () => 2), 2);
});

test('a failure is shared, and then forgotten, however long answers are kept', async () => {
  const flights = createSingleFlight();
  const { work, reject, runs } = controlled();
  const calls = [1, 2].map(() => flights.share('a', work, 60_000));
  reject(new Error('refused'));
  for (const call of calls) await assert.rejects(call, { message: 'refused' });
  assert.equal(runs(), 1);
  assert.equal(await flights.share('a', async () => 'better'), 'better');
});

test('an answer that is kept serves those who come later, until its time is over', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const flights = createSingleFlight();
  assert.equal(await flights.share('a', async () => 1, 100), 1);
  mock.timers.tick(99);
  assert.equal(await flights.share('a', async () => 2, 100), 1);
  mock.timers.tick(1);
  assert.equal(await flights.share('a', async () => 3, 100), 3);
});
