import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openRedis } from '../../src/bus/redis.ts';
import { ThrottledError } from '../../src/errors.ts';
import { type Budget, type BudgetOptions, createBudget, type Purpose } from '../../src/xendit/budget.ts';
import type { Answered } from '../../src/xendit/client.ts';
import type { RateLimit } from '../../src/xendit/rate-limit.ts';
import { createSharedBudget } from '../../src/xendit/shared-budget.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/redis.ts';

const windowMs = 60_300;

const { url } = await startRedis({ after });
const lines = openRedis({ url, pingMs: 1_000, reconnectMaxMs: 100, onAway: () => {}, onBack: () => {} });
after(() => lines.close());
const redis = lines.commands;
await eventually('Redis is there', () => redis.status === 'ready');

type Play = (options?: Partial<BudgetOptions>) => { clock: { now: number }; budget: Budget };

/** A budget whose time stands still until the test moves it. */
function play(options: Partial<BudgetOptions> = {}) {
  const clock = { now: 1_000_000 };
  const budget = createBudget({ requestsPerMinute: 60, now: () => clock.now, ...options });
  return { clock, budget };
}

function playShared(options: Partial<BudgetOptions> = {}) {
  const clock = { now: 1_000_000 };
  const serverNow = () => clock.now;
  const onFault = assert.fail;
  const place = { redis, prefix: crypto.randomUUID(), timeoutMs: 10_000, onFault };
  return { clock, budget: createSharedBudget({ requestsPerMinute: 60, serverNow, ...place, ...options }) };
}

/** Tests one arithmetic, within a process and in Redis. */
function testOnEachBudget(name: string, run: (play: Play) => Promise<void>): void {
  test(`${name} (local)`, () => run(play));
  test(`${name} (shared)`, () => run(playShared));
}

/** How long a call must wait; 0 when it was allowed. */
async function taking(budget: Budget, purpose: Purpose = 'caller', account = '', endpoint = 'GET /a'): Promise<number> {
  try {
    await budget.take(account, endpoint, purpose);
    return 0;
  } catch (error) {
    assert.ok(error instanceof ThrottledError);
    assert.equal(error.code, 'THROTTLED');
    return error.retryAfterMs;
  }
}

async function takeMany(budget: Budget, count: number, purpose?: Purpose): Promise<number> {
  let allowed = 0;
  for (let call = 0; call < count; call += 1) if ((await taking(budget, purpose)) === 0) allowed += 1;
  return allowed;
}

function answer(status: number, rateLimit?: Partial<RateLimit>, durationMs = 0): Answered {
  const whole = rateLimit && { limit: undefined, remaining: undefined, resetMs: undefined, ...rateLimit };
  return { method: 'GET', endpoint: '/a', account: '', status, durationMs, rateLimit: whole };
}

testOnEachBudget('a minute has sixty calls, and the sixty-first is told when to come back', async (play) => {
  const { clock, budget } = play();
  for (let call = 0; call < 60; call += 1) {
    assert.equal(await taking(budget), 0);
    clock.now += 100;
  }
  assert.equal(await taking(budget), windowMs - 6_000);
  clock.now += windowMs - 6_000 - 1;
  assert.equal(await taking(budget), 1);
  clock.now += 1;
  assert.equal(await taking(budget), 0, 'the first has left the window');
  assert.equal(await taking(budget), 100, 'the second has not');
});

testOnEachBudget('accounts, endpoints and methods have budgets of their own', async (play) => {
  const { budget } = play({ requestsPerMinute: 1 });
  for (const [account, endpoint] of [
    ['', 'GET /a'],
    ['sub-1', 'GET /a'],
    ['', 'POST /a'],
    ['', 'GET /a/{}'],
  ]) {
    assert.equal(await taking(budget, 'caller', account, endpoint), 0);
    assert.ok((await taking(budget, 'caller', account, endpoint)) > 0);
  }
});

testOnEachBudget(
  'live, 600 calls a minute are used to the last percent, and Xendit never counts more',
  async (play) => {
    const { clock, budget } = play({ requestsPerMinute: 600 });
    const arrivals: number[] = [];
    const minutes = 5;
    const end = clock.now + minutes * 60_000;
    while (clock.now < end) {
      const wait = await taking(budget);
      // Calls travel for up to 290 ms, and not in order.
      if (wait === 0) arrivals.push(clock.now + ((arrivals.length * 7919) % 290));
      clock.now += wait === 0 ? (arrivals.length % 3) * 10 : wait;
    }
    arrivals.sort((a, b) => a - b);
    const most = Math.max(
      ...arrivals.map((from, index) => arrivals.filter((each, at) => at >= index && each < from + 60_000).length),
    );
    assert.ok(most <= 600, `${most} in one minute`);
    assert.ok(arrivals.length >= minutes * 600 * 0.99, `${arrivals.length} in ${minutes} minutes`);
  },
);

testOnEachBudget('the reconciler leaves callers their share', async (play) => {
  const { clock, budget } = play({ shareForReconciling: 0.25 });
  assert.equal(await takeMany(budget, 60, 'reconciler'), 15);
  assert.equal(await takeMany(budget, 60), 45);
  assert.equal(await taking(budget, 'reconciler'), windowMs);
  clock.now += windowMs;
  assert.equal(await takeMany(budget, 60), 60, 'what the reconciler leaves is not lost');
  assert.equal(await taking(budget, 'reconciler'), windowMs);
  const none = play({ shareForReconciling: 0 });
  assert.ok((await taking(none.budget, 'reconciler')) > 0);
});

