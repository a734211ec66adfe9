import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/model/json.ts';
import { createTestClock } from '../../src/sandbox/clock.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { start } from './support.ts';
import { createRequest, dayMs, events, readRequest, saveCard, simulate, startV3, told, v3 } from './v3.ts';

/** A card payment that the payer has agreed to; its webhooks are told. */
async function payByCard(sandbox: Sandbox, changes: object = {}): Promise<JsonObject> {
  const payment_token_id = await saveCard(sandbox);
  const card = { channel_code: 'CARDS', payment_token_id, request_amount: 50000, reference_id: crypto.randomUUID() };
  return simulate(sandbox, await createRequest(sandbox, { ...card, ...changes }));
}

const authorize = (sandbox: Sandbox) => payByCard(sandbox, { capture_method: 'MANUAL' });
const capture = (sandbox: Sandbox, payment: JsonObject, capture_amount?: number) =>
  v3(sandbox, 'POST', `/payments/${payment.payment_id}/capture`, { capture_amount });
const amounts = (payment: JsonObject) =>
  (payment.captures as { capture_amount: number }[]).map((each) => each.capture_amount);

test('a card request asks the payer first, and is paid by simulating', async (t) => {
  const { sandbox } = await startV3(t);
  const payment = await payByCard(sandbox);
  assert.deepEqual([payment.status, payment.channel_code, amounts(payment)], ['SUCCEEDED', 'CARDS', [50000]]);
  assert.ok((payment.payment_details as JsonObject).authorization_data);
  assert.deepEqual(events(sandbox), ['payment_token.activation', 'payment.capture']);
});

test('a card request that has ended holds its payment as it is now, and no other request does', async (t) => {
  const { sandbox } = await startV3(t);
  const payment = await authorize(sandbox);
  const latest = async () => (await readRequest(sandbox, payment.payment_request_id as string)).latest_payment;
  assert.deepEqual(await latest(), payment);
  assert.deepEqual(await latest(), (await v3(sandbox, 'GET', `/payments/${payment.payment_id}`)).body);
  const captured = (await capture(sandbox, payment, 50000)).body;
  assert.deepEqual(await latest(), captured);
  const waiting = await createRequest(sandbox, {
    channel_code: 'CARDS',
    payment_token_id: await saveCard(sandbox),
    reference_id: 'waiting',
  });
  const byCode = await createRequest(sandbox);
  await simulate(sandbox, byCode);
  for (const id of [waiting, byCode]) assert.ok(!('latest_payment' in (await readRequest(sandbox, id))));
});

test('without the question of its bank a card is charged at once', async (t) => {
  const { sandbox } = await startV3(t);
  const payment_token_id = await saveCard(sandbox);
  const card = { channel_code: 'CARDS', payment_token_id, channel_properties: { skip_three_ds: true } };
  assert.equal((await readRequest(sandbox, await createRequest(sandbox, card))).status, 'SUCCEEDED');
});

for (const [amount, failureCode] of [
  [10051, 'EXPIRED_CARD'],
  [10052, 'SUSPECTED_FRAUDULENT'],
  [10053, 'DECLINED_BY_PROCESSOR'],
  [10054, 'INSUFFICIENT_BALANCE'],
  [10055, 'STOLEN_CARD'],
  [10056, 'INACTIVE_OR_UNAUTHORIZED_CARD'],
  [10057, 'PROCESSOR_ERROR'],
  [10058, 'INVALID_CVV'],
  [10059, 'DECLINED_BY_ISSUER'],
] as const) {
  test(`a card payment of ${amount} fails with ${failureCode}`, async (t) => {
    const { sandbox } = await startV3(t);
    const payment = await payByCard(sandbox, { request_amount: amount });
    assert.deepEqual([payment.status, payment.failure_code, amounts(payment)], ['FAILED', failureCode, []]);
    const request = await readRequest(sandbox, payment.payment_request_id as string);
    assert.deepEqual([request.status, request.failure_code], ['FAILED', failureCode]);
    assert.equal(events(sandbox).at(-1), 'payment.failure');
  });
}

test('captured by hand, a card is authorized first and paid when captured', async (t) => {
  const { sandbox } = await startV3(t);
  const payment = await authorize(sandbox);
  assert.deepEqual([payment.status, amounts(payment)], ['AUTHORIZED', []]);
  const captured = await capture(sandbox, payment, 50000);
  await sandbox.idle();
  assert.deepEqual(
    [captured.status, captured.body.status, amounts(captured.body as JsonObject)],
    [200, 'SUCCEEDED', [50000]],
  );
  assert.deepEqual(events(sandbox).slice(1), ['payment.authorization', 'payment.capture']);
  assert.deepEqual(told(sandbox).at(-1)?.data, captured.body);
  assert.equal((await readRequest(sandbox, payment.payment_request_id as string)).status, 'AUTHORIZED');
});

