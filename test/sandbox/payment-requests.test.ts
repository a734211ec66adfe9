import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQris } from '../../src/model/qris.ts';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { call, start } from './support.ts';
import {
  createRequest,
  dayMs,
  events,
  hourMs,
  newPaymentRequest,
  readRequest,
  saveCard,
  simulate,
  startV3,
  told,
  v3,
} from './v3.ts';

const create = (sandbox: Parameters<typeof v3>[0], changes: object = {}) =>
  v3(sandbox, 'POST', '/payment_requests', newPaymentRequest(changes));

test('a QRIS request shows a code whose checksum and amount are right', async (t) => {
  const sandbox = await start(t);
  const { status, body } = await create(sandbox);
  assert.equal(status, 201);
  assert.match(body.payment_request_id as string, /^pr-.{36}$/);
  assert.deepEqual([body.status, body.request_amount, body.capture_method], ['REQUIRES_ACTION', 25000, 'AUTOMATIC']);
  const [action] = body.actions as { type: string; descriptor: string; value: string }[];
  assert.deepEqual([action?.type, action?.descriptor], ['PRESENT_TO_CUSTOMER', 'QR_STRING']);
  const qris = readQris(action?.value ?? '');
  assert.deepEqual([qris?.amount, qris?.isChecksumValid], ['25000', true]);
  assert.deepEqual(await readRequest(sandbox, body.payment_request_id as string), body);
});

const shown = [
  ['BCA_VIRTUAL_ACCOUNT', 'PRESENT_TO_CUSTOMER', 'VIRTUAL_ACCOUNT_NUMBER', /^\d{16}$/],
  ['ALFAMART', 'PRESENT_TO_CUSTOMER', 'PAYMENT_CODE', /^XEND\d{9}$/],
  ['DANA', 'REDIRECT_CUSTOMER', 'WEB_URL', /^https:/],
] as const;
for (const [channel_code, type, descriptor, value] of shown) {
  test(`a payer of ${channel_code} gets a ${descriptor}`, async (t) => {
    const sandbox = await start(t);
    const { body } = await create(sandbox, { channel_code });
    const [action] = body.actions as { type: string; descriptor: string; value: string }[];
    assert.deepEqual([action?.type, action?.descriptor], [type, descriptor]);
    assert.match(action?.value ?? '', value);
  });
}

for (const [channel_code, country, currency] of [
  ['QRPH', 'PH', 'PHP'],
  ['PROMPTPAY', 'TH', 'THB'],
  ['SGQR', 'SG', 'SGD'],
]) {
  test(`${channel_code} is a code of its own country, in its own currency`, async (t) => {
    const sandbox = await start(t);
    const { body } = await create(sandbox, { channel_code, country, currency, request_amount: 120.5 });
    const [action] = body.actions as { value: string }[];
    const code = readQris(action?.value ?? '');
    assert.deepEqual([code?.isChecksumValid, code?.amount, code?.countryCode], [true, '120.5', country]);
  });
}

const refusals = [
  ['without a reference', { reference_id: undefined }, 'API_VALIDATION_ERROR', 'reference_id is required'],
  [
    'of an unknown type',
    { type: 'GIVE' },
    'API_VALIDATION_ERROR',
    'type must be one of [PAY, PAY_AND_SAVE, REUSABLE_PAYMENT_CODE]',
  ],
  ['without an amount', { request_amount: undefined }, 'API_VALIDATION_ERROR', 'request_amount is required'],
  ['with an amount in text', { request_amount: '25000' }, 'API_VALIDATION_ERROR', 'request_amount must be a number'],
  [
    'above what the channel takes',
    { request_amount: 10000001 },
    'INVALID_VALUE_ERROR',
    'request_amount must be within range [1, 10000000] for QRIS',
  ],
  [
    'of an unknown channel',
    { channel_code: 'BARTER' },
    'INVALID_VALUE_ERROR',
    'channel_code BARTER is not known for ID in IDR',
  ],
  [
    'without channel properties',
    { channel_properties: undefined },
    'API_VALIDATION_ERROR',
    'channel_properties is required',
  ],
  ['that saves what can not be saved', { type: 'PAY_AND_SAVE' }, 'INVALID_VALUE_ERROR', 'type must not save for QRIS'],
  [
    'that reuses what can not be reused',
    { type: 'REUSABLE_PAYMENT_CODE', channel_code: 'DANA' },
    'INVALID_VALUE_ERROR',
    'type must not be reusable for DANA',
  ],
  [
    'captured by hand without a card',
    { capture_method: 'MANUAL' },
    'INVALID_VALUE_ERROR',
    'capture_method must not be MANUAL for QRIS',
  ],
  [
    'by card without a token',
    { channel_code: 'CARDS' },
    'API_VALIDATION_ERROR',
    'payment_token_id is required for CARDS: the sandbox takes no card numbers',
  ],
  [
    'with a token that is not known',
    { payment_token_id: 'pt-none' },
    'INVALID_TOKEN',
    'payment_token_id pt-none is not known',
  ],
  [
    'of a customer who is not known',
    { customer_id: 'cust-none' },
    'INVALID_VALUE_ERROR',
    'customer_id cust-none is not known',
  ],
  [
    'that has already expired',
    { channel_code: 'BRI_VIRTUAL_ACCOUNT', channel_properties: { expires_at: '2020-01-01T00:00:00Z' } },
    'INVALID_VALUE_ERROR',
    'channel_properties.expires_at must be in the future',
  ],
] as const;
for (const [name, changes, errorCode, message] of refusals) {
  test(`a payment request ${name} is refused with ${errorCode}`, async (t) => {
    const sandbox = await start(t);
    const { status, body } = await create(sandbox, changes);
    assert.deepEqual([status, body], [400, { error_code: errorCode, message }]);
  });
}

