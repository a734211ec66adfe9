import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/model/json.ts';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { type Endpoint, endpoints } from '../../src/sandbox/endpoints.ts';
import { eventNames } from '../../src/sandbox/events.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { answerProblems, contractEvents, webhookProblems } from './contract.ts';
import { call, newQrCode, type Reply } from './support.ts';
import { dayMs, newPaymentRequest, startV3 } from './v3.ts';

const version3 = { 'api-version': '2024-11-11' };
const version2 = { 'api-version': '2022-07-31' };
const customer = { type: 'INDIVIDUAL', reference_id: 'budi', individual_detail: { given_names: 'Budi' } };
const session = {
  reference_id: 'visit',
  session_type: 'PAY',
  mode: 'PAYMENT_LINK',
  amount: 50000,
  currency: 'IDR',
  country: 'ID',
};
const token = { reference_id: 'token', country: 'ID', currency: 'IDR', channel_code: 'CARDS', channel_properties: {} };
const qrV2 = {
  reference_id: 'order',
  type: 'DYNAMIC',
  currency: 'IDR',
  amount: 25000,
  metadata: { branch: 'senayan' },
};
const item = {
  reference_id: 'shoe',
  type: 'PHYSICAL_PRODUCT',
  name: 'Shoe',
  net_unit_amount: 1,
  quantity: 1,
  category: 'shoes',
  currency: 'IDR',
};

interface Ask {
  /** The parts of the path, in order. */
  of?: unknown[];
  query?: string;
  body?: object;
  headers?: Record<string, string>;
}

/** Calls endpoints and holds each answer against the contract. */
function asking(sandbox: Sandbox) {
  const answered = new Set<Endpoint>();
  async function ask(endpoint: Endpoint, { of = [], query, body, headers = version3 }: Ask = {}): Promise<Reply> {
    const [method = '', template = ''] = endpoint.split(' ');
    const parts = [...of];
    const path = template.replaceAll(/:\w+/g, () => encodeURIComponent(String(parts.shift())));
    const sends = body ?? (method === 'GET' ? undefined : {});
    const wears = template.startsWith('/v3') || headers !== version3 ? headers : {};
    const reply = await call(sandbox, method, query === undefined ? path : `${path}?${query}`, sends, wears);
    assert.deepEqual(answerProblems(endpoint, reply.status, JSON.parse(reply.text)), []);
    if (reply.status < 300) answered.add(endpoint);
    return reply;
  }
  return { ask, answered };
}

async function walkPayments(ask: ReturnType<typeof asking>['ask']): Promise<void> {
  const pays = async (body: object) => (await ask('POST /v3/payment_requests', { body: newPaymentRequest(body) })).body;
  const rich = {
    description: 'shoes',
    metadata: { order: '1' },
    items: [item],
    shipping_information: { country: 'ID' },
    customer,
  };
  const kinds = ['QRIS', 'ALFAMART', 'BNI_VIRTUAL_ACCOUNT', 'DANA', 'BRI_DIRECT_DEBIT'];
  for (const channel_code of kinds) {
    const of = [(await pays({ channel_code, ...rich })).payment_request_id];
    await ask('POST /v3/payment_requests/:payment_request_id/simulate', { of });
    const { body } = await ask('GET /v3/payment_requests/:payment_request_id', { of });
    assert.equal(body.status, 'SUCCEEDED');
    await ask('GET /v3/payments/:payment_id', { of: [body.latest_payment_id] });
  }
  const open = await pays({ type: 'REUSABLE_PAYMENT_CODE', request_amount: undefined });
  await ask('POST /v3/payment_requests/:payment_request_id/simulate', {
    of: [open.payment_request_id],
    body: { amount: 1 },
  });
  await ask('POST /v3/payment_requests/:payment_request_id/cancel', { of: [open.payment_request_id] });
  await pays({ reference_id: 'expires' });
  const account = { of: [(await pays({ channel_code: 'BNI_VIRTUAL_ACCOUNT' })).payment_request_id] };
  const expires_at = '2027-01-01T00:00:00Z';
  await ask('PATCH /v3/payment_requests/:payment_request_id', {
    ...account,
    body: { channel_properties: { expires_at } },
  });
  await ask('POST /sandbox/payment_requests/:payment_request_id/pay', {
    ...account,
    body: { failure_code: 'TIMEOUT_ERROR' },
  });
  await pays({ type: 'PAY_AND_SAVE', channel_code: 'DANA' });
}

