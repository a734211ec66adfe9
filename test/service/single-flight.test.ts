import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createSingleFlight } from '../../src/service/single-flight.ts';
import { Asker, askingFor, currentAsker } from '../../src/xendit/asker.ts';

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

/** Somebody who shares work and may leave. */
function join(share: () => Promise<string>) {
  const asker = new Asker();
  return { answer: askingFor(asker, share), leave: () => asker.leave(new Error('left')) };
}

test('who leaves hears it at once, and the others are answered', async () => {
  const flights = createSingleFlight();
  const { work, resolve, runs } = controlled();
  let asker: Asker | undefined;
  const share = () =>
    flights.share('a', () => {
      asker = currentAsker();
      return work();
    });
  const [first, second] = [join(share), join(share)];
  first.leave();
  await assert.rejects(first.answer, { message: 'left' });
  assert.equal(asker?.signal.aborted, false);
  resolve('answer');
  assert.equal(await second.answer, 'answer');
  assert.equal(runs(), 1);
  second.leave();
  assert.equal(asker?.signal.aborted, false);
});

test('work is given up when all have left, and who comes then begins anew', async () => {
  const flights = createSingleFlight();
  const lost = controlled();
  let asker: Asker | undefined;
  const share = () =>
    flights.share('a', () => {
      asker = currentAsker();
      return lost.work();
    });
  const both = [join(share), join(share)];
  for (const { leave } of both) leave();
  assert.equal(asker?.signal.aborted, true);
  for (const { answer } of both) await assert.rejects(answer, { message: 'left' });

  const fresh = controlled();
  const later = join(() => flights.share('a', fresh.work));
  // The end of what was given up says nothing about what took its place.
  lost.reject(new Error('given up'));
  await assert.rejects(lost.work());
  const last = join(() => flights.share('a', fresh.work));
  fresh.resolve('answer');
  assert.deepEqual(await Promise.all([later.answer, last.answer]), ['answer', 'answer']);
  assert.equal(fresh.runs(), 1);
});

test('work for one who can not leave goes on when the others have left', async () => {
  const flights = createSingleFlight();
  const { work, resolve } = controlled();
  let asker: Asker | undefined;
  const share = () =>
    flights.share('a', () => {
      asker = currentAsker();
      return work();
    });
  const first = join(share);
  const staying = share();
  first.leave();
  await assert.rejects(first.answer, { message: 'left' });
  assert.equal(asker?.signal.aborted, false);
  resolve('answer');
  assert.equal(await staying, 'answer');
});

test('who has left already begins nothing', async () => {
  const flights = createSingleFlight();
  const { work, runs } = controlled();
  const asker = new Asker();
  asker.leave(new Error('left'));
  const answer = askingFor(asker, () => flights.share('a', work));
  await assert.rejects(answer, { message: 'left' });
  assert.equal(runs(), 0);
});

test('work within work is given up with it', async () => {
  const flights = createSingleFlight();
  const { work } = controlled();
  let inner: Asker | undefined;
  const { answer, leave } = join(() =>
    flights.share('outer', () =>
      flights.share('inner', () => {
        inner = currentAsker();
        return work();
      }),
    ),
  );
  leave();
  await assert.rejects(answer, { message: 'left' });
  assert.equal(inner?.signal.aborted, true);
});