test('another version of the API is refused, and so is none at all', async (t) => {
  const sandbox = await start(t);
  assert.equal((await create(sandbox)).status, 201);
  const path = '/v3/payment_requests';
  for (const headers of [{ 'api-version': '2022-07-31' }, {}]) {
    const refused = await call(sandbox, 'POST', path, newPaymentRequest(), headers);
    assert.deepEqual([refused.status, refused.body.error_code], [400, 'API_VALIDATION_ERROR']);
  }
});

test('a simulation answers PENDING, then sends payment.capture', async (t) => {
  const { sandbox, receiver } = await startV3(t);
  const id = await createRequest(sandbox);
  const answer = await v3(sandbox, 'POST', `/payment_requests/${id}/simulate`, { amount: 25000 });
  assert.deepEqual([answer.status, answer.body.status], [200, 'PENDING']);
  const webhook = JSON.parse((await receiver.next()).body);
  assert.deepEqual([webhook.event, webhook.api_version], ['payment.capture', 'v3']);
  assert.deepEqual([webhook.data.payment_request_id, webhook.data.status], [id, 'SUCCEEDED']);
  assert.equal(webhook.data.captures[0].capture_amount, 25000);
  const request = await readRequest(sandbox, id);
  assert.deepEqual([request.status, request.latest_payment_id], ['SUCCEEDED', webhook.data.payment_id]);
  assert.deepEqual(request.actions, []);
  const payment = await v3(sandbox, 'GET', `/payments/${webhook.data.payment_id}`);
  assert.deepEqual(payment.body, webhook.data);
});

test('what is paid is paid: a second simulation is refused', async (t) => {
  const { sandbox } = await startV3(t);
  const id = await createRequest(sandbox);
  await simulate(sandbox, id);
  const again = await v3(sandbox, 'POST', `/payment_requests/${id}/simulate`, {});
  assert.deepEqual([again.status, again.body.error_code], [400, 'INACTIVE_PAYMENT_REQUEST']);
  assert.deepEqual(events(sandbox), ['payment.capture']);
});

test('another amount than the one asked for is refused', async (t) => {
  const sandbox = await start(t);
  const id = await createRequest(sandbox);
  const answer = await v3(sandbox, 'POST', `/payment_requests/${id}/simulate`, { amount: 24999 });
  assert.deepEqual([answer.status, answer.body.message], [400, 'amount must be the request_amount, 25000']);
  assert.equal((await readRequest(sandbox, id)).status, 'REQUIRES_ACTION');
});

test('a reusable code takes many payments of any amount, and goes on accepting them', async (t) => {
  const { sandbox } = await startV3(t);
  const id = await createRequest(sandbox, { type: 'REUSABLE_PAYMENT_CODE', request_amount: undefined });
  const ids = new Set<unknown>();
  for (const amount of [1000, 2000.5, 1000]) {
    const payment = await simulate(sandbox, id, { amount });
    ids.add(payment.payment_id);
    assert.deepEqual(
      [payment.request_amount, (payment.captures as { capture_amount: number }[])[0]?.capture_amount],
      [undefined, amount],
    );
  }
  assert.equal(ids.size, 3);
  assert.equal((await readRequest(sandbox, id)).status, 'ACCEPTING_PAYMENTS');
  assert.deepEqual(events(sandbox), ['payment.capture', 'payment.capture', 'payment.capture']);
});

