import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock, type TestClock } from '../../src/sandbox/clock.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { call, start } from './support.ts';
import { createRequest, dayMs, events, saveCard, simulate, startV3, told, v3 } from './v3.ts';

/** A sandbox on a clock of its own, and a payment request that has been paid. */
async function paid(t: Parameters<typeof startV3>[0], changes: object = {}) {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const id = await createRequest(sandbox, changes);
  await simulate(sandbox, id);
  return { sandbox, clock, id };
}

const refund = (sandbox: Sandbox, payment_request_id: string, changes: object = {}, headers = {}) =>
  call(sandbox, 'POST', '/refunds', { payment_request_id, reason: 'OTHERS', ...changes }, headers);
const read = async (sandbox: Sandbox, id: unknown) => (await call(sandbox, 'GET', `/refunds/${id}`)).body;
const settle = (clock: TestClock) => clock.advance(1000);

test('a refund answers PENDING, and then tells that it succeeded', async (t) => {
  const { sandbox, clock, id } = await paid(t);
  const { status, body } = await refund(sandbox, id, { reference_id: 'back-1', metadata: { why: 'broken' } });
  assert.deepEqual([status, body.status, body.amount, body.currency], [200, 'PENDING', 25000, 'IDR']);
  assert.match(body.id as string, /^rfd-.{36}$/);
  await settle(clock);
  const refunded = await read(sandbox, body.id);
  assert.equal(refunded.status, 'SUCCEEDED');
  const webhook = told(sandbox).at(-1);
  assert.deepEqual(
    [webhook?.event, webhook?.data, webhook?.body.api_version],
    ['refund.succeeded', refunded, undefined],
  );
});

for (const [amount, failureCode] of [
  [20300, 'REFUND_FAILED'],
  [20301, 'INSUFFICIENT_BALANCE'],
  [20303, 'ACCOUNT_ACCESS_BLOCKED'],
] as const) {
  test(`a refund of ${amount} fails later with ${failureCode}, and gives the money up for another`, async (t) => {
    const { sandbox, clock, id } = await paid(t);
    const { body } = await refund(sandbox, id, { amount });
    await settle(clock);
    const failed = await read(sandbox, body.id);
    assert.deepEqual([failed.status, failed.failure_code], ['FAILED', failureCode]);
    assert.equal(events(sandbox).at(-1), 'refund.failed');
    assert.equal((await refund(sandbox, id)).body.amount, 25000);
  });
}

for (const [amount, status, errorCode] of [
  [10300, 400, 'REFUND_AMOUNT_EXCEEDED'],
  [10301, 403, 'PARTIAL_REFUND_NOT_SUPPORTED'],
  [10303, 403, 'REFUND_NOT_SUPPORTED'],
  [10304, 400, 'REFUND_IN_PROGRESS'],
  [10305, 400, 'INELIGIBLE_TRANSACTION_STATUS'],
] as const) {
  test(`a refund of ${amount} is refused with ${errorCode}`, async (t) => {
    const { sandbox, id } = await paid(t);
    const answer = await refund(sandbox, id, { amount });
    assert.deepEqual([answer.status, answer.body.error_code], [status, errorCode]);
  });
}

test('no more is given back than was paid, and one refund at a time', async (t) => {
  const { sandbox, clock, id } = await paid(t);
  assert.equal((await refund(sandbox, id, { amount: 20000 })).status, 200);
  assert.equal((await refund(sandbox, id, { amount: 1 })).body.error_code, 'REFUND_IN_PROGRESS');
  await settle(clock);
  assert.equal((await refund(sandbox, id, { amount: 5000.01 })).body.error_code, 'REFUND_AMOUNT_EXCEEDED');
  assert.equal((await refund(sandbox, id)).body.amount, 5000); // what is left
  await settle(clock);
  assert.equal((await refund(sandbox, id)).body.error_code, 'REFUND_AMOUNT_EXCEEDED');
});

test('a channel gives back what it can', async (t) => {
  const account = await paid(t, { channel_code: 'BNI_VIRTUAL_ACCOUNT' });
  const none = await refund(account.sandbox, account.id);
  assert.deepEqual([none.status, none.body.error_code], [403, 'REFUND_NOT_SUPPORTED']);
  const wallet = await paid(t, { channel_code: 'LINKAJA' });
  const part = await refund(wallet.sandbox, wallet.id, { amount: 1 });
  assert.deepEqual([part.status, part.body.error_code], [403, 'PARTIAL_REFUND_NOT_SUPPORTED']);
  assert.equal((await refund(wallet.sandbox, wallet.id)).status, 200);
});

test('what was not paid, and what is not there, can not be given back', async (t) => {
  const sandbox = await start(t);
  const unpaid = await refund(sandbox, await createRequest(sandbox));
  assert.deepEqual([unpaid.status, unpaid.body.error_code], [400, 'INELIGIBLE_TRANSACTION_STATUS']);
  const unknown = await refund(sandbox, 'pr-none');
  assert.deepEqual([unknown.status, unknown.body.error_code], [404, 'DATA_NOT_FOUND']);
  for (const changes of [{ reason: 'MOOD' }, { reason: undefined }, { amount: 0 }, { amount: '1' }]) {
    assert.equal((await refund(sandbox, 'pr-none', changes)).status, 400);
  }
});