test('an authorization is captured in parts, each with its own id, up to what was authorized', async (t) => {
  const { sandbox } = await startV3(t);
  const payment = await authorize(sandbox);
  await capture(sandbox, payment, 20000.1);
  const tooMuch = await capture(sandbox, payment, 30000);
  assert.deepEqual([tooMuch.status, tooMuch.body.error_code], [400, 'CAPTURE_AMOUNT_EXCEEDED']);
  const { body } = await capture(sandbox, payment); // without an amount, what is left
  assert.deepEqual(amounts(body as JsonObject), [20000.1, 29999.9]);
  assert.equal(new Set((body.captures as { capture_id: string }[]).map(({ capture_id }) => capture_id)).size, 2);
  const more = await capture(sandbox, payment, 1);
  assert.deepEqual([more.status, more.body.error_code], [400, 'INELIGIBLE_TRANSACTION_STATUS']);
});

test('a second capture is later than what the payment says of its last update', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const payment = await authorize(sandbox);
  await clock.advance(1000);
  const first = (await capture(sandbox, payment, 20000)).body;
  await clock.advance(1000);
  const second = (await capture(sandbox, payment, 20000)).body;
  assert.ok(String(first.updated) > String(payment.updated));
  assert.equal(second.updated, first.updated);
  const [, { capture_timestamp }] = second.captures as [object, { capture_timestamp: string }];
  assert.ok(capture_timestamp > String(second.updated));
});

test('nothing can not be captured', async (t) => {
  const sandbox = await start(t);
  const { status, body } = await capture(sandbox, await authorize(sandbox), 0);
  assert.deepEqual([status, body.error_code], [400, 'INVALID_VALUE_ERROR']);
});

test('an authorized payment can be canceled, without a webhook', async (t) => {
  const { sandbox } = await startV3(t);
  const payment = await authorize(sandbox);
  const { status, body } = await v3(sandbox, 'POST', `/payments/${payment.payment_id}/cancel`);
  await sandbox.idle();
  assert.deepEqual([status, body.status, events(sandbox).at(-1)], [200, 'CANCELED', 'payment.authorization']);
  assert.equal((await capture(sandbox, payment, 1)).body.error_code, 'INELIGIBLE_TRANSACTION_STATUS');
});

test('an authorization that no one captures expires after 7 days, and says so', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const [waiting, captured] = [await authorize(sandbox), await authorize(sandbox)];
  await capture(sandbox, captured, 1);
  await clock.advance(7 * dayMs - 1);
  assert.ok(!events(sandbox).includes('payment.expiry'));
  await clock.advance(1);
  const expiries = told(sandbox).filter(({ event }) => event === 'payment.expiry');
  assert.deepEqual(
    expiries.map(({ data }) => [data.payment_id, data.status]),
    [[waiting.payment_id, 'EXPIRED']],
  );
});

test('a paid payment can be neither canceled nor captured', async (t) => {
  const sandbox = await start(t);
  const payment = await payByCard(sandbox);
  for (const step of ['cancel', 'capture']) {
    const { status, body } = await v3(sandbox, 'POST', `/payments/${payment.payment_id}/${step}`, {});
    assert.deepEqual([status, body.error_code], [400, 'INELIGIBLE_TRANSACTION_STATUS']);
  }
});

test('a payment that is not there is not found, and what is no id is malformed', async (t) => {
  const sandbox = await start(t);
  const id = 'py-00000000-0000-4000-8000-000000000000';
  const { status, body } = await v3(sandbox, 'GET', `/payments/${id}`);
  assert.deepEqual([status, body], [404, { error_code: 'DATA_NOT_FOUND', message: `Payment ${id} not found` }]);
  for (const [method, path] of [
    ['GET', '/payments/py-none'],
    ['POST', '/payments/py-none/capture'],
    ['GET', '/payment_requests/pr-none'],
    ['GET', `/payment_tokens/${id}1`],
  ] as const) {
    const malformed = await v3(sandbox, method, path);
    assert.deepEqual([malformed.status, malformed.body.error_code], [400, 'API_VALIDATION_ERROR'], path);
  }
});
