import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openBus } from '../../src/bus/open.ts';
import { hasPostgres, postgres } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type Line, openLine } from '../support/line.ts';
import { startRedis } from '../support/redis.ts';
import { connected, drained, hears, type Instance, onPostgres, onRedis, pingMs } from './support.ts';

/** Two instances; the line of the first one can be cut. */
type Play = (t: TestContext, one: Instance, other: Instance, line: Line) => Promise<void>;

function testOnEachBus(name: string, play: Play): void {
  test(`${name} (Redis)`, async (t) => {
    const redis = await startRedis(t);
    const line = await openLine(t, { host: '127.0.0.1', port: redis.port });
    await play(t, await onRedis(t, `redis://127.0.0.1:${line.port}`), await onRedis(t, redis.url), line);
  });
  test(`${name} (Postgres)`, async (t) => {
    if (!(await hasPostgres(t))) return;
    const { DATABASE_URL = '' } = (await postgres(t)).environment;
    const url = new URL(DATABASE_URL);
    const line = await openLine(t, { host: url.hostname, port: Number(url.port || 5432) });
    url.port = String(line.port);
    await play(t, await onPostgres(t, url.href), await onPostgres(t, DATABASE_URL), line);
  });
}

testOnEachBus('what one instance says the others hear, and it doesn’t hear itself', async (_t, one, other) => {
  await connected(one, other);
  one.say('changes');
  one.say('breaker', 'reads of “Xendit”\nare down');
  await drained(other, one);
  assert.deepEqual(other.heard, ['changes', 'breaker reads of “Xendit”\nare down']);
  assert.deepEqual(one.heard, []);
});

testOnEachBus('whoever stops listening hears no more', async (_t, one, other) => {
  await connected(one, other);
  const heard: string[] = [];
  const stop = other.hear('changes', () => heard.push('changes'));
  one.say('changes');
  await drained(other, one);
  stop();
  one.say('changes');
  await drained(other, one);
  assert.deepEqual(heard, ['changes']);
});

testOnEachBus('a thousand hints said at once are a few on their way', async (_t, one, other) => {
  await connected(one, other);
  for (let time = 0; time < 1_000; time += 1) one.say('changes');
  await drained(other, one);
  const count = other.heard.length;
  assert.ok(count === 1 || count === 2, `${count}: one on its way, and one for all that came meanwhile`);
  one.say('changes');
  await drained(other, one);
  assert.equal(other.heard.length, count + 1, 'what comes later is said again');
});

testOnEachBus('a hundred different hints may wait, and further ones are lost', async (_t, one, other) => {
  await connected(one, other);
  for (let time = 0; time < 1_000; time += 1) one.say('breaker', String(time));
  await eventually('those that waited are heard', () => other.heard.length >= 100);
  await drained(other, one);
  assert.ok(other.heard.length <= 102, `${other.heard.length}`);
});

testOnEachBus('once connected, each is told that it may have missed something', async (_t, one, other) => {
  await eventually('it is told', () => one.heard.includes('changes') && one.heard.includes('breaker'));
  await connected(one, other);
  assert.deepEqual(one.outages, []);
});

testOnEachBus(
  'a cut line comes back by itself, and both sides are told that they may have missed something',
  async (_t, one, other, line) => {
    await connected(one, other);
    line.cut();
    await eventually('it notices', () => one.outages.length > 0);
    for (let time = 0; time < 100; time += 1) one.say('changes');
    other.say('changes');
    line.restore();
    await eventually('it is back', () => one.outages.length === 2);
    assert.deepEqual(one.outages, ['away', 'back']);
    await eventually('it is told', () => one.heard.includes('changes') && one.heard.includes('breaker'));
    await eventually('the other is told', () => other.heard.includes('changes') && other.heard.includes('breaker'));
    await connected(one, other);
    assert.deepEqual(one.outages, ['away', 'back'], 'once for an outage, however many attempts failed');
  },
);

testOnEachBus('a line that falls silent is noticed and replaced', async (_t, one, other, line) => {
  await connected(one, other);
  line.silence();
  const silentSince = performance.now();
  await eventually('it notices', () => one.outages.length > 0);
  assert.ok(performance.now() - silentSince <= 2 * pingMs + 300, 'two pings and some');
  line.restore();
  await hears(one, other);
  await hears(other, one);
  assert.deepEqual(one.outages, ['away', 'back']);
});

testOnEachBus('it closes at once while its server is away', async (_t, one, other, line) => {
  await connected(one, other);
  line.cut();
  await eventually('it notices', () => one.outages.length > 0);
  one.say('changes');
  const closingSince = performance.now();
  await one.close();
  assert.ok(performance.now() - closingSince < 100);
  assert.deepEqual(one.outages, ['away']);
});

testOnEachBus('it closes soon on a line that has just fallen silent', async (_t, one, other, line) => {
  await connected(one, other);
  line.silence();
  one.say('changes');
  const closingSince = performance.now();
  await one.close();
  assert.ok(performance.now() - closingSince < 2 * pingMs + 300);
});

testOnEachBus('what was said last is still heard when it closes', async (_t, one, other) => {
  await connected(one, other);
  one.say('breaker', 'first');
  one.say('changes');
  await one.close();
  await eventually('it is heard', () => other.heard.includes('changes'));
  assert.deepEqual(other.heard, ['breaker first', 'changes']);
});

test('without a server there is nobody to hear, and it is never away', async () => {
  const nothing = { redisUrl: undefined, redisPrefix: '', databaseUrl: undefined, pingMs, reconnectMaxMs: 200 };
  const { bus, redis, close } = await openBus({ ...nothing, onAway: assert.fail, onBack: assert.fail });
  const stop = bus.hear('changes', () => assert.fail());
  bus.say('changes');
  stop();
  assert.equal(redis, undefined);
  await close();
});