async function walkCards(ask: ReturnType<typeof asking>['ask']): Promise<void> {
  const card = (await ask('POST /v3/payment_tokens', { body: { ...token, description: 'mine', metadata: { a: 'b' } } }))
    .body;
  const ofCard = { of: [card.payment_token_id] };
  await ask('POST /sandbox/payment_tokens/:payment_token_id/activate', ofCard);
  await ask('GET /v3/payment_tokens/:payment_token_id', ofCard);
  for (const [index, step] of (['capture', 'cancel', 'wait'] as const).entries()) {
    const byCard = { channel_code: 'CARDS', payment_token_id: card.payment_token_id, capture_method: 'MANUAL' };
    const body = newPaymentRequest({
      ...byCard,
      reference_id: `card-${index}`,
      channel_properties: { skip_three_ds: true },
    });
    const { latest_payment_id } = (await ask('POST /v3/payment_requests', { body })).body;
    if (step !== 'wait') await ask(`POST /v3/payments/:payment_id/${step}`, { of: [latest_payment_id] });
  }
  await ask('POST /sandbox/payment_tokens/:payment_token_id/expire', ofCard);
  for (const step of ['fail', 'cancel'] as const) {
    const { body } = await ask('POST /v3/payment_tokens', { body: token });
    const of = [body.payment_token_id];
    if (step === 'fail') await ask('POST /sandbox/payment_tokens/:payment_token_id/fail', { of });
    else await ask('POST /v3/payment_tokens/:payment_token_id/cancel', { of });
  }
}

async function walkSessions(ask: ReturnType<typeof asking>['ask']): Promise<void> {
  const allowed_payment_channels = ['CARDS', 'DANA'];
  const { customer_id } = (
    await ask('POST /sessions', { body: { ...session, customer: { ...customer, reference_id: 'siti' } } })
  ).body;
  const rich = { allowed_payment_channels, description: 'shoes', metadata: { a: 'b' }, items: [item], customer_id };
  const more = {
    allow_save_payment_method: 'FORCED',
    success_return_url: 'https://merchant.example/',
    capture_method: 'MANUAL',
  };
  const paying = {
    of: [(await ask('POST /sessions', { body: { ...session, ...rich, ...more } })).body.payment_session_id],
  };
  await ask('POST /sandbox/sessions/:session_id/complete', { ...paying, body: { failure_code: 'CARD_DECLINED' } });
  await ask('POST /sandbox/sessions/:session_id/complete', paying);
  await ask('GET /sessions/:session_id', paying);
  const saving = { ...session, session_type: 'SAVE', amount: 0, mode: 'COMPONENTS', customer_id };
  const { payment_session_id } = (await ask('POST /sessions', { body: saving })).body;
  await ask('POST /sandbox/sessions/:session_id/complete', { of: [payment_session_id] });
  const canceled = (await ask('POST /sessions', { body: session })).body;
  await ask('POST /sessions/:session_id/cancel', { of: [canceled.payment_session_id] });
}

async function walkRefunds(ask: ReturnType<typeof asking>['ask'], settle: () => Promise<void>): Promise<void> {
  const { payment_request_id } = (
    await ask('POST /v3/payment_requests', { body: newPaymentRequest({ request_amount: 90000 }) })
  ).body;
  await ask('POST /v3/payment_requests/:payment_request_id/simulate', { of: [payment_request_id] });
  for (const amount of [1000, 20301, 2000]) {
    const body = { payment_request_id, reason: 'OTHERS', amount, metadata: { a: 'b' } };
    const refund = { of: [(await ask('POST /refunds', { body })).body.id] };
    if (amount === 2000) await ask('POST /refunds/:refund_id/cancel', refund);
    await settle();
    await ask('GET /refunds/:refund_id', refund);
  }
  await ask('GET /refunds', { query: 'limit=1' });
}

