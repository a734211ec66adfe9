import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openRedis } from '../../src/bus/redis.ts';
import { ThrottledError } from '../../src/errors.ts';
import { createRateLimit } from '../../src/sandbox/rate-limit.ts';
import { type Budget, createBudget, type Purpose } from '../../src/xendit/budget.ts';
import { readRateLimit } from '../../src/xendit/rate-limit.ts';
import { createSharedBudget, type SharedBudgetOptions } from '../../src/xendit/shared-budget.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

interface Instance {
  budget: Budget;
  isConnected(): boolean;
  faults: string[];
}

/** One instance's budget, with connections of its own. */
async function instance(
  t: TestContext,
  { url }: TestRedis,
  options: Partial<SharedBudgetOptions> = {},
): Promise<Instance> {
  const lines = openRedis({ url, pingMs: 2_000, reconnectMaxMs: 100, onAway: () => {}, onBack: () => {} });
  t.after(() => lines.close());
  const redis = lines.commands;
  const faults: string[] = [];
  const onFault = (reason: string) => faults.push(reason);
  const limits = { requestsPerMinute: 600, prefix: 'test', timeoutMs: 5_000 };
  const budget = createSharedBudget({ redis, onFault, ...limits, ...options });
  await eventually('Redis is there', () => redis.status === 'ready');
  // What the budget tells it first goes before the second.
  for (const time of [1, 2]) assert.equal(await redis.ping(String(time)), String(time));
  await setImmediate();
  return { budget, isConnected: () => redis.status === 'ready', faults };
}

/** How many of so many calls at once were allowed. */
async function takeAtOnce(budgets: Budget[], count: number, purpose: Purpose = 'caller'): Promise<number> {
  const taking = Array.from({ length: count }, (_, call) =>
    budgets[call % budgets.length]?.take('', 'GET /a', purpose).then(
      () => 1 as number,
      (error) => {
        assert.ok(error instanceof ThrottledError);
        assert.ok(error.retryAfterMs > 0 && error.retryAfterMs <= 60_300);
        return 0;
      },
    ),
  );
  return (await Promise.all(taking)).reduce<number>((sum, allowed) => sum + (allowed ?? 0), 0);
}

test('of 2,000 calls that two instances make at once, 600 are allowed', async (t) => {
  const redis = await startRedis(t);
  const both = [await instance(t, redis), await instance(t, redis)].map(({ budget }) => budget);
  assert.equal(await takeAtOnce(both, 2_000), 600);
  assert.equal(await takeAtOnce(both, 100), 0);
  for (const budget of both) {
    const [view, ...more] = await budget.view();
    assert.partialDeepStrictEqual(view, { account: '', endpoint: 'GET /a', limit: 600, remaining: 0 });
    assert.deepEqual(more, []);
  }
});

test('the reconcilers of all instances together leave callers their share', async (t) => {
  const redis = await startRedis(t);
  const both = [await instance(t, redis), await instance(t, redis)].map(({ budget }) => budget);
  assert.equal(await takeAtOnce(both, 1_000, 'reconciler'), 300);
  assert.equal(await takeAtOnce(both, 1_000), 300);
});

test('gateways with different prefixes have budgets of their own', async (t) => {
  const redis = await startRedis(t);
  const one = await instance(t, redis, { requestsPerMinute: 5, prefix: 'one' });
  const other = await instance(t, redis, { requestsPerMinute: 5, prefix: 'other' });
  assert.equal(await takeAtOnce([one.budget], 10), 5);
  assert.equal(await takeAtOnce([other.budget], 10), 5);
});

test('what Xendit says to one instance the others know', async (t) => {
  const redis = await startRedis(t);
  const [one, other] = [await instance(t, redis), await instance(t, redis)];
  const rateLimit = { limit: 600, remaining: 0, resetMs: 20_000 };
  one.budget.learn({ method: 'GET', endpoint: '/a', account: '', status: 429, durationMs: 10, rateLimit });
  await eventually('it knows', async () => (await other.budget.view()).length === 1);
  await assert.rejects(
    other.budget.take('', 'GET /a', 'caller'),
    (error) => error instanceof ThrottledError && error.retryAfterMs > 19_000 && error.retryAfterMs <= 20_000,
  );
});

