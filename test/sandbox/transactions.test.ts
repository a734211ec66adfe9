import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { call, newQrCode, start } from './support.ts';
import { createRequest, dayMs, saveCard, simulate, startV3, v3 } from './v3.ts';

type Listed = { id: string; [field: string]: unknown };

async function list(sandbox: Sandbox, query = ''): Promise<Listed[]> {
  return (await call(sandbox, 'GET', `/transactions?${query}`)).body.data as Listed[];
}

async function balance(sandbox: Sandbox, query = ''): Promise<unknown> {
  return (await call(sandbox, 'GET', `/balance?${query}`)).body.balance;
}

test('a payment makes a transaction, with its fee and what is left of it', async (t) => {
  const { sandbox } = await startV3(t);
  const payment = await simulate(sandbox, await createRequest(sandbox, { request_amount: 100000 }));
  const [transaction, ...more] = await list(sandbox);
  assert.equal(more.length, 0);
  assert.deepEqual(
    [transaction?.product_id, transaction?.type, transaction?.cashflow, transaction?.channel_category],
    [payment.payment_id, 'PAYMENT', 'MONEY_IN', 'QR_CODE'],
  );
  assert.deepEqual([transaction?.amount, transaction?.net_amount], [100000, 99223]);
  const fee = transaction?.fee as Record<string, unknown>;
  assert.deepEqual([fee.xendit_fee, fee.value_added_tax, fee.status], [700, 77, 'PENDING']);
  const [capture] = payment.captures as { capture_id: string }[];
  const { payment_request_id } = payment;
  assert.deepEqual(transaction?.product_data, { capture_id: capture?.capture_id, payment_request_id });
  assert.deepEqual((await call(sandbox, 'GET', `/transactions/${transaction?.id}`)).body, transaction);
});

test('the balance is what has settled, less what was given back', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const id = await createRequest(sandbox, { request_amount: 100000 });
  await simulate(sandbox, id);
  assert.deepEqual([await balance(sandbox), await balance(sandbox, 'account_type=HOLDING')], [0, 99223]);
  const before = new Date(clock.now()).toISOString();
  await clock.advance(2 * dayMs);
  assert.deepEqual([await balance(sandbox), await balance(sandbox, 'account_type=HOLDING')], [99223, 0]);
  assert.equal((await list(sandbox))[0]?.settlement_status, 'SETTLED');
  await call(sandbox, 'POST', '/refunds', { payment_request_id: id, reason: 'OTHERS', amount: 40000 });
  await clock.advance(1000);
  assert.equal(await balance(sandbox), 59223);
  assert.equal(await balance(sandbox, `at_timestamp=${before}`), 0);
  assert.deepEqual([await balance(sandbox, 'currency=PHP'), (await list(sandbox))[0]?.cashflow], [0, 'MONEY_OUT']);
  assert.equal((await call(sandbox, 'GET', '/balance?account_type=GOLD')).status, 400);
});

test('each capture is a transaction of its own, and an authorization is none', async (t) => {
  const { sandbox } = await startV3(t);
  const card = { channel_code: 'CARDS', payment_token_id: await saveCard(sandbox), capture_method: 'MANUAL' };
  const payment = await simulate(sandbox, await createRequest(sandbox, card));
  assert.deepEqual(await list(sandbox), []);
  for (const capture_amount of [10000, 15000]) {
    await v3(sandbox, 'POST', `/payments/${payment.payment_id}/capture`, { capture_amount });
  }
  assert.deepEqual(
    (await list(sandbox)).map(({ amount }) => amount),
    [15000, 10000],
  );
});

test('QR codes make transactions too', async (t) => {
  const sandbox = await start(t);
  await call(sandbox, 'POST', '/qr_codes', newQrCode());
  const { body } = await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate');
  const [transaction] = await list(sandbox);
  assert.deepEqual([transaction?.product_id, transaction?.reference_id], [body.id, 'order-1']);
});

test('transactions are listed newest first, page by page, with a link to the next', async (t) => {
  const sandbox = await start(t);
  for (let n = 0; n < 12; n += 1) await simulate(sandbox, await createRequest(sandbox, { reference_id: `order-${n}` }));
  const first = await call(sandbox, 'GET', '/transactions?types=PAYMENT');
  assert.deepEqual([(first.body.data as object[]).length, first.body.has_more], [10, true]);
  const [link] = first.body.links as { href: string; rel: string; method: string }[];
  assert.deepEqual([link?.rel, link?.method], ['next', 'GET']);
  const second = await call(sandbox, 'GET', link?.href ?? '');
  assert.deepEqual(
    (second.body.data as Listed[]).map(({ reference_id }) => reference_id),
    ['order-1', 'order-0'],
  );
  assert.deepEqual([second.body.has_more, second.body.links], [false, []]);
});

test('transactions are found by what they are', async (t) => {
  const clock = createTestClock(Date.parse('2026-01-01T00:00:00Z'));
  const sandbox = await start(t, { clock });
  await simulate(sandbox, await createRequest(sandbox, { reference_id: 'qris' }));
  await clock.advance(dayMs);
  await simulate(
    sandbox,
    await createRequest(sandbox, { reference_id: 'wallet', channel_code: 'DANA', request_amount: 9000 }),
  );
  const found = async (query: string) => (await list(sandbox, query)).map(({ reference_id }) => reference_id);
  const both = ['wallet', 'qris'];
  assert.deepEqual(await found('channel_categories=EWALLET'), ['wallet']);
  assert.deepEqual(await found('channel_categories=EWALLET&channel_categories=QR_CODE'), both);
  assert.deepEqual(await found('types=REFUND'), []);
  assert.deepEqual(await found('statuses=SUCCESS&currency=IDR'), both);
  assert.deepEqual(await found('reference_id=qris'), ['qris']);
  assert.deepEqual(await found('amount=9000.00'), ['wallet']);
  assert.deepEqual(await found('created[gte]=2026-01-01T12:00:00Z'), ['wallet']);
  assert.deepEqual(await found('created[lte]=2026-01-01T00:00:00Z'), ['qris']);
  assert.equal((await call(sandbox, 'GET', '/transactions?created[gte]=soon')).status, 400);
  assert.equal((await call(sandbox, 'GET', '/transactions?amount=much')).status, 400);
});

test("another account's transactions are its own", async (t) => {
  const sandbox = await start(t);
  await simulate(sandbox, await createRequest(sandbox));
  const [transaction] = await list(sandbox);
  const sub = { 'for-user-id': 'sub-1' };
  assert.deepEqual((await call(sandbox, 'GET', '/transactions', undefined, sub)).body.data, []);
  const { status, body } = await call(sandbox, 'GET', `/transactions/${transaction?.id}`, undefined, sub);
  assert.deepEqual([status, body.error_code], [404, 'DATA_NOT_FOUND']);
});
