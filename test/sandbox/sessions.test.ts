import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { call, start } from './support.ts';
import { dayMs, events, minuteMs, startV3, told, v3 } from './v3.ts';

const customer = { type: 'INDIVIDUAL', reference_id: 'budi', individual_detail: { given_names: 'Budi' } };
const newSession = (changes: object = {}) => ({
  reference_id: 'visit-1',
  session_type: 'PAY',
  mode: 'PAYMENT_LINK',
  amount: 50000,
  currency: 'IDR',
  country: 'ID',
  ...changes,
});
const create = (sandbox: Sandbox, changes: object = {}) => call(sandbox, 'POST', '/sessions', newSession(changes));
const open = async (sandbox: Sandbox, changes: object = {}) =>
  (await create(sandbox, changes)).body.payment_session_id as string;
const read = async (sandbox: Sandbox, id: string) => (await call(sandbox, 'GET', `/sessions/${id}`)).body;

test('a session gives a link, and lasts half an hour', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const { status, body } = await create(sandbox);
  assert.deepEqual([status, body.status], [201, 'ACTIVE']);
  assert.match(body.payment_session_id as string, /^ps-[0-9a-f]{24}$/);
  assert.match(body.payment_link_url as string, /^https:/);
  const id = body.payment_session_id as string;
  await clock.advance(30 * minuteMs - 1);
  assert.equal((await read(sandbox, id)).status, 'ACTIVE');
  await clock.advance(1);
  assert.equal((await read(sandbox, id)).status, 'EXPIRED');
  const [webhook] = told(sandbox);
  assert.deepEqual(
    [webhook?.event, webhook?.data.status, webhook?.body.api_version],
    ['payment_session.expired', 'EXPIRED', undefined],
  );
});

test('a session of components gives their key instead', async (t) => {
  const { body } = await create(await start(t), { mode: 'COMPONENTS' });
  assert.deepEqual([typeof body.components_sdk_key, body.payment_link_url], ['string', undefined]);
});

test('a payer completes a session: paid, and both are told', async (t) => {
  const { sandbox } = await startV3(t);
  const id = await open(sandbox, { metadata: { order: '1' } });
  const completed = await call(sandbox, 'POST', `/sandbox/sessions/${id}/complete`, { channel_code: 'DANA' });
  assert.deepEqual([completed.status, completed.body.status], [200, 'COMPLETED']);
  await sandbox.idle();
  assert.deepEqual(events(sandbox).sort(), ['payment.capture', 'payment_session.completed']);
  const payment = told(sandbox).find(({ event }) => event === 'payment.capture')?.data;
  assert.deepEqual(
    [payment?.payment_request_id, payment?.payment_id, payment?.channel_code, payment?.metadata],
    [completed.body.payment_request_id, completed.body.payment_id, 'DANA', { order: '1' }],
  );
  const request = await v3(sandbox, 'GET', `/payment_requests/${completed.body.payment_request_id}`);
  assert.deepEqual([request.body.status, request.body.request_amount], ['SUCCEEDED', 50000]);
});

test('a payer who fails may try again', async (t) => {
  const { sandbox } = await startV3(t);
  const id = await open(sandbox);
  assert.equal((await sandbox.payer.completeSession(id, { failure_code: 'CARD_DECLINED' })).status, 'ACTIVE');
  assert.equal((await sandbox.payer.completeSession(id)).status, 'COMPLETED');
  assert.deepEqual(events(sandbox).sort(), ['payment.capture', 'payment.failure', 'payment_session.completed']);
});

test('captured by hand, a session is complete when the card is authorized', async (t) => {
  const { sandbox } = await startV3(t);
  const session = await sandbox.payer.completeSession(await open(sandbox, { capture_method: 'MANUAL' }));
  const { body } = await v3(sandbox, 'GET', `/payments/${session.payment_id}`);
  assert.deepEqual([session.status, body.status, body.captures], ['COMPLETED', 'AUTHORIZED', []]);
  assert.ok(events(sandbox).includes('payment.authorization'));
});

test('a session that saves leaves a token and takes no money', async (t) => {
  const { sandbox } = await startV3(t);
  const id = await open(sandbox, { session_type: 'SAVE', amount: 0, customer });
  assert.equal((await sandbox.payer.completeSession(id, { failure_code: 'CARD_DECLINED' })).status, 'ACTIVE');
  const { payment_token_id, payment_request_id, customer_id } = await sandbox.payer.completeSession(id);
  const { body } = await v3(sandbox, 'GET', `/payment_tokens/${payment_token_id}`);
  assert.deepEqual(
    [body.status, body.channel_code, body.customer_id, payment_request_id],
    ['ACTIVE', 'CARDS', customer_id, undefined],
  );
  assert.deepEqual(events(sandbox).sort(), [
    'payment_session.completed',
    'payment_token.activation',
    'payment_token.failure',
  ]);
});