async function walkQrCodes(ask: ReturnType<typeof asking>['ask'], settle: () => Promise<void>): Promise<void> {
  const headers = version2;
  await ask('POST /qr_codes', { body: newQrCode() });
  await ask('POST /qr_codes', { body: newQrCode({ external_id: 'open', type: 'STATIC', metadata: { a: 'b' } }) });
  await ask('GET /qr_codes/:external_id', { of: ['order-1'] });
  await ask('POST /qr_codes/:external_id/payments/simulate', { of: ['order-1'] });
  await ask('GET /qr_codes/payments', { query: 'external_id=order-1' });
  const { id } = (await ask('POST /qr_codes', { body: qrV2, headers })).body;
  await ask('POST /qr_codes', { body: { ...qrV2, type: 'STATIC' }, headers });
  await ask('GET /qr_codes/:external_id', { of: [id], headers });
  const payment = {
    of: [(await ask('POST /qr_codes/:external_id/payments/simulate', { of: [id], headers })).body.id],
    headers,
  };
  await ask('GET /qr_codes/:qr_id/payments', { of: [id], headers });
  await ask('GET /qr_codes/payments/:qrpy_id', payment);
  const refund = await ask('POST /qr_codes/payments/:qrpy_id/refunds', payment);
  await settle();
  await ask('GET /qr_codes/payments/:qrpy_id/refunds', payment);
  await ask('GET /qr_codes/payments/:qrpy_id/refunds/:refund_id', { of: [...payment.of, refund.body.id], headers });
}

async function walkAccounts(ask: ReturnType<typeof asking>['ask']): Promise<void> {
  const { id } = (
    await ask('POST /customers', { body: { ...customer, reference_id: 'ayu', email: 'ayu@example.com' } })
  ).body;
  await ask('GET /customers', { query: 'reference_id=ayu' });
  await ask('GET /customers/:id', { of: [id] });
  await ask('PATCH /customers/:id', { of: [id], body: { description: 'ours' } });
  await ask('GET /balance', { query: 'currency=IDR' });
  const { body } = await ask('GET /transactions', { query: 'limit=2' });
  assert.equal((body.links as object[]).length, 1);
  await ask('GET /transactions/:id', { of: [(body.data as { id: string }[])[0]?.id] });
}

test('every answer of every endpoint, and every webhook that follows, is what the contract says', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const { ask, answered } = asking(sandbox);
  const settle = () => clock.advance(1000);
  await walkPayments(ask);
  await walkCards(ask);
  await walkSessions(ask);
  await walkRefunds(ask, settle);
  await walkQrCodes(ask, settle);
  await walkAccounts(ask);
  await clock.advance(8 * dayMs); // whatever waits expires
  assert.deepEqual([...answered].sort(), [...endpoints].sort());

  const webhooks = sandbox.record.deliveries.map(({ body }) => JSON.parse(body) as JsonObject);
  const isKnown = ({ event }: JsonObject) => event !== 'qr.refund'; // the contract has no such webhook
  assert.deepEqual(webhooks.filter(isKnown).flatMap(webhookProblems), []);
  const told = new Set(webhooks.map(({ event }) => event));
  const caused = eventNames.filter((event) => /^(payment(_request|_token|_session)?|refund|qr)\./.test(event));
  const byVersion2 = ['payment.succeeded', 'payment.failed', 'payment.pending', 'payment.awaiting_capture'];
  assert.deepEqual(
    caused.filter((event) => !told.has(event)),
    byVersion2,
  );
});

test('every event that can be sent by hand is what the contract says, and none is missing', async (t) => {
  const { sandbox } = await startV3(t);
  for (const event of eventNames) await sandbox.send(event);
  await sandbox.send('qr.payment', {
    qr_code: { id: 'qr_1', external_id: 'order-1', qr_string: '0002', type: 'STATIC' },
  });
  assert.deepEqual(
    sandbox.record.deliveries.flatMap(({ body }) => webhookProblems(JSON.parse(body) as JsonObject)),
    [],
  );
  assert.deepEqual([...eventNames].sort(), contractEvents().sort());
});

