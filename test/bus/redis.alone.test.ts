import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRedis } from '../../src/bus/redis.ts';
import { eventually } from '../support/eventually.ts';
import { openLine } from '../support/line.ts';
import { freePort, startRedis } from '../support/redis.ts';
import { connected, drained, hears, onRedis, pingMs } from './support.ts';

test('a Redis that stops and starts again is found again', async (t) => {
  const redis = await startRedis(t);
  const [one, other] = [await onRedis(t, redis.url), await onRedis(t, redis.url)];
  await connected(one, other);
  for (let time = 1; time <= 3; time += 1) {
    await redis.stop();
    await eventually('it notices', () => one.outages.length === 2 * time - 1);
    await redis.start();
    await connected(one, other);
    assert.equal(one.outages.length, 2 * time);
  }
});

test('a Redis that stands still is noticed, and commands then fail instead of waiting', async (t) => {
  const redis = await startRedis(t);
  const outages: string[] = [];
  const lines = openRedis({
    url: redis.url,
    pingMs,
    reconnectMaxMs: 200,
    onAway: () => outages.push('away'),
    onBack: () => outages.push('back'),
  });
  t.after(() => lines.close());
  await eventually('it is there', () => lines.commands.status === 'ready');
  redis.pause();
  const asked = Array.from({ length: 10 }, () => assert.rejects(lines.commands.get('anything')));
  await Promise.all(asked);
  await eventually('it notices', () => outages.length === 1);
  const askedAt = performance.now();
  await assert.rejects(lines.commands.get('anything'));
  assert.ok(performance.now() - askedAt < 50, 'at once');
  redis.resume();
  await eventually('it is back', () => outages.length === 2 && lines.commands.status === 'ready');
  assert.equal(await lines.commands.get('anything'), null);
});

test('Redis needn’t be there at first', async (t) => {
  const redis = await startRedis(t);
  await redis.stop();
  const [one, other] = [await onRedis(t, redis.url), await onRedis(t, redis.url)];
  one.say('changes');
  await eventually('it says so', () => one.outages.length === 1);
  await redis.start();
  await connected(one, other);
  assert.deepEqual(one.outages, ['away', 'back']);
});

test('gateways that share a Redis don’t hear each other', async (t) => {
  const redis = await startRedis(t);
  const [one, other, another] = [
    await onRedis(t, redis.url, 'shop'),
    await onRedis(t, redis.url, 'shop'),
    await onRedis(t, redis.url, 'x'),
  ];
  await connected(one, other);
  await eventually('it is there', () => another.heard.length > 0);
  another.heard.splice(0);
  one.say('changes');
  await drained(other, one);
  assert.deepEqual(other.heard, ['changes']);
  assert.deepEqual(another.heard, []);
});

test('a password opens it, and a wrong one is told without being shown', async (t) => {
  const redis = await startRedis(t, ['--requirepass', 'right-secret']);
  const at = (password: string) => `redis://:${password}@127.0.0.1:${redis.port}`;
  await connected(await onRedis(t, at('right-secret')), await onRedis(t, at('right-secret')));
  const shut = await onRedis(t, at('wrong-secret'));
  await eventually('it says so', () => shut.reasons.length > 0);
  assert.match(shut.reasons.join(), /WRONGPASS/);
  assert.doesNotMatch(shut.reasons.join(), /secret/);
});

test('a subscription that Redis refuses is tried again', async (t) => {
  const redis = await startRedis(t);
  const lines = openRedis({ url: redis.url, pingMs, reconnectMaxMs: 200, onAway: () => {}, onBack: () => {} });
  t.after(() => lines.close());
  await eventually('it is there', () => lines.commands.status === 'ready');
  await lines.commands.acl('SETUSER', 'default', 'resetchannels');
  const one = await onRedis(t, redis.url);
  await eventually('it was refused', () => one.outages.includes('away'));
  await lines.commands.acl('SETUSER', 'default', 'allchannels');
  await hears(one, await onRedis(t, redis.url));
});

test('a port where nobody listens costs nothing but attempts', async (t) => {
  const nobody = await onRedis(t, `redis://127.0.0.1:${await freePort()}`);
  await eventually('it says so', () => nobody.outages.length === 1);
  nobody.say('changes');
  await nobody.close();
  assert.match(nobody.reasons[0] ?? '', /ECONNREFUSED|closed/);
});

test('a line that was silent from the beginning is given up too', async (t) => {
  const redis = await startRedis(t);
  const line = await openLine(t, { host: '127.0.0.1', port: redis.port });
  line.silence();
  const [one, other] = [await onRedis(t, `redis://127.0.0.1:${line.port}`), await onRedis(t, redis.url)];
  await eventually('it notices', () => one.outages.length === 1);
  line.restore();
  await connected(one, other);
});