test('a QRIS request expires after 48 hours on its clock, and says so', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const id = await createRequest(sandbox);
  await clock.advance(48 * hourMs - 1);
  assert.equal((await readRequest(sandbox, id)).status, 'REQUIRES_ACTION');
  await clock.advance(1);
  assert.equal((await readRequest(sandbox, id)).status, 'EXPIRED');
  const [webhook, ...more] = told(sandbox);
  assert.deepEqual(
    [webhook?.event, webhook?.data.status, webhook?.data.actions, more.length],
    ['payment_request.expiry', 'EXPIRED', [], 0],
  );
});

test('a paid or canceled request does not expire', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const paid = await createRequest(sandbox);
  const canceled = await createRequest(sandbox);
  await simulate(sandbox, paid);
  const answer = await v3(sandbox, 'POST', `/payment_requests/${canceled}/cancel`);
  assert.deepEqual([answer.status, answer.body.status], [200, 'CANCELED']);
  await clock.advance(3 * dayMs);
  assert.deepEqual(
    [(await readRequest(sandbox, paid)).status, (await readRequest(sandbox, canceled)).status],
    ['SUCCEEDED', 'CANCELED'],
  );
  assert.deepEqual(events(sandbox), ['payment.capture']); // a cancel sends no webhook
});

test('money may come after expiry: it is told, and the request stays EXPIRED', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const id = await createRequest(sandbox);
  await clock.advance(3 * dayMs);
  assert.equal((await v3(sandbox, 'POST', `/payment_requests/${id}/simulate`, {})).status, 400);
  assert.equal((await call(sandbox, 'POST', `/sandbox/payment_requests/${id}/pay`)).body.status, 'EXPIRED');
  await sandbox.idle();
  assert.deepEqual(events(sandbox), ['payment_request.expiry', 'payment.capture']);
});

test('a virtual account can be changed while it waits, and expires when it says', async (t) => {
  const clock = createTestClock(Date.parse('2026-01-01T00:00:00Z'));
  const { sandbox } = await startV3(t, { clock });
  const expires = (expires_at: string) => ({ channel_properties: { expires_at } });
  const id = await createRequest(sandbox, { channel_code: 'BNI_VIRTUAL_ACCOUNT', ...expires('2026-01-02T00:00:00Z') });
  const changes = { request_amount: 30000, description: 'later', ...expires('2026-01-03T00:00:00Z') };
  const { status, body } = await v3(sandbox, 'PATCH', `/payment_requests/${id}`, changes);
  assert.deepEqual([status, body.request_amount, body.description], [200, 30000, 'later']);
  await clock.advance(dayMs);
  assert.equal((await readRequest(sandbox, id)).status, 'REQUIRES_ACTION');
  await clock.advance(dayMs);
  assert.equal((await readRequest(sandbox, id)).status, 'EXPIRED');
  assert.deepEqual(events(sandbox), ['payment_request.expiry']);
  const late = await v3(sandbox, 'PATCH', `/payment_requests/${id}`, changes);
  assert.deepEqual([late.status, late.body.error_code], [400, 'INACTIVE_PAYMENT_REQUEST']);
});

test('only virtual accounts can be changed', async (t) => {
  const sandbox = await start(t);
  const id = await createRequest(sandbox);
  const { status, body } = await v3(sandbox, 'PATCH', `/payment_requests/${id}`, { request_amount: 1 });
  assert.deepEqual([status, body.error_code], [400, 'INVALID_VALUE_ERROR']);
});

test('two requests may have one reference, two card requests may not', async (t) => {
  const sandbox = await start(t);
  assert.notEqual(await createRequest(sandbox), await createRequest(sandbox));
  const card = { channel_code: 'CARDS', payment_token_id: await saveCard(sandbox) };
  assert.equal((await create(sandbox, card)).status, 201);
  const again = await create(sandbox, card);
  assert.deepEqual([again.status, again.body.error_code], [409, 'DUPLICATE_ERROR']);
});

test('paying and saving leaves a token behind', async (t) => {
  const { sandbox } = await startV3(t);
  const id = await createRequest(sandbox, { type: 'PAY_AND_SAVE', channel_code: 'DANA' });
  const payment = await simulate(sandbox, id);
  assert.deepEqual(events(sandbox).sort(), ['payment.capture', 'payment_token.activation']);
  const token = await v3(sandbox, 'GET', `/payment_tokens/${payment.payment_token_id}`);
  assert.deepEqual([token.body.status, token.body.channel_code], ['ACTIVE', 'DANA']);
  assert.equal((await readRequest(sandbox, id)).payment_token_id, payment.payment_token_id);
});