test('of an authorized payment what was captured is given back', async (t) => {
  const { sandbox } = await startV3(t);
  const payment_token_id = await saveCard(sandbox);
  const card = { channel_code: 'CARDS', payment_token_id, capture_method: 'MANUAL' };
  const id = await createRequest(sandbox, card);
  const payment = await simulate(sandbox, id);
  assert.equal((await refund(sandbox, id)).status, 400);
  await v3(sandbox, 'POST', `/payments/${payment.payment_id}/capture`, { capture_amount: 7000 });
  const { body } = await refund(sandbox, id);
  assert.deepEqual([body.amount, body.payment_id, body.payment_method_type], [7000, payment.payment_id, 'CARD']);
});

test('a pending refund can be cancelled, without a webhook', async (t) => {
  const { sandbox, clock, id } = await paid(t);
  const { body } = await refund(sandbox, id);
  const cancelled = await call(sandbox, 'POST', `/refunds/${body.id}/cancel`);
  assert.deepEqual([cancelled.status, cancelled.body.status], [200, 'CANCELLED']);
  await settle(clock);
  assert.deepEqual(events(sandbox), ['payment.capture']);
  assert.equal(
    (await call(sandbox, 'POST', `/refunds/${body.id}/cancel`)).body.error_code,
    'INELIGIBLE_TRANSACTION_STATUS',
  );
  assert.equal((await refund(sandbox, id)).status, 200);
});

test('money is given back in the currency that it was paid in', async (t) => {
  const { sandbox, id } = await paid(t);
  const { status, body } = await refund(sandbox, id, { amount: 1000, currency: 'USD' });
  assert.deepEqual([status, body.error_code], [400, 'INVALID_VALUE_ERROR']);
  assert.equal((await refund(sandbox, id, { amount: 1000, currency: 'IDR' })).status, 200);
});

test('a key gives money back once, also when the answer was lost', async (t) => {
  const { sandbox, clock, id } = await paid(t);
  const key = { 'idempotency-key': 'once' };
  sandbox.faults.next('POST /refunds', { kind: 'reset', afterProcessing: true });
  await assert.rejects(refund(sandbox, id, { amount: 1000 }, key));
  const answer = await refund(sandbox, id, { amount: 1000 }, key);
  assert.equal(answer.status, 200);
  await settle(clock);
  assert.deepEqual((await refund(sandbox, id, { amount: 1000 }, key)).body, answer.body); // as it was answered first
  const { body } = await call(sandbox, 'GET', '/refunds');
  assert.equal((body.data as object[]).length, 1);
  const other = await refund(sandbox, id, { amount: 2000 }, key);
  assert.deepEqual([other.status, other.body.error_code], [409, 'IDEMPOTENCY_ERROR']);
});

test('a key is forgotten after 24 hours, is each account its own, and is not spent on a refusal', async (t) => {
  const { sandbox, clock, id } = await paid(t);
  const key = { 'idempotency-key': 'once' };
  assert.equal((await refund(sandbox, id, { amount: 99999 }, key)).status, 400);
  const first = await refund(sandbox, id, { amount: 1000 }, key);
  assert.equal(first.status, 200);
  assert.equal((await refund(sandbox, id, { amount: 1000 }, { ...key, 'for-user-id': 'sub-1' })).status, 404);
  await clock.advance(dayMs - 1);
  assert.equal((await refund(sandbox, id, { amount: 1000 }, key)).body.id, first.body.id);
  await clock.advance(1);
  assert.notEqual((await refund(sandbox, id, { amount: 1000 }, key)).body.id, first.body.id);
  assert.equal((await refund(sandbox, id, {}, { 'idempotency-key': 'x'.repeat(101) })).status, 400);
});

test('refunds are listed newest first, by page and by filter', async (t) => {
  const { sandbox, clock, id } = await paid(t);
  const ids: unknown[] = [];
  for (let n = 0; n < 3; n += 1) {
    ids.unshift((await refund(sandbox, id, { amount: 1 })).body.id);
    await settle(clock);
  }
  const list = async (query: string) => {
    const { body } = await call(sandbox, 'GET', `/refunds?${query}`);
    return [(body.data as { id: string }[]).map((each) => ids.indexOf(each.id)), body.has_more];
  };
  assert.deepEqual(await list(''), [[0, 1, 2], false]);
  assert.deepEqual(await list('limit=2'), [[0, 1], true]);
  assert.deepEqual(await list(`limit=2&after_id=${ids[1]}`), [[2], false]);
  assert.deepEqual(await list(`limit=1&before_id=${ids[2]}`), [[1], true]);
  assert.deepEqual(await list(`before_id=${ids[1]}`), [[0], false]);
  assert.deepEqual(await list('payment_request_id=pr-none'), [[], false]);
  assert.deepEqual(await list(`payment_request_id=${id}&channel_code=QRIS`), [[0, 1, 2], false]);
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'after_id=rfd-none']) {
    assert.equal((await call(sandbox, 'GET', `/refunds?${query}`)).status, 400, query);
  }
});