for (const [saving, save, isSaved] of [
  ['FORCED', false, true],
  ['OPTIONAL', true, true],
  ['OPTIONAL', false, false],
  ['DISABLED', true, false],
] as const) {
  test(`saving is ${saving} and the payer says ${save}: it is ${isSaved ? '' : 'not '}saved`, async (t) => {
    const sandbox = await start(t);
    const id = await open(sandbox, { allow_save_payment_method: saving, customer });
    const { payment_token_id } = await sandbox.payer.completeSession(id, { save });
    assert.equal(payment_token_id !== undefined, isSaved);
  });
}

test('a subscription is paid and saved', async (t) => {
  const sandbox = await start(t);
  const schedule = { anchor_date: '2026-02-01T00:00:00Z', interval: 'MONTH', interval_count: 1 };
  const id = await open(sandbox, { session_type: 'SUBSCRIPTION', subscription: { schedule }, customer });
  const session = await sandbox.payer.completeSession(id);
  assert.ok(session.payment_token_id && session.payment_id);
});

test('a session can be canceled once, without a webhook, and does not expire afterwards', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const id = await open(sandbox);
  assert.equal((await call(sandbox, 'POST', `/sessions/${id}/cancel`)).body.status, 'CANCELED');
  const again = await call(sandbox, 'POST', `/sessions/${id}/cancel`);
  assert.deepEqual([again.status, again.body.error_code], [422, 'INVALID_SESSION_STATUS']);
  await assert.rejects(sandbox.payer.completeSession(id), /is CANCELED/);
  await clock.advance(dayMs);
  assert.deepEqual(events(sandbox), []);
});

test('a session that is not there is NOT_FOUND', async (t) => {
  const { status, body } = await call(await start(t), 'GET', '/sessions/ps-none');
  assert.deepEqual([status, body.error_code], [404, 'NOT_FOUND']);
});

const refusals = [
  ['no type', { session_type: undefined }, 'API_VALIDATION_ERROR', '/body/session_type'],
  ['the type AUTHORIZATION', { session_type: 'AUTHORIZATION' }, 'SESSION_TYPE_NOT_SUPPORTED', '/body/session_type'],
  ['a long reference', { reference_id: 'x'.repeat(65) }, 'API_VALIDATION_ERROR', '/body/reference_id'],
  ['nothing to pay', { amount: 0 }, 'INVALID_AMOUNT', '/body/amount'],
  ['an amount to save', { session_type: 'SAVE', customer }, 'INVALID_AMOUNT', '/body/amount'],
  ['parts of a dong', { amount: 1000.5, currency: 'VND', country: 'VN' }, 'INVALID_AMOUNT', '/body/amount'],
  ['an unknown currency', { currency: 'XAU' }, 'INVALID_CURRENCY', '/body/currency'],
  ['an unknown country', { country: 'XX' }, 'INVALID_COUNTRY', '/body/country'],
  ['no customer to save for', { allow_save_payment_method: 'FORCED' }, 'MISSING_CUSTOMER', '/body/customer'],
  ['an unknown customer', { customer_id: `cust-${'0'.repeat(36)}` }, 'INVALID_CUSTOMER_ID', '/body/customer_id'],
  ['nine minutes', { expires_at: '2026-01-01T00:09:59Z' }, 'INVALID_EXPIRY_DATE', '/body/expires_at'],
  ['a plain link', { success_return_url: 'http://merchant.example' }, 'INVALID_URL', '/body/success_return_url'],
  [
    'an unknown channel',
    { allowed_payment_channels: ['BARTER'] },
    'INVALID_PAYMENT_CHANNEL',
    '/body/allowed_payment_channels',
  ],
  ['long metadata', { metadata: { k: 'x'.repeat(81) } }, 'INVALID_METADATA', '/body/metadata'],
  [
    'captures of nothing',
    { session_type: 'SAVE', amount: 0, customer, capture_method: 'MANUAL' },
    'DISALLOWED_CAPTURE_METHOD',
    '/body/capture_method',
  ],
  ['items to save', { session_type: 'SAVE', amount: 0, customer, items: [] }, 'ITEMS_NOT_SUPPORTED', '/body/items'],
] as const;
for (const [name, changes, errorCode, path] of refusals) {
  test(`a session with ${name} is refused with ${errorCode}, and says where`, async (t) => {
    const sandbox = await start(t, { clock: createTestClock(Date.parse('2026-01-01T00:00:00Z')) });
    const { status, body } = await create(sandbox, changes);
    assert.deepEqual([status, body.error_code], [400, errorCode]);
    assert.deepEqual(body.errors, [{ message: body.message, path }]);
  });
}

test('a customer whose reference is taken is refused', async (t) => {
  const sandbox = await start(t);
  assert.equal((await create(sandbox, { customer })).status, 201);
  const again = await create(sandbox, { customer });
  assert.deepEqual([again.status, again.body.error_code], [409, 'DUPLICATE_ERROR']);
});

test('a payer takes only what the session allows', async (t) => {
  const sandbox = await start(t);
  const id = await open(sandbox, { allowed_payment_channels: ['OVO', 'DANA'] });
  await assert.rejects(sandbox.payer.completeSession(id, { channel_code: 'CARDS' }), /CARDS is not allowed/);
  assert.equal((await sandbox.payer.completeSession(id)).status, 'COMPLETED');
});