test('a saved wallet is charged at once, and needs no channel code', async (t) => {
  const { sandbox } = await startV3(t);
  const payment_token_id = await saveCard(sandbox, { channel_code: 'OVO' });
  const { status, body } = await create(sandbox, {
    payment_token_id,
    channel_code: undefined,
    channel_properties: undefined,
  });
  assert.deepEqual([status, body.status, body.channel_code], [201, 'SUCCEEDED', 'OVO']);
  await sandbox.idle();
  assert.deepEqual(events(sandbox), ['payment_token.activation', 'payment.capture']);
});

test('a token pays by its own channel only', async (t) => {
  const { sandbox } = await startV3(t);
  const payment_token_id = await saveCard(sandbox, { channel_code: 'OVO' });
  const { status, body } = await create(sandbox, { payment_token_id, channel_code: 'DANA' });
  assert.deepEqual([status, body.error_code], [400, 'INVALID_TOKEN']);
});

test('a wallet fails by amount, as eWallet charges do', async (t) => {
  const { sandbox } = await startV3(t);
  const id = await createRequest(sandbox, { channel_code: 'DANA', request_amount: 20105 });
  const payment = await simulate(sandbox, id);
  assert.deepEqual([payment.status, payment.failure_code, payment.captures], ['FAILED', 'USER_DECLINED_PAYMENT', []]);
  const request = await readRequest(sandbox, id);
  assert.deepEqual([request.status, request.failure_code], ['FAILED', 'USER_DECLINED_PAYMENT']);
  assert.deepEqual(events(sandbox), ['payment.failure']);
});

test('a payer may fail on any channel', async (t) => {
  const { sandbox } = await startV3(t);
  const id = await createRequest(sandbox);
  const { body } = await call(sandbox, 'POST', `/sandbox/payment_requests/${id}/pay`, {
    failure_code: 'INSUFFICIENT_BALANCE',
  });
  assert.deepEqual([body.status, body.failure_code], ['FAILED', 'INSUFFICIENT_BALANCE']);
  await sandbox.idle();
  assert.deepEqual(events(sandbox), ['payment.failure']);
});

test('a sub-account has requests of its own, and is the business of its webhooks', async (t) => {
  const urls: string[] = [];
  const { sandbox, receiver } = await startV3(t);
  sandbox.webhookUrl = (account) => {
    urls.push(account);
    return receiver.url;
  };
  const sub = { 'for-user-id': 'sub-1' };
  const { body } = await v3(sandbox, 'POST', '/payment_requests', newPaymentRequest(), sub);
  const path = `/payment_requests/${body.payment_request_id}`;
  assert.equal((await v3(sandbox, 'GET', path)).status, 404);
  assert.equal((await v3(sandbox, 'POST', `${path}/simulate`, {})).body.error_code, 'DATA_NOT_FOUND');
  await v3(sandbox, 'POST', `${path}/simulate`, {}, sub);
  const webhook = JSON.parse((await receiver.next()).body);
  assert.deepEqual([webhook.business_id, webhook.data.business_id, urls], ['sub-1', 'sub-1', ['sub-1']]);
});

test('a create whose answer is lost has created, and is found by its webhook', async (t) => {
  const { sandbox } = await startV3(t);
  sandbox.faults.next('POST /v3/payment_requests', { kind: 'reset', afterProcessing: true });
  const payment_token_id = await saveCard(sandbox, { channel_code: 'OVO' });
  await assert.rejects(create(sandbox, { payment_token_id, channel_code: undefined }));
  await sandbox.idle();
  const webhook = told(sandbox).at(-1);
  assert.equal((await readRequest(sandbox, webhook?.data.payment_request_id as string)).status, 'SUCCEEDED');
});

test('of a thousand creates whose answers are lost by chance, each has created exactly once', async (t) => {
  const { sandbox } = await startV3(t);
  const payment_token_id = await saveCard(sandbox, { channel_code: 'OVO' });
  const fault = { kind: 'reset', afterProcessing: true } as const;
  sandbox.faults.sometimes('POST /v3/payment_requests', fault, { probability: 0.3, seed: 1 });
  const references = Array.from({ length: 1000 }, (_, n) => `order-${n}`);
  const saved = { payment_token_id, channel_code: 'OVO' };
  const answers: unknown[] = [];
  for (let at = 0; at < 1000; at += 50) {
    const batch = references.slice(at, at + 50).map((reference_id) => create(sandbox, { ...saved, reference_id }));
    answers.push(...(await Promise.allSettled(batch)).map(({ status }) => status));
  }
  await sandbox.idle();
  const lost = answers.filter((status) => status === 'rejected').length;
  assert.ok(lost > 200 && lost < 400, `${lost} lost`);
  const paid = told(sandbox).filter(({ event }) => event === 'payment.capture');
  assert.deepEqual(paid.map(({ data }) => data.reference_id).sort(), references.sort());
});
