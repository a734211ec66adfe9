import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock, realClock, stoppable, wait } from '../../src/sandbox/clock.ts';

test('a test clock runs what falls due, in order, at its own time', async () => {
  const clock = createTestClock(0);
  const ran: [string, number][] = [];
  clock.after(20, () => ran.push(['second', clock.now()]));
  clock.after(10, () => ran.push(['first', clock.now()]));
  clock.after(31, () => ran.push(['too late', clock.now()]));
  await clock.advance(30);
  assert.deepEqual(ran, [
    ['first', 10],
    ['second', 20],
  ]);
  assert.equal(clock.now(), 30);
});

test('a cancelled timer never runs', async () => {
  const clock = createTestClock();
  const cancel = clock.after(10, () => assert.fail('it ran'));
  cancel();
  await clock.advance(20);
});

test('timers of the same moment run in the order they were set', async () => {
  const clock = createTestClock();
  const ran: number[] = [];
  for (const n of [1, 2, 3]) clock.after(10, () => ran.push(n));
  await clock.advance(10);
  assert.deepEqual(ran, [1, 2, 3]);
});

test('a chain of waits runs through in one advance', async () => {
  const clock = createTestClock(0);
  const deep = async (depth: number): Promise<void> => (depth === 0 ? wait(clock, 10) : deep(depth - 1));
  const chain = (async () => {
    for (let n = 0; n < 5; n += 1) await deep(20);
    return clock.now();
  })();
  await clock.advance(100);
  assert.equal(await chain, 50);
});

test('time waits for the work that a timer began', async () => {
  const clock = createTestClock(0);
  let endedAt = -1;
  clock.after(10, async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    endedAt = clock.now();
  });
  clock.after(11, () => assert.equal(endedAt, 10));
  await clock.advance(100);
  assert.equal(endedAt, 10);
});

test('work that never ends holds time up only for a while', async () => {
  const clock = createTestClock();
  clock.after(10, () => new Promise(() => undefined));
  let ran = false;
  clock.after(20, () => {
    ran = true;
  });
  await clock.advance(20);
  assert.ok(ran);
});

test('armed resolves when enough timers wait', async () => {
  const clock = createTestClock();
  const armed = clock.armed(2).then(() => 'armed');
  clock.after(10, () => undefined);
  assert.equal(await Promise.race([armed, Promise.resolve('not yet')]), 'not yet');
  clock.after(10, () => undefined);
  assert.equal(await armed, 'armed');
});

test('a stopped clock cancels its timers and sets no more', async () => {
  const clock = createTestClock();
  const mortal = stoppable(clock);
  mortal.after(10, () => assert.fail('it ran'));
  mortal.stop();
  mortal.after(10, () => assert.fail('it ran'));
  await clock.advance(20);
});

test('the real clock tells the time and wakes its caller', async () => {
  const before = Date.now();
  const stayAwake = setTimeout(() => undefined, 10_000); // its own timers don't keep the process alive
  await wait(realClock, 5);
  clearTimeout(stayAwake);
  assert.ok(realClock.now() >= before);
});

test('the real clock can wait longer than its timers can', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const longestMs = 2 ** 31 - 1;
  let ran = 0;
  realClock.after(2 * longestMs + 5, () => {
    ran += 1;
  });
  for (const ms of [longestMs, longestMs, 4]) t.mock.timers.tick(ms);
  assert.equal(ran, 0);
  t.mock.timers.tick(1);
  assert.equal(ran, 1);
});

test('a wait that long can be cancelled on the way', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const longestMs = 2 ** 31 - 1;
  const cancel = realClock.after(2 * longestMs, () => assert.fail('it ran'));
  t.mock.timers.tick(longestMs);
  cancel();
  t.mock.timers.tick(longestMs);
});
