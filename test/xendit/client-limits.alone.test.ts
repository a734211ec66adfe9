import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { ThrottledError } from '../../src/errors.ts';
import { createBreaker } from '../../src/xendit/breaker.ts';
import { createBudget } from '../../src/xendit/budget.ts';
import { asReconciler } from '../../src/xendit/client.ts';
import { path } from '../../src/xendit/path.ts';
import { json, openClient, playXendit, refusal } from './playing-xendit.ts';

const anyPost = { body: { amount: 1 }, reference: 'order-1' };

/** As Xendit counts: a sliding window of a minute, in the test's own time. */
function playWindow(clock: { now: number }, limit: number, taken: number[]) {
  let refused = 0;
  return {
    refused: () => refused,
    answer(response: ServerResponse) {
      while (taken[0] !== undefined && taken[0] <= clock.now - 60_000) taken.shift();
      const isAllowed = taken.length < limit;
      if (isAllowed) taken.push(clock.now);
      else refused += 1;
      const headers = {
        'rate-limit-limit': String(limit),
        'rate-limit-remaining': String(limit - taken.length),
        'rate-limit-reset': String(((taken[0] ?? clock.now) + 60_000 - clock.now) / 1_000),
      };
      json(response, isAllowed ? 200 : 429, isAllowed ? {} : { error_code: 'RATE_LIMIT_EXCEEDED' }, headers);
    },
  };
}

test('what is over the budget is refused here, and Xendit is not asked', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, {}));
  const xendit = openClient(t, server.url, { budget: createBudget({ requestsPerMinute: 2 }) });
  for (const call of [1, 2]) await xendit.get(path`/qr_codes/${`id-${call}`}`);
  const error = await refusal(xendit.get(path`/qr_codes/${'id-3'}`));
  assert.ok(error instanceof ThrottledError);
  assert.ok(error.retryAfterMs > 59_000 && error.retryAfterMs <= 60_300);
  await xendit.get(path`/qr_codes/${'id-3'}`, { account: 'sub-1' });
  await xendit.post(path`/qr_codes`, anyPost);
  await xendit.patch(path`/qr_codes`, anyPost);
  await xendit.post(path`/qr_codes`, anyPost);
  assert.equal((await refusal(xendit.post(path`/qr_codes`, anyPost))).code, 'THROTTLED');
  assert.equal(server.received.length, 6);
});

test('the reconciler asks within its share', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, {}));
  const budget = createBudget({ requestsPerMinute: 4, shareForReconciling: 0.5 });
  const xendit = openClient(t, server.url, { budget });
  const reconciler = asReconciler(xendit);
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => reconciler.get(path`/balance`)));
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'fulfilled', 'rejected']);
  await xendit.get(path`/balance`);
  assert.deepEqual(
    (await budget.view()).map(({ endpoint, remaining }) => [endpoint, remaining]),
    [['GET /balance', 1]],
  );
});

test('where others use the key too, Xendit refuses once and then no more', async (t) => {
  const clock = { now: 1_000_000 };
  const others = Array.from({ length: 25 }, (_, index) => clock.now - 50_000 + index * 1_500);
  const window = playWindow(clock, 60, [...others]);
  const server = await playXendit(t, (response) =>
    // The first call is refused, as if others had just taken every place.
    server.received.length === 1
      ? json(response, 429, {}, { 'rate-limit-limit': '60', 'rate-limit-remaining': '0', 'rate-limit-reset': '10' })
      : window.answer(response),
  );
  const budget = createBudget({ requestsPerMinute: 60, now: () => clock.now });
  const xendit = openClient(t, server.url, { budget });
  assert.equal((await refusal(xendit.get(path`/balance`))).code, 'THROTTLED');
  const end = clock.now + 180_000;
  while (clock.now < end) {
    const error = await xendit.get(path`/balance`).then(
      () => undefined,
      (reason) => reason,
    );
    if (error !== undefined) assert.ok(error instanceof ThrottledError);
    clock.now += error?.retryAfterMs ?? 1;
  }
  assert.equal(window.refused(), 0);
  assert.ok(server.received.length > 100, `${server.received.length} calls`);
});

test('when its budget ends between two attempts, a read says what Xendit said', async (t) => {
  const down = { error_code: 'SERVER_ERROR', message: 'Oh' };
  const server = await playXendit(t, (response) => json(response, 500, down));
  const xendit = openClient(t, server.url, { budget: createBudget({ requestsPerMinute: 2 }) });
  const error = await refusal(xendit.get(path`/balance`));
  assert.deepEqual([error.code, error.xenditCode], ['UNAVAILABLE', 'SERVER_ERROR']);
  assert.equal(server.received.length, 2);
});