testOnEachBudget('what Xendit says of its limit counts, whether more or less', async (play) => {
  const { clock, budget } = play();
  assert.equal(await taking(budget), 0);
  budget.learn(answer(200, { limit: 10, remaining: 9, resetMs: 60_000 }));
  assert.equal(await takeMany(budget, 60), 9);
  budget.learn(answer(200, { limit: 30, remaining: 20, resetMs: 60_000 }));
  assert.equal(await takeMany(budget, 60), 20);
  for (const limit of [0, -1, Number.NaN]) budget.learn(answer(200, { limit }));
  clock.now += windowMs;
  assert.equal(await takeMany(budget, 60), 30);
});

testOnEachBudget('when Xendit’s limit turns out lower, as many must leave the window as are too many', async (play) => {
  const { clock, budget } = play();
  for (let call = 0; call < 5; call += 1) {
    assert.equal(await taking(budget), 0);
    clock.now += 1_000;
  }
  budget.learn(answer(200, { limit: 2 }));
  assert.equal(await taking(budget), windowMs - 2_000);
});

testOnEachBudget('when somebody else uses the same key, no more is sent than Xendit says is left', async (play) => {
  const { clock, budget } = play();
  assert.equal(await taking(budget), 0);
  budget.learn(answer(200, { limit: 60, remaining: 3, resetMs: 20_000 }));
  assert.equal(await takeMany(budget, 60), 3);
  assert.equal(await taking(budget), 20_000);
  clock.now += 20_000;
  assert.equal(await taking(budget), 0, 'one finds out how many there are');
  assert.equal(await taking(budget), 1_000, 'the others come back soon');
  clock.now += 50;
  budget.learn(answer(200, { limit: 60, remaining: 8, resetMs: 5_000 }, 50));
  assert.equal(await takeMany(budget, 60), 8);
  budget.learn(answer(200, { limit: 60, remaining: 60 - 13, resetMs: 5_000 }));
  assert.equal(await takeMany(budget, 60), 60 - 13, 'the others have gone');
});

testOnEachBudget('calls that were under way are not counted as left', async (play) => {
  const { clock, budget } = play();
  assert.equal(await taking(budget), 0);
  clock.now += 10;
  assert.equal(await takeMany(budget, 4), 4);
  clock.now += 90;
  budget.learn(answer(200, { limit: 60, remaining: 6, resetMs: 20_000 }, 100));
  assert.equal(await takeMany(budget, 60), 2, 'of six left, four were on their way');
});

testOnEachBudget('a 429 closes the endpoint until Xendit opens it, and then one call goes first', async (play) => {
  const { clock, budget } = play();
  assert.equal(await takeMany(budget, 5), 5);
  clock.now += 100;
  budget.learn(answer(429, { limit: 60, remaining: 0, resetMs: 8_370 }, 100));
  assert.equal(await taking(budget), 8_370);
  budget.learn(answer(200, { limit: 60, remaining: 50, resetMs: 8_000 }, 5_000));
  assert.equal(await taking(budget), 8_370, 'an answer to an earlier call is no news');
  clock.now += 8_370;
  assert.equal(await taking(budget), 0);
  assert.equal(await taking(budget), 1_000);
  clock.now += 30;
  budget.learn(answer(200, { limit: 60, remaining: 20, resetMs: 100 }, 30));
  assert.equal(await takeMany(budget, 60), 20);
});

testOnEachBudget(
  'a 429 without a word closes it for five seconds, and a silent probe for a minute at most',
  async (play) => {
    const { clock, budget } = play();
    budget.learn(answer(429));
    assert.equal(await taking(budget), 5_000);
    clock.now += 5_000;
    assert.equal(await taking(budget), 0);
    assert.equal(await taking(budget), 1_000);
    clock.now += windowMs - 5_000;
    assert.equal(await takeMany(budget, 100), 59);
  },
);

testOnEachBudget('what is left can be seen', async (play) => {
  const { clock, budget } = play();
  assert.deepEqual(await budget.view(), []);
  await takeMany(budget, 2);
  clock.now += 300;
  await budget.take('sub-1', 'POST /b', 'reconciler');
  budget.learn({ ...answer(429, { resetMs: 2_000 }), endpoint: '/c' });
  const views = await budget.view();
  assert.deepEqual(
    views.toSorted((one, other) => (one.endpoint < other.endpoint ? -1 : 1)),
    [
      { account: '', endpoint: 'GET /a', limit: 60, remaining: 58, resetMs: 60_000 },
      { account: '', endpoint: 'GET /c', limit: 60, remaining: 0, resetMs: 2_000 },
      { account: 'sub-1', endpoint: 'POST /b', limit: 60, remaining: 59, resetMs: windowMs },
    ],
  );
  clock.now += windowMs;
  assert.deepEqual(await budget.view(), []);
});

test('it remembers so many endpoints and no more', async () => {
  const { budget } = play({ requestsPerMinute: 1, maxKeys: 3 });
  for (const account of ['a', 'b', 'c', 'a', 'd']) await taking(budget, 'caller', account);
  const remembered = (await budget.view()).map(({ account }) => account);
  assert.deepEqual(remembered, ['c', 'a', 'd'], 'the one longest unused was forgotten');
});
