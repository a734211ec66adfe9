import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { start, startReceiver } from './support.ts';
import { createRequest, minuteMs, simulate, startV3, told, v3 } from './v3.ts';

test('the envelope tells the time of the attempt, so that a retry differs from what it repeats', async (t) => {
  const clock = createTestClock(0);
  const { sandbox, receiver } = await startV3(t, { clock });
  sandbox.faults.next('webhook', { kind: 'loseAnswer' });
  await simulate(sandbox, await createRequest(sandbox));
  await clock.advance(15 * minuteMs);
  await sandbox.redeliver(sandbox.record.deliveries[0]?.webhookId ?? '');
  const [first, retry, again] = told(sandbox).map(({ body }) => body);
  assert.deepEqual(
    [first?.created, retry?.created, again?.created],
    ['1970-01-01T00:00:00.000Z', '1970-01-01T00:15:00.000Z', '1970-01-01T00:15:00.000Z'],
  );
  assert.deepEqual(first?.data, retry?.data);
  assert.deepEqual(
    receiver.received.map(({ body }) => body),
    sandbox.record.deliveries.map(({ body }) => body),
  );
});

test('copies of one attempt are alike', async (t) => {
  const { sandbox, receiver } = await startV3(t);
  sandbox.faults.next('webhook', { kind: 'duplicate', times: 2 });
  await simulate(sandbox, await createRequest(sandbox));
  assert.equal(receiver.received[0]?.body, receiver.received[1]?.body);
});

test('without a webhook URL nothing is sent, and the record says so', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  await simulate(sandbox, await createRequest(sandbox));
  await clock.advance(60 * minuteMs);
  const [delivery, ...more] = sandbox.record.deliveries;
  assert.deepEqual([delivery?.url, delivery?.error, delivery?.isAcknowledged], ['', 'no webhook URL is set', false]);
  assert.equal(more.length, 0);
});

test('a URL set later is where a webhook goes when it is sent again', async (t) => {
  const sandbox = await start(t);
  await simulate(sandbox, await createRequest(sandbox));
  const receiver = await startReceiver(t);
  sandbox.webhookUrl = receiver.url;
  const again = await sandbox.redeliver(sandbox.record.deliveries[0]?.webhookId ?? '');
  assert.deepEqual([again.url, again.isAcknowledged], [receiver.url, true]);
});

test('a retry asks for the URL anew', async (t) => {
  const clock = createTestClock();
  const { sandbox, receiver } = await startV3(t, { clock, webhookUrl: 'http://127.0.0.1:1/' });
  await simulate(sandbox, await createRequest(sandbox));
  sandbox.webhookUrl = () => receiver.url;
  await clock.advance(15 * minuteMs);
  assert.equal(receiver.received.length, 1);
});

test('an answer that hangs does not hold back the webhook of what was done', async (t) => {
  const { sandbox, receiver } = await startV3(t);
  const id = await createRequest(sandbox);
  sandbox.faults.next('POST /v3/payment_requests/:payment_request_id/simulate', {
    kind: 'hang',
    afterProcessing: true,
  });
  const hanging = v3(sandbox, 'POST', `/payment_requests/${id}/simulate`, {}).catch(() => 'gone');
  assert.equal(JSON.parse((await receiver.next()).body).event, 'payment.capture');
  await sandbox.close();
  assert.equal(await hanging, 'gone');
});
