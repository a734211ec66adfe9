import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { call, newQrCode, pay, start, startReceiver } from './support.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

test('a payment sends one flat webhook, with the token, an id and who paid', async (t) => {
  const sandbox = await start(t, { callbackToken: 'secret' });
  const receiver = await startReceiver(t);
  const paid = await pay(sandbox, receiver);
  await sandbox.idle();
  const [delivery, ...others] = receiver.received;
  assert.ok(delivery !== undefined && others.length === 0);
  assert.equal(delivery.headers['x-callback-token'], 'secret');
  assert.match(delivery.headers['content-type'] ?? '', /^application\/json/);
  const { payment_detail, ...rest } = JSON.parse(delivery.body) as { payment_detail: Record<string, string> };
  assert.deepEqual(rest, { event: 'qr.payment', ...paid.body });
  assert.deepEqual(Object.keys(payment_detail), ['receipt_id', 'source']);

  const [record, ...more] = sandbox.record.deliveries;
  assert.ok(record !== undefined && more.length === 0);
  assert.equal(delivery.headers['webhook-id'], record.webhookId);
  assert.equal(delivery.body, record.body);
  const { webhookId: _, body: __, sentAt: ___, ...facts } = record;
  assert.deepEqual(facts, {
    event: 'qr.payment',
    url: receiver.url,
    attempt: 1,
    cause: 'EVENT',
    fault: undefined,
    status: 200,
    error: undefined,
    isAcknowledged: true,
  });
});

test("each account's webhooks carry its own token, and name it where they name a business", async (t) => {
  const receiver = await startReceiver(t);
  const callbackToken = (account: string) => `token of ${account}`;
  const sandbox = await start(t, { callbackToken, webhookUrl: receiver.url });
  for (const account of ['sub-a', 'sub-b']) {
    const headers = { 'for-user-id': account };
    await call(sandbox, 'POST', '/qr_codes', newQrCode({ callback_url: receiver.url }), headers);
    await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate', undefined, headers);
    await sandbox.idle();
    await sandbox.send('payment.succeeded', {}, { account });
    await sandbox.send('qr.payment', { qr_code: {} }, { account });
  }
  const told = receiver.received.map(({ headers, body }) => [
    headers['x-callback-token'],
    (JSON.parse(body) as { business_id?: string }).business_id,
  ]);
  assert.deepEqual(
    told,
    ['sub-a', 'sub-b'].flatMap((account) =>
      [undefined, account, undefined].map((business) => [`token of ${account}`, business]),
    ),
  );
});

test('the token is sandbox-callback-token unless told', async (t) => {
  const sandbox = await start(t);
  const receiver = await startReceiver(t);
  await pay(sandbox, receiver);
  assert.equal((await receiver.next()).headers['x-callback-token'], 'sandbox-callback-token');
});

test('a refused webhook is sent again after 15 m, 45 m, 2 h, 3 h, 6 h and 12 h, the same each time, and then no more', async (t) => {
  const clock = createTestClock(0);
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t, (response) => response.writeHead(503).end());
  await pay(sandbox, receiver);
  await sandbox.idle();
  await clock.advance(100 * hourMs);
  const { deliveries } = sandbox.record;
  assert.deepEqual(
    deliveries.map(({ sentAt }) => sentAt / hourMs),
    [0, 0.25, 1, 3, 6, 12, 24],
  );
  assert.deepEqual(
    deliveries.map(({ attempt, cause, status }) => [attempt, cause, status]),
    [[1, 'EVENT', 503], ...[2, 3, 4, 5, 6, 7].map((attempt) => [attempt, 'RETRY', 503])],
  );
  assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1);
  assert.equal(new Set(receiver.received.map(({ body }) => body)).size, 1);
  assert.equal(receiver.received.length, 7);
});

test('an acknowledged webhook is not sent again', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t, (response, index) => response.writeHead(index < 2 ? 500 : 204).end());
  await pay(sandbox, receiver);
  await sandbox.idle();
  await clock.advance(100 * hourMs);
  assert.deepEqual(
    sandbox.record.deliveries.map(({ isAcknowledged }) => isAcknowledged),
    [false, false, true],
  );
});

