import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import type { ApiFault } from '../../src/sandbox/faults.ts';
import type { SandboxLogLine } from '../../src/sandbox/record.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { basicAuth, call, newQrCode, start, startReceiver } from './support.ts';

const create = 'POST /qr_codes';
const simulate = 'POST /qr_codes/:external_id/payments/simulate';
const createOne = (sandbox: Sandbox) => call(sandbox, 'POST', '/qr_codes', newQrCode());
const exists = async (sandbox: Sandbox) => (await call(sandbox, 'GET', '/qr_codes/order-1')).status === 200;
const codeOf = (error: Error) => (error.cause as { code?: string } | undefined)?.code;

for (const afterProcessing of [false, true]) {
  const done = afterProcessing ? 'though the work was done' : 'and nothing was done';

  test(`a reset ends the connection without an answer, ${done}`, async (t) => {
    const sandbox = await start(t);
    sandbox.faults.next(create, { kind: 'reset', afterProcessing });
    await assert.rejects(createOne(sandbox), (error: Error) => codeOf(error) === 'ECONNRESET');
    assert.equal(await exists(sandbox), afterProcessing);
    const [request] = sandbox.record.requests;
    assert.deepEqual([request?.fault, request?.isProcessed, request?.status], ['reset', afterProcessing, undefined]);
    assert.equal(request?.abandonedAt, undefined);
  });

  test(`a status is answered instead, ${done}`, async (t) => {
    const sandbox = await start(t);
    sandbox.faults.next(create, { kind: 'status', status: 502, errorCode: 'BAD_GATEWAY', afterProcessing });
    const answer = await createOne(sandbox);
    assert.deepEqual([answer.status, answer.body.error_code], [502, 'BAD_GATEWAY']);
    assert.equal(await exists(sandbox), afterProcessing);
    const [request] = sandbox.record.requests;
    assert.deepEqual([request?.fault, request?.isProcessed, request?.status], ['status', afterProcessing, 502]);
  });

  test(`a hang gives no answer until the caller gives up, ${done}`, async (t) => {
    const over = Promise.withResolvers<SandboxLogLine>();
    const sandbox = await start(t, { onLog: over.resolve });
    sandbox.faults.next(create, { kind: 'hang', afterProcessing });
    const signal = AbortSignal.timeout(300);
    const headers = { authorization: basicAuth, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(newQrCode()), signal };
    await assert.rejects(fetch(`${sandbox.url}/qr_codes`, init), { name: 'TimeoutError' });
    const line = await over.promise;
    assert.ok(line.kind === 'request' && line.fault === 'hang' && line.status === undefined);
    assert.ok(sandbox.record.requests[0]?.abandonedAt !== undefined);
    assert.equal(await exists(sandbox), afterProcessing);
  });

  test(`a delay of ${afterProcessing ? 'the answer lets the work be seen' : 'everything hides the work'} meanwhile`, async (t) => {
    const clock = createTestClock();
    const sandbox = await start(t, { clock });
    sandbox.faults.next(create, { kind: 'delay', ms: 5000, afterProcessing });
    const answer = createOne(sandbox);
    await clock.armed();
    assert.equal(await exists(sandbox), afterProcessing);
    await clock.advance(4999);
    assert.equal(sandbox.record.requests[0]?.status, undefined);
    await clock.advance(1);
    assert.equal((await answer).status, 200);
    assert.ok(await exists(sandbox));
  });
}

test('a slow body begins with its headers at once and comes in pieces', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  sandbox.faults.next(create, { kind: 'slowBody', msPerChunk: 100, chunkBytes: 50 });
  const headers = { authorization: basicAuth, 'content-type': 'application/json' };
  const response = await fetch(`${sandbox.url}/qr_codes`, {
    method: 'POST',
    headers,
    body: JSON.stringify(newQrCode()),
  });
  assert.equal(response.status, 200);
  assert.ok(response.headers.get('rate-limit-remaining') !== null && response.headers.get('request-id') !== null);
  const reader = response.body?.getReader();
  await clock.advance(100);
  const first = await reader?.read();
  assert.equal(first?.value?.length, 50);
  const size = Number(response.headers.get('content-length'));
  await clock.advance(100 * Math.ceil(size / 50));
  let rest = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read())
    rest += part.value.length;
  assert.equal(50 + rest, size);
});

test('an invalid body has the right status and is no JSON', async (t) => {
  const sandbox = await start(t);
  sandbox.faults.next(create, { kind: 'invalidBody' });
  const answer = await createOne(sandbox);
  assert.equal(answer.status, 200);
  assert.throws(() => JSON.parse(answer.text), SyntaxError);
  assert.ok(await exists(sandbox));
  sandbox.faults.next('GET /qr_codes/:external_id', { kind: 'invalidBody', body: '<html>' });
  assert.equal((await call(sandbox, 'GET', '/qr_codes/order-1')).text, '<html>');
});

test('the request after a fault is served as ever', async (t) => {
  const sandbox = await start(t);
  sandbox.faults.next(create, { kind: 'status', status: 500 });
  assert.equal((await createOne(sandbox)).body.error_code, 'SERVER_ERROR');
  assert.equal((await createOne(sandbox)).status, 200);
});

const losses: ApiFault[] = [
  { kind: 'reset', afterProcessing: true },
  { kind: 'hang', afterProcessing: true },
  { kind: 'status', status: 500, afterProcessing: true },
  { kind: 'delay', ms: 60_000, afterProcessing: true },
  { kind: 'invalidBody' },
];
for (const fault of losses) {
  test(`a payment whose answer meets ${fault.kind} still sends its webhook`, async (t) => {
    const sandbox = await start(t);
    const receiver = await startReceiver(t);
    await call(sandbox, 'POST', '/qr_codes', newQrCode({ callback_url: receiver.url }));
    sandbox.faults.next(simulate, fault);
    const leaving = new AbortController();
    const headers = { authorization: basicAuth };
    const lost = fetch(`${sandbox.url}/qr_codes/order-1/payments/simulate`, {
      method: 'POST',
      headers,
      signal: leaving.signal,
    });
    const ended = lost.then((response) => response.text()).catch(() => 'lost');
    await receiver.next();
    leaving.abort();
    await ended;
    await sandbox.idle();
    assert.equal(receiver.received.length, 1);
  });
}