test('clocks that are ten minutes apart change nothing', async (t) => {
  const redis = await startRedis(t);
  const early = await instance(t, redis, { now: () => performance.now() - 600_000 });
  const late = await instance(t, redis, { now: () => performance.now() + 600_000 });
  const right = await instance(t, redis);
  const all = [early.budget, late.budget, right.budget];
  assert.equal(await takeAtOnce(all, 300), 300);
  await restart(redis, [early, late, right]);
  assert.equal(await takeAtOnce(all, 1_000), 300, 'also of what each tells of its own');
});

/** Redis forgets everything; each instance is connected again, and has told it of its own calls. */
async function restart(redis: TestRedis, instances: Instance[]): Promise<void> {
  await redis.stop();
  await eventually('all notice', () => instances.every(({ isConnected }) => !isConnected()));
  await redis.start();
  await eventually('all are back', () => instances.every(({ isConnected }) => isConnected()));
  const limitKnown = async ({ budget }: Instance) => (await budget.view())[0]?.remaining === 300;
  await eventually('all has been told', async () => (await Promise.all(instances.map(limitKnown))).every(Boolean));
}

test('while Redis is away each counts for itself, and then they count together again', async (t) => {
  const redis = await startRedis(t);
  const [one, other] = [await instance(t, redis), await instance(t, redis)];
  const both = [one.budget, other.budget];
  assert.equal(await takeAtOnce(both, 200), 200);
  await redis.stop();
  await eventually('both notice', () => !one.isConnected() && !other.isConnected());
  const startedAt = performance.now();
  assert.equal(await takeAtOnce([one.budget], 50), 50);
  assert.equal(await takeAtOnce([other.budget], 1_000), 500, 'no more than the limit, with its own 100 of before');
  assert.ok(performance.now() - startedAt < 1_000, 'nobody waits');
  assert.equal((await one.budget.view())[0]?.remaining, 450);
  await redis.start();
  await eventually('both are back', () => one.isConnected() && other.isConnected());
  await eventually('both have told', async () => (await one.budget.view())[0]?.remaining === 0);
  assert.equal(await takeAtOnce(both, 100), 0, 'what each did meanwhile counts for all');
  assert.deepEqual([...one.faults, ...other.faults], []);
});

test('a Redis that stands still is waited for once, and no call is counted twice', async (t) => {
  const redis = await startRedis(t);
  const slow = await instance(t, redis, { timeoutMs: 50 });
  const other = await instance(t, redis);
  assert.equal(await takeAtOnce([slow.budget], 10), 10);
  redis.pause();
  const startedAt = performance.now();
  assert.equal(await takeAtOnce([slow.budget], 10), 10);
  const waitedMs = performance.now() - startedAt;
  assert.ok(waitedMs >= 45 && waitedMs < 500, `${waitedMs}`);
  const laterAt = performance.now();
  assert.equal(await takeAtOnce([slow.budget], 10), 10);
  assert.ok(performance.now() - laterAt < 40, 'the others don’t wait');
  redis.resume();
  await eventually('all is told', async () => (await other.budget.view())[0]?.remaining === 570);
  await eventually('it counts together again', async () => {
    await other.budget.take('', 'GET /b', 'caller');
    return (await slow.budget.view()).some(({ endpoint }) => endpoint === 'GET /b');
  });
  assert.equal((await slow.budget.view()).find(({ endpoint }) => endpoint === 'GET /a')?.remaining, 570);
  assert.match(slow.faults[0] ?? '', /No answer within 50 ms/);
});