for (const [status, isAcknowledged] of [
  [200, true],
  [201, true],
  [299, true],
  [302, false],
  [404, false],
] as const) {
  test(`an answer of ${status} ${isAcknowledged ? 'acknowledges' : 'does not acknowledge'} a webhook`, async (t) => {
    const sandbox = await start(t);
    const receiver = await startReceiver(t, (response) =>
      response.writeHead(status, { location: '/elsewhere' }).end('thanks'),
    );
    await pay(sandbox, receiver);
    await sandbox.idle();
    assert.equal(sandbox.record.deliveries[0]?.isAcknowledged, isAcknowledged);
    assert.equal(receiver.received.length, 1); // and a redirect is not followed
  });
}

test('no answer within 30 s is a failure, and is retried', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t, (response, index) => {
    if (index > 0) response.end();
  });
  await pay(sandbox, receiver);
  await receiver.next();
  await clock.advance(29_999);
  assert.equal(sandbox.record.deliveries[0]?.error, undefined);
  await clock.advance(1);
  await sandbox.idle();
  assert.equal(sandbox.record.deliveries[0]?.error, 'no answer in 30000 ms');
  await clock.advance(15 * minuteMs);
  assert.equal(sandbox.record.deliveries[1]?.isAcknowledged, true);
});

test('a receiver that is not there is a failure, and is retried', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  await call(sandbox, 'POST', '/qr_codes', newQrCode({ callback_url: 'http://127.0.0.1:1/' }));
  await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate');
  await sandbox.idle();
  assert.equal(sandbox.record.deliveries[0]?.error, 'ECONNREFUSED');
  assert.equal(sandbox.record.deliveries[0]?.status, undefined);
  await clock.advance(15 * minuteMs);
  assert.equal(sandbox.record.deliveries.length, 2);
});

test('a webhook leaves when the answer that caused it has been written', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t);
  await call(sandbox, 'POST', '/qr_codes', newQrCode({ callback_url: receiver.url }));
  sandbox.faults.next('POST /qr_codes/:external_id/payments/simulate', { kind: 'slowBody', msPerChunk: 10 });
  const answer = call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate');
  await clock.armed();
  for (let n = 0; n < 5; n += 1) await call(sandbox, 'GET', '/qr_codes/order-1'); // time enough for it to arrive
  assert.equal(receiver.received.length, 0);
  await clock.advance(10_000);
  assert.equal((await answer).status, 200);
  await receiver.next();
});

test('a webhook can be sent again by hand, and what acknowledges it ends the retries', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t, (response, index) => response.writeHead(index === 0 ? 500 : 200).end());
  await pay(sandbox, receiver);
  await sandbox.idle();
  const webhookId = sandbox.record.deliveries[0]?.webhookId ?? '';
  const again = await sandbox.redeliver(webhookId);
  assert.deepEqual([again.webhookId, again.attempt, again.cause, again.status], [webhookId, 2, 'REDELIVERY', 200]);
  await clock.advance(100 * hourMs);
  assert.equal(receiver.received.length, 2);
  await sandbox.redeliver(webhookId); // also what was acknowledged long ago
  assert.equal(receiver.received.length, 3);
  assert.equal(new Set(receiver.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size, 1);
});

test('sending again in vain leaves the retries as they were', async (t) => {
  const clock = createTestClock(0);
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t, (response) => response.writeHead(500).end());
  await pay(sandbox, receiver);
  await sandbox.idle();
  await clock.advance(10 * minuteMs);
  await sandbox.redeliver(sandbox.record.deliveries[0]?.webhookId ?? '');
  await clock.advance(50 * minuteMs);
  assert.deepEqual(
    sandbox.record.deliveries.map(({ sentAt, cause }) => [sentAt / minuteMs, cause]),
    [
      [0, 'EVENT'],
      [10, 'REDELIVERY'],
      [15, 'RETRY'],
      [60, 'RETRY'],
    ],
  );
});

test('what was acknowledged when sent again is not retried because the attempt before goes unanswered', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t, (response, index) => {
    if (index > 0) response.end();
  });
  await pay(sandbox, receiver);
  await receiver.next();
  await sandbox.redeliver(sandbox.record.deliveries[0]?.webhookId ?? '');
  await clock.advance(100 * hourMs);
  assert.deepEqual(
    sandbox.record.deliveries.map(({ isAcknowledged }) => isAcknowledged),
    [false, true],
  );
});

test('sending again what was never sent is refused', async (t) => {
  const sandbox = await start(t);
  await assert.rejects(sandbox.redeliver('unknown'), /No webhook has the id unknown/);
});
