import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, start } from './support.ts';
import { createRequest, events, newPaymentRequest, saveCard, startV3, told, v3 } from './v3.ts';

const newToken = (changes: object = {}) => ({
  reference_id: 'token-1',
  country: 'ID',
  currency: 'IDR',
  channel_code: 'OVO',
  channel_properties: { success_return_url: 'https://merchant.example/ok' },
  ...changes,
});

test('a token waits for its payer, and tells when he agrees', async (t) => {
  const { sandbox } = await startV3(t);
  const created = await v3(sandbox, 'POST', '/payment_tokens', newToken({ metadata: { kept: 'yes' } }));
  assert.deepEqual(
    [created.status, created.body.status, created.body.metadata],
    [201, 'REQUIRES_ACTION', { kept: 'yes' }],
  );
  const id = created.body.payment_token_id as string;
  assert.match(id, /^pt-.{36}$/);
  const linked = await sandbox.payer.linkToken(id);
  assert.deepEqual([linked.status, linked.actions], ['ACTIVE', []]);
  assert.deepEqual(
    told(sandbox).map(({ event, data }) => [event, data]),
    [['payment_token.activation', linked]],
  );
  assert.deepEqual((await v3(sandbox, 'GET', `/payment_tokens/${id}`)).body, linked);
});

test('a payer may not agree, and it is told why', async (t) => {
  const { sandbox } = await startV3(t);
  const { body } = await v3(sandbox, 'POST', '/payment_tokens', newToken());
  const failed = await sandbox.payer.linkToken(body.payment_token_id as string, {
    failure_code: 'INVALID_ACCOUNT_DETAILS',
  });
  assert.deepEqual([failed.status, failed.failure_code], ['FAILED', 'INVALID_ACCOUNT_DETAILS']);
  assert.deepEqual(events(sandbox), ['payment_token.failure']);
});

test('a token that expired or was canceled can not be charged, and only the expiry is told', async (t) => {
  const { sandbox } = await startV3(t);
  const [expired, canceled] = [await saveCard(sandbox), await saveCard(sandbox)];
  await sandbox.payer.expireToken(expired);
  assert.equal((await v3(sandbox, 'POST', `/payment_tokens/${canceled}/cancel`)).body.status, 'CANCELED');
  for (const payment_token_id of [expired, canceled]) {
    const wanted = newPaymentRequest({ channel_code: 'CARDS', payment_token_id });
    assert.equal((await v3(sandbox, 'POST', '/payment_requests', wanted)).body.error_code, 'INVALID_TOKEN');
    const again = await v3(sandbox, 'POST', `/payment_tokens/${payment_token_id}/cancel`);
    assert.deepEqual([again.status, again.body.error_code], [400, 'INELIGIBLE_TRANSACTION_STATUS']);
  }
  assert.deepEqual(events(sandbox).slice(2), ['payment_token.expiry']);
});

test('a channel that saves nothing has no tokens', async (t) => {
  const sandbox = await start(t);
  const { status, body } = await v3(sandbox, 'POST', '/payment_tokens', newToken({ channel_code: 'QRIS' }));
  assert.deepEqual([status, body.message], [400, "channel_code QRIS can't be saved"]);
});

test("another account's token is not found, nor charged", async (t) => {
  const sandbox = await start(t);
  const id = await saveCard(sandbox);
  const sub = { 'for-user-id': 'sub-1' };
  assert.equal((await v3(sandbox, 'GET', `/payment_tokens/${id}`, undefined, sub)).status, 404);
  const wanted = newPaymentRequest({ channel_code: 'CARDS', payment_token_id: id });
  assert.equal((await v3(sandbox, 'POST', '/payment_requests', wanted, sub)).body.error_code, 'INVALID_TOKEN');
});

test('an inline customer is created once, and named by all who bring it', async (t) => {
  const sandbox = await start(t);
  const customer = { type: 'INDIVIDUAL', reference_id: 'budi', individual_detail: { given_names: 'Budi' } };
  const { body: token } = await v3(sandbox, 'POST', '/payment_tokens', newToken({ customer }));
  const id = await createRequest(sandbox, { customer });
  const { body: request } = await v3(sandbox, 'GET', `/payment_requests/${id}`);
  assert.match(token.customer_id as string, /^cust-.{36}$/);
  assert.equal(request.customer_id, token.customer_id);
  const { body: found } = await call(sandbox, 'GET', '/customers?reference_id=budi');
  assert.deepEqual(
    (found.data as { id: string }[]).map(({ id }) => id),
    [token.customer_id],
  );
});