const unknown = '00000000-0000-4000-8000-000000000000';
const refusals: [status: number, endpoint: Endpoint, ask: Ask][] = [
  [400, 'POST /v3/payment_requests', {}],
  [400, 'POST /v3/payment_requests', { body: newPaymentRequest({ request_amount: 1e9 }) }],
  [400, 'POST /v3/payment_requests', { body: newPaymentRequest({ payment_token_id: 'pt-none' }) }],
  [400, 'POST /v3/payment_requests', { headers: { 'api-version': '1999-01-01' } }],
  [404, 'GET /v3/payment_requests/:payment_request_id', { of: [`pr-${unknown}`] }],
  [400, 'GET /v3/payment_requests/:payment_request_id', { of: ['pr-none'] }],
  [404, 'PATCH /v3/payment_requests/:payment_request_id', { of: [`pr-${unknown}`] }],
  [404, 'POST /v3/payment_requests/:payment_request_id/cancel', { of: [`pr-${unknown}`] }],
  [404, 'POST /v3/payment_requests/:payment_request_id/simulate', { of: [`pr-${unknown}`] }],
  [404, 'GET /v3/payments/:payment_id', { of: [`py-${unknown}`] }],
  [404, 'POST /v3/payments/:payment_id/capture', { of: [`py-${unknown}`] }],
  [404, 'POST /v3/payments/:payment_id/cancel', { of: [`py-${unknown}`] }],
  [400, 'POST /v3/payment_tokens', {}],
  [404, 'GET /v3/payment_tokens/:payment_token_id', { of: [`pt-${unknown}`] }],
  [400, 'POST /sessions', {}],
  [400, 'POST /sessions', { body: { ...session, customer_id: `cust-${unknown}` } }],
  [404, 'GET /sessions/:session_id', { of: ['ps-none'] }],
  [404, 'POST /refunds', { body: { payment_request_id: `pr-${unknown}`, reason: 'OTHERS' } }],
  [400, 'POST /refunds', {}],
  [404, 'GET /refunds/:refund_id', { of: [`rfd-${unknown}`] }],
  [400, 'POST /customers', {}],
  [404, 'GET /customers/:id', { of: [`cust-${unknown}`] }],
  [404, 'GET /transactions/:id', { of: ['txn_none'] }],
  [400, 'GET /balance', { query: 'account_type=GOLD' }],
  [400, 'POST /qr_codes', { headers: version2 }],
  [403, 'POST /qr_codes', { body: { ...qrV2, amount: 10100 }, headers: version2 }],
  [503, 'POST /qr_codes', { body: { ...qrV2, amount: 10101 }, headers: version2 }],
  [500, 'POST /qr_codes', { body: { ...qrV2, amount: 10102 }, headers: version2 }],
  [404, 'GET /qr_codes/:qr_id/payments', { of: ['qr_none'], headers: version2 }],
  [404, 'GET /qr_codes/payments/:qrpy_id', { of: ['qrpy_none'], headers: version2 }],
];

test('every refusal is what the contract says', async (t) => {
  const { sandbox } = await startV3(t);
  const { ask } = asking(sandbox);
  for (const [status, endpoint, asked] of refusals) assert.equal((await ask(endpoint, asked)).status, status, endpoint);
});

test('every endpoint is limited, and says so as the contract does', async (t) => {
  const { sandbox } = await startV3(t, { requestsPerMinute: 0 });
  const { ask } = asking(sandbox);
  for (const endpoint of endpoints) {
    const { status, body } = await ask(endpoint, { of: ['a', 'b'] });
    assert.deepEqual([status, body.error_code], [429, 'RATE_LIMIT_EXCEEDED'], endpoint);
  }
});

test('what the contract does not know is seen', () => {
  const ask = 'POST /v3/payment_requests/:payment_request_id/simulate';
  assert.deepEqual(answerProblems(ask, 200, { status: 'PENDING', message: 'soon' }), []);
  assert.equal(answerProblems(ask, 200, { status: 'PENDING', message: 'soon', extra: 1 }).length, 1);
  assert.equal(answerProblems(ask, 200, { status: 'PENDING' }).length, 1);
  assert.equal(answerProblems(ask, 202, { status: 'PENDING', message: 'soon' }).length, 1);
  assert.equal(answerProblems(ask, 404, { error_code: 'DATA_NOT_FOUND' }).length, 1);
  assert.equal(webhookProblems({ event: 'payment.capture', created: '', data: { status: 'DONE' } }).length > 0, true);
  assert.equal(webhookProblems({ event: 'payment.celebration' }).length, 1);
});
