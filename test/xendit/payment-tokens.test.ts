import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelPaymentToken, createPaymentToken } from '../../src/xendit/payment-tokens.ts';
import { json, openClient, playXendit, refusal, said } from './playing-xendit.ts';

const stored = {
  payment_token_id: 'pt-1',
  reference_id: 'token-1',
  customer_id: 'cust-1',
  country: 'ID',
  currency: 'IDR',
  channel_code: 'OVO',
  channel_properties: { success_return_url: 'https://a.id' },
  status: 'REQUIRES_ACTION',
  actions: [{ type: 'REDIRECT_CUSTOMER', descriptor: 'WEB_URL', value: 'https://x.id' }],
  token_details: { account_balance: '100000', account_name: 'Siti' },
  created: '2024-01-01T00:00:00Z',
  updated: '2024-01-01T00:00:00Z',
};
const token = {
  referenceId: 'token-1',
  country: 'ID',
  currency: 'IDR',
  channelCode: 'OVO',
  channelProperties: { success_return_url: 'https://a.id' },
};

test('an account is saved under the merchant’s name for it', async (t) => {
  const server = await playXendit(t, (response) => json(response, 201, stored));
  const xendit = openClient(t, server.url);
  const [created] = await createPaymentToken(xendit, 'sub-1', { ...token, customerId: 'cust-1', metadata: { a: 'b' } });
  assert.deepEqual(said(server.received[0]), ['POST /v3/payment_tokens', '2024-11-11', 'sub-1']);
  assert.equal(
    server.received[0]?.body,
    '{"reference_id":"token-1","country":"ID","currency":"IDR","channel_code":"OVO","channel_properties":{"success_return_url":"https://a.id"},"customer_id":"cust-1","metadata":{"a":"b"}}',
  );
  assert.deepEqual([created?.id, created?.status], ['pt-1', 'REQUIRES_ACTION']);
  assert.deepEqual(created?.fields.actions, stored.actions);
  assert.deepEqual(created?.fields.tokenDetails, stored.token_details);
  await createPaymentToken(xendit, '', {
    ...token,
    customer: { referenceId: 'c', individual: { givenNames: 'Siti' } },
    description: 'd',
  });
  assert.match(
    server.received[1]?.body ?? '',
    /"customer":\{"type":"INDIVIDUAL","reference_id":"c","individual_detail":\{"given_names":"Siti"\}\},"description":"d"\}$/,
  );
});

test('a saved account is forgotten by its id', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, { ...stored, status: 'CANCELED' }));
  const [canceled] = await cancelPaymentToken(openClient(t, server.url), '', 'pt-1');
  assert.deepEqual(said(server.received[0]), ['POST /v3/payment_tokens/pt-1/cancel', '2024-11-11', undefined]);
  assert.equal(server.received[0]?.body, '');
  assert.equal(canceled?.status, 'CANCELED');
});

test('refusals keep their meaning, card data stays here, and lost answers stay open', async (t) => {
  const server = await playXendit(t, (response, _, count) =>
    count === 1 ? json(response, 409, { error_code: 'ACCOUNT_ALREADY_LINKED' }) : json(response, 201, {}),
  );
  const xendit = openClient(t, server.url);
  const error = await refusal(createPaymentToken(xendit, '', token));
  assert.deepEqual([error.code, error.xenditCode], ['CONFLICT', 'ACCOUNT_ALREADY_LINKED']);
  const channelProperties = { card_details: { cvn: '1' } };
  assert.equal((await refusal(createPaymentToken(xendit, '', { ...token, channelProperties }))).code, 'INVALID_INPUT');
  const lost = await refusal(createPaymentToken(xendit, '', token));
  assert.deepEqual([lost.code, lost.reference], ['OUTCOME_UNKNOWN', 'token-1']);
  assert.equal((await refusal(cancelPaymentToken(xendit, '', 'pt-1'))).reference, 'pt-1');
  assert.equal(server.received.length, 3);
});
