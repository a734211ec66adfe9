import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getBalance } from '../../src/xendit/balance.ts';
import { getTransaction, listTransactions } from '../../src/xendit/transactions.ts';
import { json, openClient, playXendit, refusal, said } from './playing-xendit.ts';

const stored = `{
  "id": "txn_1", "product_id": "py-1", "type": "PAYMENT", "status": "SUCCESS", "channel_category": "QR_CODE",
  "channel_code": "QRIS", "reference_id": "order-1", "account_identifier": null, "currency": "IDR",
  "amount": 9007199254740993.10, "net_amount": 9900.5, "net_amount_currency": "USD", "cashflow": "MONEY_IN",
  "settlement_status": "PENDING", "estimated_settlement_time": "2024-01-03T00:00:00Z", "business_id": "b",
  "created": "2024-01-01T00:00:00.000Z", "updated": "2024-01-01T00:00:01Z",
  "fee": { "xendit_fee": 70, "value_added_tax": 7.7, "xendit_withholding_tax": 0, "third_party_withholding_tax": 0, "status": "PENDING" },
  "product_data": { "capture_id": "cptr-1", "payment_request_id": "pr-1" }
}`;
const idr = (amount: string) => ({ amount, currency: 'IDR' });
const read = {
  id: 'txn_1',
  productId: 'py-1',
  type: 'PAYMENT',
  status: 'SUCCESS',
  channelCategory: 'QR_CODE',
  channelCode: 'QRIS',
  referenceId: 'order-1',
  accountIdentifier: undefined,
  amount: idr('9007199254740993.1'),
  netAmount: { amount: '9900.5', currency: 'USD' },
  cashflow: 'MONEY_IN',
  settlementStatus: 'PENDING',
  estimatedSettlementTime: '2024-01-03T00:00:00.000000000Z',
  fee: {
    xenditFee: idr('70'),
    valueAddedTax: idr('7.7'),
    xenditWithholdingTax: idr('0'),
    thirdPartyWithholdingTax: idr('0'),
    status: 'PENDING',
  },
  paymentRequestId: 'pr-1',
  captureId: 'cptr-1',
  businessId: 'b',
  created: '2024-01-01T00:00:00.000000000Z',
  updated: '2024-01-01T00:00:01.000000000Z',
};

test('a transaction is read to the last digit', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, stored));
  assert.deepEqual(await getTransaction(openClient(t, server.url), 'sub-1', 'txn_1'), read);
  assert.deepEqual(said(server.received[0]), ['GET /transactions/txn_1', undefined, 'sub-1']);
});

test('transactions are listed by every filter that Xendit has', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, `{"has_more":true,"data":[${stored}]}`));
  const xendit = openClient(t, server.url);
  const { transactions, hasMore } = await listTransactions(xendit, 'sub-1', {
    types: ['PAYMENT', 'REFUND'],
    statuses: ['SUCCESS'],
    channelCategories: ['QR_CODE', 'EWALLET'],
    referenceId: 'a&b',
    productId: 'py-1',
    currency: 'IDR',
    amount: '9007199254740993.10',
    createdFrom: new Date('2024-01-01T00:00:00Z'),
    createdTo: new Date('2024-01-02T00:00:00Z'),
    limit: 20,
    afterId: 'txn_0',
  });
  assert.equal(hasMore, true);
  assert.deepEqual(transactions, [read]);
  const url = new URL(server.received[0]?.url ?? '', server.url);
  assert.equal(url.pathname, '/transactions');
  assert.deepEqual(
    [...url.searchParams],
    [
      ['types', 'PAYMENT'],
      ['types', 'REFUND'],
      ['statuses', 'SUCCESS'],
      ['channel_categories', 'QR_CODE'],
      ['channel_categories', 'EWALLET'],
      ['reference_id', 'a&b'],
      ['product_id', 'py-1'],
      ['currency', 'IDR'],
      ['amount', '9007199254740993.1'],
      ['created[gte]', '2024-01-01T00:00:00.000Z'],
      ['created[lte]', '2024-01-02T00:00:00.000Z'],
      ['limit', '20'],
      ['after_id', 'txn_0'],
    ],
  );
});

test('a fee may be more than the payment, and an adjustment is taken off', async (t) => {
  const booked = { id: 'txn_1', currency: 'PHP', amount: -5, net_amount: -14.5, net_amount_currency: 'PHP' };
  const server = await playXendit(t, (response) => json(response, 200, { data: [booked], has_more: false }));
  const { transactions } = await listTransactions(openClient(t, server.url), '', {});
  assert.deepEqual(
    transactions.map(({ amount, netAmount }) => [amount, netAmount]),
    [
      [
        { amount: '-5', currency: 'PHP' },
        { amount: '-14.5', currency: 'PHP' },
      ],
    ],
  );
});

test('what is no transaction is not listed as one, and no amount is not asked for', async (t) => {
  const bodies: unknown[] = [{}, { data: [null] }, { data: [{ id: 'txn_1', amount: 'x', currency: 'IDR' }] }];
  let body: unknown;
  const server = await playXendit(t, (response) => json(response, 200, body));
  const xendit = openClient(t, server.url);
  for (body of bodies) assert.equal((await refusal(listTransactions(xendit, '', {}))).code, 'UPSTREAM_PROTOCOL');
  const asked = server.received.length;
  assert.equal((await refusal(listTransactions(xendit, '', { amount: '1e999' }))).code, 'INVALID_INPUT');
  assert.equal(server.received.length, asked);
  body = { data: [], has_more: false };
  assert.deepEqual(await listTransactions(xendit, '', {}), { transactions: [], hasMore: false });
  assert.equal(server.received.at(-1)?.url, '/transactions');
});

test('a balance is exact, and of what was asked for', async (t) => {
  const bodies = ['{"balance":-9007199254740993.10}', '{"balance":0}', '{"balance":null}', '{}'];
  const server = await playXendit(t, (response, _, count) => json(response, 200, bodies[count - 1]));
  const xendit = openClient(t, server.url);
  assert.deepEqual(await getBalance(xendit, 'sub-1', { currency: 'USD', accountType: 'HOLDING' }), {
    amount: '-9007199254740993.1',
    currency: 'USD',
    accountType: 'HOLDING',
  });
  assert.deepEqual(said(server.received[0]), ['GET /balance?account_type=HOLDING&currency=USD', undefined, 'sub-1']);
  assert.deepEqual(await getBalance(xendit, ''), { amount: '0', currency: undefined, accountType: 'CASH' });
  assert.equal(server.received[1]?.url, '/balance');
  for (const _ of [1, 2]) assert.equal((await refusal(getBalance(xendit, ''))).code, 'UPSTREAM_PROTOCOL');
});