test('a Redis that refuses scripts is told of once, and tried again', async (t) => {
  const redis = await startRedis(t);
  const admin = openRedis({ url: redis.url, pingMs: 1_000, reconnectMaxMs: 100, onAway: () => {}, onBack: () => {} });
  t.after(() => admin.close());
  await eventually('Redis is there', () => admin.commands.status === 'ready');
  const one = await instance(t, redis);
  await admin.commands.acl('SETUSER', 'default', '-evalsha', '-eval');
  assert.equal(await takeAtOnce([one.budget], 700), 600);
  assert.equal(one.faults.length, 1);
  await admin.commands.acl('SETUSER', 'default', '+@all');
  const other = await instance(t, redis);
  await eventually('it counts together again', async () => (await other.budget.view())[0]?.remaining === 0, 5_000);
});

test('Redis needn’t be there at first', async (t) => {
  const redis = await startRedis(t);
  await redis.stop();
  const lines = openRedis({ url: redis.url, pingMs: 200, reconnectMaxMs: 100, onAway: () => {}, onBack: () => {} });
  t.after(() => lines.close());
  const budget = createSharedBudget({
    redis: lines.commands,
    requestsPerMinute: 10,
    prefix: 'test',
    timeoutMs: 5_000,
  });
  assert.equal(await takeAtOnce([budget], 20), 10);
  await redis.start();
  const other = await instance(t, redis, { requestsPerMinute: 10 });
  await eventually('it has told', async () => (await other.budget.view())[0]?.remaining === 0);
});

/** Instances that call as often as they may, in a time of the test's own, against the sandbox's count. */
async function callForMinutes(budgets: Budget[], clock: { now: number }, minutes: number, travelMs: number) {
  const limit = createRateLimit({ now: () => clock.now, after: () => () => undefined }, 600);
  const counts = { allowed: 0, refused: 0 };
  const end = clock.now + minutes * 60_000;
  const answers: { at: number; run: () => void }[] = [];
  for (let call = 0; clock.now < end; call += 1) {
    const budget = budgets[call % budgets.length];
    const isAllowed = await budget?.take('', 'GET /a', 'caller').then(
      () => true,
      () => false,
    );
    if (isAllowed) {
      const verdict = limit('GET /a');
      counts[verdict.isAllowed ? 'allowed' : 'refused'] += 1;
      const headers = Object.fromEntries(Object.entries(verdict.headers).map(([k, v]) => [k.toLowerCase(), v]));
      const status = verdict.isAllowed ? 200 : 429;
      const answered = { method: 'GET', endpoint: '/a', account: '', durationMs: travelMs, status } as const;
      const rateLimit = readRateLimit(headers);
      answers.push({ at: clock.now + travelMs, run: () => budget?.learn({ ...answered, rateLimit }) });
    }
    clock.now += isAllowed ? 10 : 25;
    while (answers[0] !== undefined && answers[0].at <= clock.now) answers.shift()?.run();
  }
  return counts;
}

test('two instances use live, 600 calls a minute to the last percent, and Xendit refuses none', async (t) => {
  const redis = await startRedis(t);
  const clock = { now: 1_000_000 };
  const serverNow = () => clock.now;
  const both = [await instance(t, redis, { serverNow }), await instance(t, redis, { serverNow })];
  const counts = await callForMinutes(
    both.map(({ budget }) => budget),
    clock,
    5,
    40,
  );
  assert.equal(counts.refused, 0);
  assert.ok(counts.allowed >= 5 * 600 * 0.99, `${counts.allowed} in 5 minutes`);
});

test('without Redis two instances learn of each other from Xendit, which refuses few', async () => {
  const clock = { now: 1_000_000 };
  const both = [1, 2].map(() => createBudget({ requestsPerMinute: 600, now: () => clock.now }));
  const counts = await callForMinutes(both, clock, 5, 40);
  assert.ok(counts.refused <= 0.01 * counts.allowed, `${counts.refused} refused`);
  assert.ok(counts.allowed >= 5 * 600 * 0.9, `${counts.allowed} in 5 minutes`);
});
