import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createBreaker } from '../../src/xendit/breaker.ts';
import { hearBreakerNews, tellBreakerNews } from '../../src/xendit/breaker-hints.ts';
import { connected, drained, hears, type Instance, onPostgres, onRedis } from '../bus/support.ts';
import { hasPostgres, postgres } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/redis.ts';

const host = 'https://api.xendit.co';

/** A breaker on a bus. */
function breakerOn(bus: Instance, ofHost = host) {
  const clock = { now: 5_000 };
  const onNews = tellBreakerNews(ofHost, (text) => bus.say('breaker', text));
  const breaker = createBreaker({ now: () => clock.now, onNews });
  bus.hear('breaker', hearBreakerNews(ofHost, breaker));
  return { ...breaker, clock, states: () => [breaker.state('reads'), breaker.state('writes')] };
}

function testOnEachBus(name: string, play: (one: Instance, other: Instance) => Promise<void>): void {
  test(`${name} (Redis)`, async (t) => {
    const { url } = await startRedis(t);
    await play(...(await both(t, (scope) => onRedis(scope, url))));
  });
  test(`${name} (Postgres)`, async (t) => {
    if (!(await hasPostgres(t))) return;
    const { DATABASE_URL = '' } = (await postgres(t)).environment;
    await play(...(await both(t, (scope) => onPostgres(scope, DATABASE_URL))));
  });
}

async function both(t: TestContext, open: (t: TestContext) => Promise<Instance>): Promise<[Instance, Instance]> {
  const [one, other] = await Promise.all([open(t), open(t)]);
  await connected(one, other);
  return [one, other];
}

testOnEachBus(
  'when one instance finds Xendit down the others spare it, and when it is up they try',
  async (one, other) => {
    const [finder, listener, elsewhere] = [breakerOn(one), breakerOn(other), breakerOn(other, 'http://localhost:4010')];
    for (let call = 0; call < 10; call += 1) finder.enter('writes')('FAILED');
    await eventually('it is heard', () => listener.state('writes') === 'OPEN');
    assert.deepEqual(listener.states(), ['CLOSED', 'OPEN']);
    assert.deepEqual(elsewhere.states(), ['CLOSED', 'CLOSED'], 'another host is another matter');
    assert.throws(() => listener.enter('writes'), { code: 'UNAVAILABLE' });

    finder.clock.now += 30_000;
    finder.enter('writes')('ANSWERED');
    await eventually('it may try', () => {
      try {
        listener.check('writes');
        return true;
      } catch {
        return false;
      }
    });
    assert.equal(listener.state('writes'), 'OPEN', 'until its own call was answered');
    listener.enter('writes')('ANSWERED');
    assert.deepEqual(listener.states(), ['CLOSED', 'CLOSED']);
  },
);

testOnEachBus(
  'a hint that isn’t true costs one probe period, and its listener doesn’t spread it',
  async (one, other) => {
    const [teller, listener] = [breakerOn(one), breakerOn(other)];
    one.say('breaker', `DOWN reads ${host}`);
    await eventually('it is heard', () => listener.state('reads') === 'OPEN');
    listener.clock.now += 29_999;
    assert.throws(() => listener.check('reads'), { code: 'UNAVAILABLE' });
    listener.clock.now += 1;
    listener.enter('reads')('ANSWERED');
    await hears(one, other);
    assert.deepEqual([...listener.states(), ...teller.states()], ['CLOSED', 'CLOSED', 'CLOSED', 'CLOSED']);
  },
);

testOnEachBus('whatever else is heard changes nothing', async (one, other) => {
  const listener = breakerOn(other);
  for (const text of [
    undefined,
    '',
    'DOWN',
    `DOWN everything ${host}`,
    `OPEN reads ${host}`,
    `DOWN reads ${host}.evil.example`,
    `DOWN reads ${host} `,
    `x DOWN reads ${host}`,
    'DOWN reads',
    '{"state":"OPEN"}',
    `DOWN __proto__ ${host}`,
  ])
    one.say('breaker', text);
  await drained(other, one);
  assert.deepEqual(listener.states(), ['CLOSED', 'CLOSED']);
});
