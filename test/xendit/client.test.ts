import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/model/json.ts';
import type { Answered } from '../../src/xendit/client.ts';
import { path } from '../../src/xendit/path.ts';
import { toWireNumber } from '../../src/xendit/wire.ts';
import { json, openClient, playXendit, refusal } from './playing-xendit.ts';

test('a call carries the key, the version, the sub-account and exact amounts', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, {}));
  const xendit = openClient(t, `${server.url}/base/`);
  await xendit.post(path`/qr_codes`, {
    body: { amount: toWireNumber('9007199254740993.10'), external_id: 'x' },
    account: 'sub-1',
    apiVersion: '2022-07-31',
    headers: { 'idempotency-key': 'key-1', 'with-fee-rule': undefined, authorization: 'stolen' },
    reference: 'x',
  });
  const [request] = server.received;
  assert.equal(request?.method, 'POST');
  assert.equal(request?.url, '/base/qr_codes');
  assert.equal(request?.body, '{"amount":9007199254740993.1,"external_id":"x"}');
  const headers = request?.headers ?? {};
  assert.equal(headers.authorization, `Basic ${btoa('xnd_development_secret:')}`);
  assert.equal(headers['for-user-id'], 'sub-1');
  assert.equal(headers['api-version'], '2022-07-31');
  assert.equal(headers['idempotency-key'], 'key-1');
  assert.equal(headers['content-type'], 'application/json');
  assert.equal('with-fee-rule' in headers, false);
});

test('a patch carries the same, and is sent once', async (t) => {
  const server = await playXendit(t, (response, _, count) =>
    count === 1 ? json(response, 200, {}) : response.destroy(),
  );
  const xendit = openClient(t, server.url);
  const change = { body: { description: 'b' }, account: 'sub-1', apiVersion: '2024-11-11', reference: 'pr-1' };
  await xendit.patch(path`/v3/payment_requests/${'pr-1'}`, change);
  const [request] = server.received;
  assert.deepEqual([request?.method, request?.url], ['PATCH', '/v3/payment_requests/pr-1']);
  assert.equal(request?.body, '{"description":"b"}');
  assert.equal(request?.headers['content-type'], 'application/json');
  assert.equal(request?.headers['api-version'], '2024-11-11');
  assert.equal(request?.headers['for-user-id'], 'sub-1');
  const error = await refusal(xendit.patch(path`/v3/payment_requests/${'pr-1'}`, change));
  assert.deepEqual([error.code, error.reference], ['OUTCOME_UNKNOWN', 'pr-1']);
  assert.equal(server.received.length, 2);
});

test('the owner of the key is named by no header, and a call without body sends none', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, {}));
  const xendit = openClient(t, server.url);
  await xendit.get(path`/balance`, {
    account: '',
    query: { currency: 'IDR', types: ['a b', 'c&d'], limit: undefined },
  });
  await xendit.post(path`/sessions/${'ps-1'}/cancel`, { body: undefined, reference: 'ps-1' });
  const [get, post] = server.received;
  assert.equal(get?.url, '/balance?currency=IDR&types=a+b&types=c%26d');
  assert.equal('for-user-id' in (get?.headers ?? {}), false);
  assert.equal('api-version' in (get?.headers ?? {}), false);
  assert.equal(post?.body, '');
  assert.equal('content-type' in (post?.headers ?? {}), false);
});

test('an answer keeps every digit, its request id and its rate limit', async (t) => {
  const server = await playXendit(t, (response) =>
    json(response, 201, '{"a":9007199254740993,"b":1e400,"c":10000.01}', {
      'request-id': 'req-1',
      'rate-limit-limit': '600',
      'rate-limit-remaining': '583',
      'rate-limit-reset': '58.37',
    }),
  );
  const answers: Answered[] = [];
  const xendit = openClient(t, server.url, { onAnswer: (answer) => answers.push(answer) });
  const { status, body, requestId, rateLimit } = await xendit.get(path`/qr_codes/${'a'}`, { account: 'sub-1' });
  assert.equal(status, 201);
  assert.equal(JSON.stringify(body), '{"a":9007199254740993,"b":1e400,"c":10000.01}');
  assert.equal((body as JsonObject).c, 10000.01);
  assert.equal(requestId, 'req-1');
  assert.deepEqual(rateLimit, { limit: 600, remaining: 583, resetMs: 58_370 });
  const [{ durationMs = -1, ...answer } = {}] = answers;
  assert.deepEqual(answer, { method: 'GET', endpoint: '/qr_codes/{}', account: 'sub-1', status: 201, rateLimit });
  assert.ok(durationMs >= 0);
});

test('an id stays one segment, whatever it holds', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, {}));
  const xendit = openClient(t, server.url);
  const ids = [
    'a/b',
    'a?b=c',
    'a#b',
    'a\r\nx-evil: 1',
    '../balance',
    '%2e%2e',
    '...',
    'ayam bakar 漢字 🍗',
    'a\\b',
    'a;b',
    '\0',
  ];
  for (const id of ids) await xendit.get(path`/qr_codes/${id}/payments`);
  assert.deepEqual(
    server.received.map(({ url }) => decodeURIComponent(/^\/qr_codes\/([^/?#]+)\/payments$/.exec(url)?.[1] ?? '')),
    ids,
  );
  assert.ok(server.received.every(({ headers }) => !('x-evil' in headers)));
});

test('what can be no segment is not found, without a call', () => {
  for (const id of ['', '.', '..', '\ud800', 'x'.repeat(1_001)]) {
    assert.throws(() => path`/qr_codes/${id}`, { code: 'NOT_FOUND' }, id);
  }
});

test('a header that could smuggle another is refused', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, {}));
  const xendit = openClient(t, server.url);
  assert.equal((await refusal(xendit.get(path`/balance`, { account: 'a\r\nx: y' }))).code, 'INVALID_INPUT');
  const post = xendit.post(path`/refunds`, { body: {}, reference: 'r', headers: { 'idempotency-key': 'ключ' } });
  assert.equal((await refusal(post)).code, 'INVALID_INPUT');
  assert.deepEqual(server.received, []);
});

test('two thousand calls at once share a few sockets, and the line has an end', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, {}));
  const xendit = openClient(t, server.url, { connections: 8, queueTimeoutMs: 60_000 });
  const calls = Array.from({ length: 2_000 }, () => xendit.get(path`/balance`));
  const outcomes = await Promise.allSettled(calls);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.ok(server.sockets() <= 8, `${server.sockets()} sockets`);
  assert.equal(outcomes.length - refused.length, 8 + 8 * 16);
  assert.ok(refused.every(({ reason }) => reason.code === 'UNAVAILABLE'));
});

test('closing waits for the calls under way', async (t) => {
  const held: (() => void)[] = [];
  let arrived = () => {};
  const hasArrived = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const server = await playXendit(t, (response) => {
    held.push(() => json(response, 200, { done: true }));
    arrived();
  });
  const xendit = openClient(t, server.url);
  const call = xendit.get(path`/balance`);
  await hasArrived;
  const closing = xendit.close();
  for (const answer of held) answer();
  assert.deepEqual((await call).body, { done: true });
  await closing;
  assert.equal((await refusal(xendit.get(path`/balance`))).code, 'UNAVAILABLE');
});