test('a dead host is given up after ten calls, and asked again by one after thirty seconds', async (t) => {
  const clock = { now: 0 };
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as { port: number };
  socket.close();
  await once(socket, 'close');
  const breaker = createBreaker({ now: () => clock.now });
  const xendit = openClient(t, `http://127.0.0.1:${port}`, { breaker });
  for (let call = 0; call < 10; call += 1) {
    assert.match((await refusal(xendit.post(path`/qr_codes`, anyPost))).message, /ECONNREFUSED/);
  }
  const start = performance.now();
  const errors = await Promise.all(Array.from({ length: 100 }, () => refusal(xendit.patch(path`/qr_codes`, anyPost))));
  assert.ok((performance.now() - start) / errors.length < 50);
  assert.ok(errors.every(({ code, message }) => code === 'UNAVAILABLE' && message.endsWith('nothing was sent')));
  assert.equal(breaker.state('reads'), 'CLOSED');
  clock.now += 30_000;
  assert.match((await refusal(xendit.post(path`/qr_codes`, anyPost))).message, /ECONNREFUSED/);
  assert.match((await refusal(xendit.post(path`/qr_codes`, anyPost))).message, /nothing was sent/);
});

test('an open breaker answers within 50 ms, although every socket hangs', async (t) => {
  let arrive = () => {};
  const hasArrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const server = await playXendit(t, () => arrive());
  const breaker = createBreaker();
  const xendit = openClient(t, server.url, { breaker, connections: 1, timeoutMs: 400 });
  const hanging = refusal(xendit.get(path`/balance`));
  await hasArrived;
  for (let call = 0; call < 10; call += 1) breaker.enter('reads')('FAILED');
  const start = performance.now();
  for (let call = 0; call < 5; call += 1) {
    assert.equal((await refusal(xendit.get(path`/balance`))).code, 'UNAVAILABLE');
  }
  assert.ok((performance.now() - start) / 5 < 50);
  await hanging;
});

test('refusals, throttling and the fault of one channel speak for the host; 5xx, hangs and cuts against it', async (t) => {
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/400': (response) => json(response, 400, { error_code: 'API_VALIDATION_ERROR' }),
    '/404': (response) => json(response, 404, { error_code: 'DATA_NOT_FOUND' }),
    '/429': (response) => json(response, 429, { error_code: 'RATE_LIMIT_EXCEEDED' }),
    '/channel': (response) => json(response, 503, { error_code: 'CHANNEL_UNAVAILABLE' }),
    '/issuer': (response) => json(response, 503, { error_code: 'ISSUER_UNAVAILABLE' }),
    '/500': (response) => json(response, 500, { error_code: 'SERVER_ERROR' }),
    '/502': (response) => json(response, 502, '<html>'),
    '/cut': (response) => response.destroy(),
    '/hang': () => {},
  };
  const server = await playXendit(t, (response, { url }) => answers[url]?.(response));
  for (const [url, isAgainst] of [
    ['/400', false],
    ['/404', false],
    ['/429', false],
    ['/channel', false],
    ['/issuer', false],
    ['/500', true],
    ['/502', true],
    ['/cut', true],
    ['/hang', true],
  ] as const) {
    const breaker = createBreaker();
    const xendit = openClient(t, server.url, { breaker, timeoutMs: url === '/hang' ? 100 : 5_000 });
    const path = { text: url, endpoint: url };
    await Promise.all(Array.from({ length: 10 }, () => refusal(xendit.post(path, anyPost))));
    assert.equal(breaker.state('writes'), isAgainst ? 'OPEN' : 'CLOSED', url);
  }
});

test('callers who leave do not open it', async (t) => {
  const leaving = new AbortController();
  const server = await playXendit(t, () => {
    if (server.received.length === 20) leaving.abort();
  });
  const breaker = createBreaker();
  const xendit = openClient(t, server.url, { breaker });
  const { signal } = leaving;
  await Promise.all(Array.from({ length: 20 }, () => refusal(xendit.get(path`/balance`, { signal }))));
  assert.equal(breaker.state('reads'), 'CLOSED');
});

test('a read is not repeated into an open breaker', async (t) => {
  const server = await playXendit(t, (response) => json(response, 503, { error_code: 'SERVER_ERROR' }));
  const breaker = createBreaker({ minCalls: 2 });
  const error = await refusal(openClient(t, server.url, { breaker }).get(path`/balance`));
  assert.deepEqual([error.code, error.xenditCode], ['UNAVAILABLE', 'SERVER_ERROR']);
  assert.equal(server.received.length, 2);
});
