import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Breaker, type CallOutcome, createBreaker, type Operations } from '../../src/xendit/breaker.ts';

function play() {
  const clock = { now: 5_000 };
  const changes: string[] = [];
  const news: string[] = [];
  const onChange = (operations: Operations, state: string) => changes.push(`${operations} ${state}`);
  const onNews = (operations: Operations, what: string) => news.push(`${operations} ${what}`);
  return { clock, changes, news, breaker: createBreaker({ now: () => clock.now, onChange, onNews }) };
}

function calls(breaker: Breaker, outcome: CallOutcome, count: number, operations: Operations = 'reads'): void {
  for (let call = 0; call < count; call += 1) breaker.enter(operations)(outcome);
}

function isClosed(breaker: Breaker, operations: Operations = 'reads'): boolean {
  try {
    breaker.check(operations);
    return true;
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'UNAVAILABLE');
    assert.throws(() => breaker.enter(operations), { code: 'UNAVAILABLE' });
    return false;
  }
}

test('ten failures open it, nine do not', () => {
  const { breaker, changes } = play();
  calls(breaker, 'FAILED', 9);
  assert.equal(isClosed(breaker), true);
  calls(breaker, 'FAILED', 1);
  assert.equal(isClosed(breaker), false);
  assert.deepEqual(changes, ['reads OPEN']);
});

test('half of the calls must have failed', () => {
  const { breaker } = play();
  calls(breaker, 'ANSWERED', 11);
  calls(breaker, 'FAILED', 10);
  assert.equal(isClosed(breaker), true);
  calls(breaker, 'FAILED', 1);
  assert.equal(isClosed(breaker), false);
});

test('failures of more than ten seconds ago are forgotten', () => {
  const { breaker, clock } = play();
  calls(breaker, 'FAILED', 9);
  clock.now += 10_000;
  calls(breaker, 'FAILED', 9);
  assert.equal(isClosed(breaker), true);
  clock.now += 10_000;
  for (let call = 0; call < 30; call += 1) {
    clock.now += 1_200;
    calls(breaker, 'FAILED', 1);
  }
  assert.equal(isClosed(breaker), true, 'a failure every 1.2 seconds is too few to tell');
});

test('calls that hang for the whole window open it when they end', () => {
  const { breaker, clock } = play();
  const reports = Array.from({ length: 10 }, () => breaker.enter('reads'));
  clock.now += 10_000;
  for (const report of reports) report('FAILED');
  assert.equal(isClosed(breaker), false);
});

test('reads and writes fail apart', () => {
  const { breaker } = play();
  calls(breaker, 'FAILED', 10, 'writes');
  assert.deepEqual([isClosed(breaker, 'writes'), isClosed(breaker, 'reads')], [false, true]);
  assert.deepEqual([breaker.state('writes'), breaker.state('reads')], ['OPEN', 'CLOSED']);
});

test('after thirty seconds one call tries, and its answer closes it', () => {
  const { breaker, clock, changes } = play();
  calls(breaker, 'FAILED', 10);
  clock.now += 29_999;
  assert.equal(isClosed(breaker), false);
  clock.now += 1;
  const probe = breaker.enter('reads');
  assert.equal(isClosed(breaker), false, 'one call only');
  probe('ANSWERED');
  calls(breaker, 'FAILED', 9);
  assert.equal(isClosed(breaker), true, 'what was before is forgotten');
  assert.deepEqual(changes, ['reads OPEN', 'reads PROBING', 'reads CLOSED']);
});

test('a probe that fails opens it for another thirty seconds', () => {
  const { breaker, clock } = play();
  calls(breaker, 'FAILED', 10);
  clock.now += 30_000;
  breaker.enter('reads')('FAILED');
  clock.now += 29_999;
  assert.equal(isClosed(breaker), false);
  clock.now += 1;
  assert.equal(isClosed(breaker), true);
});

test('callers who leave tell nothing, and a probe that is left lets the next one try', () => {
  const { breaker, clock } = play();
  calls(breaker, 'LEFT', 100);
  calls(breaker, 'FAILED', 10);
  clock.now += 30_000;
  breaker.enter('reads')('LEFT');
  assert.equal(breaker.state('reads'), 'OPEN');
  breaker.enter('reads')('ANSWERED');
  assert.equal(breaker.state('reads'), 'CLOSED');
});

test('late news of calls from before it opened changes nothing, and nobody is heard twice', () => {
  const { breaker, clock } = play();
  const [late, later] = [breaker.enter('reads'), breaker.enter('reads')];
  const twice = breaker.enter('reads');
  for (let time = 0; time < 20; time += 1) twice('FAILED');
  assert.equal(isClosed(breaker), true);
  calls(breaker, 'FAILED', 9);
  late('ANSWERED');
  assert.equal(breaker.state('reads'), 'OPEN');
  clock.now += 30_000;
  const probe = breaker.enter('reads');
  later('ANSWERED');
  assert.equal(breaker.state('reads'), 'PROBING');
  probe('ANSWERED');
  assert.equal(breaker.state('reads'), 'CLOSED');
});

test('what its own calls find out is news; what it heard and probes that fail are not', () => {
  const { breaker, clock, news } = play();
  breaker.hear('writes', 'DOWN');
  calls(breaker, 'FAILED', 10);
  clock.now += 30_000;
  breaker.enter('reads')('FAILED');
  assert.deepEqual(news, ['reads DOWN']);
  clock.now += 30_000;
  breaker.enter('reads')('ANSWERED');
  assert.deepEqual(news, ['reads DOWN', 'reads UP']);
});

test('heard that the host is down it opens, and its own probe closes it after the usual time', () => {
  const { breaker, clock } = play();
  breaker.hear('reads', 'DOWN');
  assert.deepEqual([isClosed(breaker), isClosed(breaker, 'writes')], [false, true]);
  clock.now += 29_999;
  breaker.hear('reads', 'DOWN');
  assert.equal(isClosed(breaker), false);
  clock.now += 1;
  assert.equal(isClosed(breaker), true, 'however often it was heard');
  const probe = breaker.enter('reads');
  breaker.hear('reads', 'DOWN');
  breaker.hear('reads', 'UP');
  assert.equal(breaker.state('reads'), 'PROBING', 'the probe decides');
  probe('ANSWERED');
  assert.equal(breaker.state('reads'), 'CLOSED');
});

test('heard that the host is up again it probes at once, and trusts its own probe only', () => {
  const { breaker } = play();
  breaker.hear('reads', 'UP');
  assert.equal(breaker.state('reads'), 'CLOSED');
  calls(breaker, 'FAILED', 10);
  breaker.hear('reads', 'UP');
  assert.equal(breaker.state('reads'), 'OPEN');
  breaker.enter('reads')('FAILED');
  assert.equal(isClosed(breaker), false);
  breaker.hear('reads', 'UP');
  breaker.enter('reads')('ANSWERED');
  assert.equal(isClosed(breaker), true);
});
