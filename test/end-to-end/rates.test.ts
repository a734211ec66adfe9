import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createGateway } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { openByHand } from '../server/support.ts';
import { attacks } from '../support/attacks.ts';
import { jwtSecret, signToken } from '../support/callers.ts';
import { embedded, hasPostgres, postgres, type TestDatabase } from '../support/database.ts';
import { upTo } from '../support/figures.ts';
import { startGateway } from '../support/gateway.ts';
import { startRedis } from '../support/redis.ts';
import { openTransports, type Send, type Verdict } from '../support/transports.ts';

const most = 12;

async function start(t: TestContext, settings: Record<string, string> = {}, database?: TestDatabase) {
  const environment = { AUTH_JWT_SECRET: jwtSecret, OPERATIONS_PER_MINUTE: String(most), ...settings };
  return startGateway(t, environment, database ?? (await embedded(t)));
}

async function waysOf(t: TestContext, url: string, sub: string) {
  return openTransports(t, url, await signToken({ sub })).map(([, send]) => send);
}

const isThrottled = ({ errors }: Verdict) => errors[0]?.extensions.code === 'THROTTLED';

/** How many of so many operations, by turns over these ways, are executed. */
async function executed(ways: Send[], count: number): Promise<number> {
  const verdicts: Verdict[] = [];
  for (const index of upTo(count)) verdicts.push((await ways[index % ways.length]?.({ query })) ?? assert.fail());
  return verdicts.filter((verdict) => !isThrottled(verdict)).length;
}

const query = '{ __typename }';

test('a caller has so many operations in a minute, over all transports together, and others have their own', async (t) => {
  const gateway = await start(t);
  const ways = await waysOf(t, gateway.url, 'one');
  assert.equal(await executed(ways, most + 6), most);
  assert.equal(await executed(await waysOf(t, gateway.url, 'other'), 3), 3);

  const [overHttp, ...others] = await Promise.all(ways.map((send) => send({ query })));
  assert.equal(overHttp?.status, 429);
  const retryAfterS = Number(overHttp?.headers?.get('retry-after'));
  for (const verdict of [overHttp, ...others]) {
    const { retryAfterMs = 0 } = verdict?.errors[0]?.extensions ?? {};
    assert.ok(verdict && isThrottled(verdict) && retryAfterMs > 0 && retryAfterMs <= 60_000, verdict?.text);
    assert.ok(retryAfterS * 1_000 > retryAfterMs - 1_000 && retryAfterS <= 60, `${retryAfterS} s`);
  }
});

test('what is refused counts too, since reading it is the work; a list of operations is none', async (t) => {
  const gateway = await start(t);
  const ways = await waysOf(t, gateway.url, 'one');
  const refused = attacks.filter((attack) => attack.refusedBy === 'aliases').slice(0, 2);
  for (const attack of refused)
    for (const send of ways) assert.equal(isThrottled(await send({ query: attack.query })), false);
  const batch = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await signToken({ sub: 'one' })}` },
    body: JSON.stringify(upTo(most).map(() => ({ query }))),
  });
  assert.equal(batch.status, 400);
  assert.equal(await executed(ways, most), most - refused.length * ways.length);
  const [attack = assert.fail()] = refused;
  for (const send of ways) assert.equal(isThrottled(await send({ query: attack.query })), true);
});

test('on one socket each operation counts, and no more are executed for being sent at once', async (t) => {
  const gateway = await start(t);
  const [, send = assert.fail()] = await waysOf(t, gateway.url, 'one');
  await send({ query });
  const verdicts = await Promise.all(upTo(40).map(() => send({ query })));
  assert.equal(verdicts.filter((verdict) => !isThrottled(verdict)).length, most - 1);
});

test('gateways with one Redis count a caller’s operations together', async (t) => {
  if (!(await hasPostgres(t))) return;
  const database = await postgres(t);
  const { url: REDIS_URL } = await startRedis(t);
  const [one, other] = [await start(t, { REDIS_URL }, database), await start(t, { REDIS_URL }, database)];
  const ways = [...(await waysOf(t, one.url, 'shop')), ...(await waysOf(t, other.url, 'shop'))];
  assert.equal(await executed(ways, most + 6), most);
});

test('sockets that prove nothing too often are closed, and fill no log', async (t) => {
  const lines: string[] = [];
  const { environment } = await embedded(t);
  const limits = { AUTH_JWT_SECRET: jwtSecret, WRONG_PROOFS_PER_MINUTE: '1', PORT: '0', SANDBOX_PORT: '0' };
  const log = createLog('info', { stream: { write: (line) => void lines.push(line) } });
  const gateway = await createGateway(readConfig({ ...environment, ...limits }), log);
  t.after(() => gateway.close());
  lines.length = 0;
  const codes: number[] = [];
  for (const _ of upTo(5)) {
    const headers = { authorization: 'Bearer a.b.c' };
    const { closed } = await openByHand(t, `${gateway.url.replace('http', 'ws')}/graphql`, headers);
    codes.push((await closed).code);
  }
  assert.deepEqual(codes, [4403, 1013, 1013, 1013, 1013]);
  assert.deepEqual(lines, []);
});
