import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { createRateLimit } from '../../src/sandbox/rate-limit.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { call, newQrCode, start } from './support.ts';

test('the window slides: a place is free a minute after the request that took it', async () => {
  const clock = createTestClock();
  const limit = createRateLimit(clock, 2);
  assert.deepEqual(limit('key'), {
    isAllowed: true,
    headers: { 'Rate-Limit-Limit': '2', 'Rate-Limit-Remaining': '1', 'Rate-Limit-Reset': '60.00' },
  });
  await clock.advance(1630);
  assert.equal(limit('key').headers['Rate-Limit-Reset'], '58.37');
  await clock.advance(58_369);
  assert.deepEqual(limit('key'), {
    isAllowed: false,
    headers: { 'Rate-Limit-Limit': '2', 'Rate-Limit-Remaining': '0', 'Rate-Limit-Reset': '0.01' },
  });
  await clock.advance(1);
  assert.equal(limit('key').isAllowed, true);
  assert.equal(limit('key').isAllowed, false);
});

test('the 61st request within a minute is refused with 429, and the next minute begins anew', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock, requestsPerMinute: 60 });
  for (let n = 0; n < 60; n += 1) assert.equal((await call(sandbox, 'GET', '/qr_codes/none')).status, 404);
  const refused = await call(sandbox, 'GET', '/qr_codes/none');
  assert.equal(refused.status, 429);
  assert.equal(refused.body.error_code, 'RATE_LIMIT_EXCEEDED');
  assert.equal(refused.headers.get('rate-limit-limit'), '60');
  assert.equal(refused.headers.get('rate-limit-remaining'), '0');
  assert.equal(refused.headers.get('rate-limit-reset'), '60.00');
  await clock.advance(60_000);
  assert.equal((await call(sandbox, 'GET', '/qr_codes/none')).status, 404);
});

test('sixty a minute is what a sandbox allows unless told', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const { headers } = await call(sandbox, 'GET', '/qr_codes/none');
  assert.equal(headers.get('rate-limit-limit'), '60');
  assert.equal(headers.get('rate-limit-remaining'), '59');
  assert.match(headers.get('rate-limit-reset') ?? '', /^\d+\.\d\d$/);
});

test('endpoints and accounts are counted apart, ids and strangers are not', async (t) => {
  const sandbox = await start(t, { requestsPerMinute: 1 });
  const statusOf = async (method: string, path: string, body?: object, headers = {}) =>
    (await call(sandbox, method, path, body, headers)).status;
  assert.equal(await statusOf('GET', '/qr_codes/a', undefined, { authorization: 'none' }), 401);
  assert.equal(await statusOf('GET', '/qr_codes/a'), 404);
  assert.equal(await statusOf('GET', '/qr_codes/b'), 429);
  assert.equal(await statusOf('POST', '/qr_codes', newQrCode()), 200);
  assert.equal(await statusOf('GET', '/qr_codes/a', undefined, { 'for-user-id': 'sub' }), 404);
});
