import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { call, newQrCode, pay, type Received, start, startReceiver } from './support.ts';

const minuteMs = 60_000;
const externalIds = (received: Received[]) =>
  received.map(({ body }) => (JSON.parse(body) as { qr_code: { external_id: string } }).qr_code.external_id);

test('a delayed webhook is sent later', async (t) => {
  const clock = createTestClock(0);
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t);
  sandbox.faults.next('webhook', { kind: 'delay', ms: 7000 });
  await pay(sandbox, receiver);
  await sandbox.idle();
  await clock.advance(6999);
  assert.equal(receiver.received.length, 0);
  await clock.advance(1);
  assert.equal(receiver.received.length, 1);
  assert.equal(sandbox.record.deliveries[0]?.sentAt, 7000);
});

test('a dropped webhook is not sent, and is retried', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t);
  sandbox.faults.next('webhook', { kind: 'drop' }, 2);
  await pay(sandbox, receiver);
  await sandbox.idle();
  await clock.advance(15 * minuteMs);
  assert.equal(receiver.received.length, 0);
  assert.deepEqual(
    sandbox.record.deliveries.map(({ attempt, error, isAcknowledged }) => [attempt, error, isAcknowledged]),
    [
      [1, 'dropped', false],
      [2, 'dropped', false],
    ],
  );
  await clock.advance(45 * minuteMs);
  assert.equal(receiver.received.length, 1);
});

test('a webhook dropped seven times is lost until someone sends it again', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t);
  sandbox.faults.next('webhook', { kind: 'drop' }, 7);
  await pay(sandbox, receiver);
  await sandbox.idle();
  await clock.advance(100 * 60 * minuteMs);
  assert.equal(receiver.received.length, 0);
  await sandbox.redeliver(sandbox.record.deliveries[0]?.webhookId ?? '');
  assert.equal(receiver.received.length, 1);
});

test('a duplicated webhook arrives several times, all copies alike', async (t) => {
  const sandbox = await start(t);
  const receiver = await startReceiver(t);
  sandbox.faults.next('webhook', { kind: 'duplicate', times: 3 });
  await pay(sandbox, receiver);
  await sandbox.idle();
  assert.equal(receiver.received.length, 3);
  assert.equal(new Set(receiver.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size, 1);
  assert.deepEqual(
    sandbox.record.deliveries.map(({ attempt }) => attempt),
    [1, 1, 1],
  );
});

test('one acknowledged copy is enough', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t, (response, index) => response.writeHead(index === 0 ? 200 : 500).end());
  sandbox.faults.next('webhook', { kind: 'duplicate', times: 2 });
  await pay(sandbox, receiver);
  await sandbox.idle();
  await clock.advance(100 * 60 * minuteMs);
  assert.equal(receiver.received.length, 2);
});

test('reordered webhooks arrive after the next one', async (t) => {
  const sandbox = await start(t);
  const receiver = await startReceiver(t);
  sandbox.faults.next('webhook', { kind: 'reorder' }, 2);
  for (const externalId of ['first', 'second']) {
    await pay(sandbox, receiver, externalId);
    await sandbox.idle();
  }
  assert.equal(receiver.received.length, 0);
  await pay(sandbox, receiver, 'third');
  await sandbox.idle();
  const [overtaking, ...overtaken] = externalIds(receiver.received);
  assert.equal(overtaking, 'third');
  assert.deepEqual(overtaken.sort(), ['first', 'second']);
});

test('clearing the script sends what was held for reordering', async (t) => {
  const sandbox = await start(t);
  const receiver = await startReceiver(t);
  sandbox.faults.next('webhook', { kind: 'reorder' });
  await pay(sandbox, receiver);
  await sandbox.idle();
  sandbox.faults.clear();
  await sandbox.idle();
  assert.deepEqual(externalIds(receiver.received), ['order-1']);
});

test('a wrong token is another one, and the retry has the right one', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock, callbackToken: 'right' });
  const receiver = await startReceiver(t, (response, _, { headers }) =>
    response.writeHead(headers['x-callback-token'] === 'right' ? 200 : 401).end(),
  );
  sandbox.faults.next('webhook', { kind: 'wrongToken' });
  await pay(sandbox, receiver);
  await sandbox.idle();
  await clock.advance(15 * minuteMs);
  assert.deepEqual(
    sandbox.record.deliveries.map(({ fault, status }) => [fault, status]),
    [
      ['wrongToken', 401],
      [undefined, 200],
    ],
  );
});

test('a webhook whose answer is lost arrives again, though it was acknowledged', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t);
  sandbox.faults.next('webhook', { kind: 'loseAnswer' });
  await pay(sandbox, receiver);
  await sandbox.idle();
  await clock.advance(100 * 60 * minuteMs);
  assert.deepEqual(
    sandbox.record.deliveries.map(({ status, error, isAcknowledged }) => [status, error, isAcknowledged]),
    [
      [200, 'answer lost', false],
      [200, undefined, true],
    ],
  );
});

test('a webhook before the answer has been received when the answer comes', async (t) => {
  const sandbox = await start(t);
  let isAnswered = false;
  const receiver = await startReceiver(t, (response) => {
    setImmediate(() => {
      assert.equal(isAnswered, false);
      response.end();
    });
  });
  await call(sandbox, 'POST', '/qr_codes', newQrCode({ callback_url: receiver.url }));
  sandbox.faults.next('webhook', { kind: 'beforeAnswer' });
  await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate');
  isAnswered = true;
  assert.equal(sandbox.record.deliveries[0]?.isAcknowledged, true); // no waiting: it is over
  assert.equal(receiver.received.length, 1);
});

test('by chance, some webhooks are lost and all arrive in the end', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t);
  sandbox.faults.sometimes('webhook', { kind: 'drop' }, { probability: 0.5, seed: 7 });
  const ids = Array.from({ length: 20 }, (_, n) => `order-${n}`);
  for (const id of ids) await pay(sandbox, receiver, id);
  await sandbox.idle();
  assert.ok(receiver.received.length > 0 && receiver.received.length < 20);
  sandbox.faults.clear();
  await clock.advance(15 * minuteMs);
  assert.deepEqual(externalIds(receiver.received).sort(), ids.sort());
});
