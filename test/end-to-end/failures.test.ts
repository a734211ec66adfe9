import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';
import type { ApiFault } from '../../src/sandbox/faults.ts';
import { embedded } from '../support/database.ts';
import { onSharedGateway, startGateway } from '../support/gateway.ts';
import { type Asking, mutate, mutateById, type Result, refusal, wrongFields } from '../support/mutations.ts';
import { askForRequest, createRequest, newName, paidRequest, qris } from '../support/payments.ts';
import { askForCode, callsTo, sandboxOf } from '../support/qr-codes.ts';

const testTogether = onSharedGateway();
/** On a gateway that is told by and by not to ask any more, and that doesn't look by itself for what got lost. */
const testUntilThrottled = onSharedGateway(embedded, { SETTLE_EVERY_MS: '3600000' });

const basics = () => ({
  referenceId: newName('order'),
  country: 'ID',
  currency: 'IDR',
  idempotencyKey: newName('key'),
});
const wallet = { ewallet: { code: 'OVO', mobileNumber: '+6281234567890' } };

/** A mutation that fails in every way before it does anything; `reference` is what an unknown outcome is known by. */
interface Attempt {
  name: string;
  endpoint: Endpoint;
  ask(gateway: Asking, requestId: string): Promise<Result<object>>;
  /** A `referenceId` of the input, or an id. */
  reference: RegExp;
  argument: 'input' | 'input.amount' | 'id';
}

const creating = (name: string, endpoint: Endpoint, input: () => object, reference = /^order-/): Attempt => ({
  name,
  endpoint,
  ask: (gateway) => mutate(gateway, name, '__typename', input()),
  reference,
  argument: 'input',
});

const byId = (name: string, endpoint: Endpoint, id: string): Attempt => ({
  name,
  endpoint,
  ask: (gateway) => mutateById(gateway, name, '__typename', id),
  reference: new RegExp(`^${id}$`),
  argument: 'id',
});

const attempts: Attempt[] = [
  creating(
    'updatePaymentRequest',
    'PATCH /v3/payment_requests/:payment_request_id',
    () => ({ id: 'pr-00000000-0000-4000-8000-000000000000', amount: '15000' }),
    /^pr-0/,
  ),
  byId(
    'cancelPaymentRequest',
    'POST /v3/payment_requests/:payment_request_id/cancel',
    'pr-00000000-0000-4000-8000-000000000000',
  ),
  {
    name: 'simulatePayment',
    endpoint: 'POST /v3/payment_requests/:payment_request_id/simulate',
    ask: (gateway, paymentRequestId) => mutate(gateway, 'simulatePayment', '__typename', { paymentRequestId }),
    reference: /^pr-/,
    argument: 'input.amount',
  },
  creating(
    'capturePayment',
    'POST /v3/payments/:payment_id/capture',
    () => ({ id: 'py-00000000-0000-4000-8000-000000000000', amount: '1000', idempotencyKey: newName('key') }),
    /^py-0/,
  ),
  byId('cancelPayment', 'POST /v3/payments/:payment_id/cancel', 'py-00000000-0000-4000-8000-000000000000'),
  creating('createPaymentToken', 'POST /v3/payment_tokens', () => ({ ...basics(), channel: wallet })),
  byId(
    'cancelPaymentToken',
    'POST /v3/payment_tokens/:payment_token_id/cancel',
    'pt-00000000-0000-4000-8000-000000000000',
  ),
  creating('createPaymentSession', 'POST /sessions', () => ({
    ...basics(),
    sessionType: 'PAY',
    mode: 'PAYMENT_LINK',
    amount: '15000',
  })),
  byId('cancelPaymentSession', 'POST /sessions/:session_id/cancel', 'ps-000000000000000000000000'),
  creating('createRefund', 'POST /refunds', () => ({
    of: { paymentRequestId: 'pr-00000000-0000-4000-8000-000000000000' },
    reason: 'OTHERS',
    referenceId: newName('order'),
    idempotencyKey: newName('key'),
  })),
  creating(
    'createRefund',
    'POST /qr_codes/payments/:qrpy_id/refunds',
    () => ({ of: { qrPaymentId: 'qrpy_1' }, reason: 'OTHERS', idempotencyKey: newName('key') }),
    /^qrpy_1$/,
  ),
  byId('cancelRefund', 'POST /refunds/:refund_id/cancel', 'rfd-1'),
  creating('createCustomer', 'POST /customers', () => ({
    customer: { referenceId: newName('order'), givenNames: 'Siti' },
    idempotencyKey: newName('key'),
  })),
  creating('createPaymentRequest', 'POST /v3/payment_requests', () => ({
    ...basics(),
    kind: { pay: { amount: '15000', channel: qris } },
  })),
];

const answered = (status: number, errorCode: string): ApiFault => ({ kind: 'status', status, errorCode });
const faults: [fault: ApiFault, type: string, code: string, xenditCode: string | null, retryable: boolean][] = [
  [answered(400, 'API_VALIDATION_ERROR'), 'InvalidInput', 'INVALID_INPUT', 'API_VALIDATION_ERROR', false],
  [answered(401, 'INVALID_API_KEY'), 'Unavailable', 'UNAVAILABLE', 'INVALID_API_KEY', true],
  [answered(403, 'CHANNEL_NOT_ACTIVATED'), 'Forbidden', 'FORBIDDEN', 'CHANNEL_NOT_ACTIVATED', false],
  [answered(404, 'DATA_NOT_FOUND'), 'NotFound', 'NOT_FOUND', 'DATA_NOT_FOUND', false],
  [answered(409, 'IDEMPOTENCY_ERROR'), 'Conflict', 'CONFLICT', 'IDEMPOTENCY_ERROR', false],
  [answered(400, 'INELIGIBLE_TRANSACTION_STATUS'), 'WrongState', 'WRONG_STATE', 'INELIGIBLE_TRANSACTION_STATUS', false],
  [answered(422, 'INVALID_SESSION_STATUS'), 'WrongState', 'WRONG_STATE', 'INVALID_SESSION_STATUS', false],
  [answered(503, 'CHANNEL_UNAVAILABLE'), 'Unavailable', 'UNAVAILABLE', 'CHANNEL_UNAVAILABLE', true],
  [answered(418, 'TEAPOT'), 'Rejected', 'REJECTED', 'TEAPOT', false],
  [{ kind: 'reset' }, 'OutcomeUnknown', 'OUTCOME_UNKNOWN', null, true],
];

for (const { name, endpoint, ask, reference, argument } of attempts) {
  testUntilThrottled(`${name} by ${endpoint} has a type for each way of Xendit to fail`, async (_t, gateway) => {
    const { faults: script, record } = sandboxOf(gateway);
    const { id } = await createRequest(gateway);
    for (const [fault, ...expected] of faults) {
      script.next(endpoint, fault);
      const answer = await ask(gateway, id);
      assert.deepEqual([answer.__typename, answer.code, answer.xenditCode, answer.retryable], expected);
      assert.match(answer.requestId, /^[0-9a-f-]{36}$/);
      if (answer.__typename === 'OutcomeUnknown') assert.match(answer.reference ?? '', reference);
      if (answer.__typename === 'InvalidInput') assert.deepEqual(wrongFields(answer), [argument]);
    }
    script.next(endpoint, answered(400, 'PAYMENT_REQUEST_RATE_LIMITED'));
    const limited = await ask(gateway, id);
    assert.deepEqual(refusal(limited), ['Throttled', 'PAYMENT_REQUEST_RATE_LIMITED']);

    script.next(endpoint, answered(429, 'RATE_LIMIT_EXCEEDED'));
    const throttled = await ask(gateway, id);
    assert.deepEqual(refusal(throttled), ['Throttled', 'RATE_LIMIT_EXCEEDED']);
    const calls = record.requests.length;
    const again = await ask(gateway, id);
    assert.deepEqual(refusal(again), ['Throttled', null]);
    assert.equal(limited.retryAfterMs, 5_000, 'the limit of a channel is not the account’s');
    for (const { retryAfterMs = 0, retryable } of [limited, throttled, again]) {
      assert.ok(retryable);
      assert.ok(retryAfterMs > 0 && retryAfterMs <= 60_000, `${retryAfterMs} ms`);
    }
    assert.equal(record.requests.length, calls, 'nobody asks again before the time');
  });
}

test('with nobody at the other end nothing was done, and every mutation says so', async (t) => {
  const gateway = await startGateway(t, {
    XENDIT_BASE_URL: 'http://127.0.0.1:9',
    XENDIT_SECRET_KEY: 'xnd_development_test',
    XENDIT_CALLBACK_TOKENS: 'token',
    BREAKER_MIN_CALLS: '20',
  });
  for (const { name, ask } of attempts) {
    const answer = await ask(gateway, 'pr-00000000-0000-4000-8000-000000000000');
    assert.deepEqual([name, answer.__typename, answer.retryable], [name, 'Unavailable', true]);
  }
});

testTogether('a key whose call was refused is free for another input', async (_t, gateway) => {
  const { faults: script } = sandboxOf(gateway);
  const input = { idempotencyKey: newName('key') };
  script.next('POST /v3/payment_requests', answered(403, 'CHANNEL_NOT_ACTIVATED'));
  assert.equal((await askForRequest(gateway, input)).__typename, 'Forbidden');
  const other = await askForRequest(gateway, { ...input, referenceId: newName('other') });
  assert.deepEqual([other.__typename, other.alreadyProcessed], ['CreatePaymentRequestPayload', false]);
});

const pay = (channel: object, amount = '15000') => ({ kind: { pay: { amount, channel } } });
const oneOf: [what: string, input: object][] = [
  ['no kind', { kind: {} }],
  [
    'two kinds',
    {
      kind: { pay: { amount: '1', channel: qris }, reusablePaymentCode: { channel: qris } },
    },
  ],
  ['a kind that is null', { kind: { pay: null } }],
  ['no channel', pay({})],
  ['two channels', pay({ ...qris, ...wallet })],
];

testTogether('exactly one kind and one channel are taken', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  const calls = record.requests.length;
  const document = `mutation ($input: CreatePaymentRequestInput!) { createPaymentRequest(input: $input) { __typename } }`;
  for (const [what, input] of oneOf) {
    const { data, errors } = await gateway.ask(document, { input: { ...basics(), ...input } });
    assert.deepEqual([data, errors?.[0]?.extensions.code], [undefined, 'BAD_USER_INPUT'], what);
    assert.match(errors?.[0]?.message ?? '', /exactly one (key|field)|must be non-null|must not be null/i, what);
  }
  const refund = `mutation { createRefund(input: {
    of: { paymentRequestId: "pr-1", qrPaymentId: "qrpy_1" }, reason: OTHERS, idempotencyKey: "k"
  }) { __typename } }`;
  const { errors } = await gateway.ask(refund);
  assert.equal(errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  assert.match(errors?.[0]?.message ?? '', /exactly one (key|field)/i);
  assert.equal(record.requests.length, calls);
});

const pesos = { country: 'PH', currency: 'PHP' };
const qrph = { qrCode: { code: 'QRPH' } };
const account = { virtualAccount: { code: 'BCA_VIRTUAL_ACCOUNT', displayName: 'Siti' } };
const wrongRequests: [what: string, changes: object, wrong: string[]][] = [
  ['more than QRPH takes', { ...pesos, ...pay(qrph, '50001') }, ['input.kind.pay.amount']],
  ['less than BCA takes', pay(account, '9999.99'), ['input.kind.pay.amount']],
  [
    'more than a wallet takes, to be saved',
    { kind: { payAndSave: { amount: '20000001', channel: wallet } } },
    ['input.kind.payAndSave.amount'],
  ],
  [
    'less than a reusable code takes',
    { kind: { reusablePaymentCode: { amount: '1', channel: account } } },
    ['input.kind.reusablePaymentCode.amount'],
  ],
  [
    'a channel named for a token, and its limit',
    {
      kind: {
        payWithToken: { amount: '1', paymentTokenId: '', channel: { other: { code: 'CARDS', properties: {} } } },
      },
    },
    ['input.kind.payWithToken.amount', 'input.kind.payWithToken.paymentTokenId'],
  ],
  [
    'no amount where one may be left out',
    { kind: { reusablePaymentCode: { amount: '', channel: qris } } },
    ['input.kind.reusablePaymentCode.amount'],
  ],
  [
    'a reusable code of what is paid once',
    { kind: { reusablePaymentCode: { channel: wallet } } },
    ['input.kind.reusablePaymentCode.channel.ewallet.code'],
  ],
  ['what only cards hold', { ...pay(account), captureMethod: 'MANUAL' }, ['input.captureMethod']],
  [
    'an expiry where Xendit sets it',
    pay({ qrCode: { code: 'QRIS', expiresAt: '2040-01-01T00:00:00Z' } }),
    ['input.kind.pay.channel.qrCode.expiresAt'],
  ],
  [
    'an expiry that is past',
    pay({ virtualAccount: { ...account.virtualAccount, expiresAt: '2020-01-01T00:00:00Z' } }),
    ['input.kind.pay.channel.virtualAccount.expiresAt'],
  ],
  [
    'pages that are none',
    pay({
      ewallet: {
        code: 'DANA',
        successReturnUrl: 'javascript:alert(1)',
        failureReturnUrl: 'http://u:p@169.254.169.254/',
        cancelReturnUrl: 'https://shop.example/',
      },
    }),
    ['input.kind.pay.channel.ewallet.failureReturnUrl', 'input.kind.pay.channel.ewallet.successReturnUrl'],
  ],
  [
    'pages of any other channel that are none',
    pay({ other: { code: 'BRI_DIRECT_DEBIT', properties: { success_return_url: 'data:,a', failure_return_url: 1 } } }),
    [
      'input.kind.pay.channel.other.properties.failure_return_url',
      'input.kind.pay.channel.other.properties.success_return_url',
    ],
  ],
  ['a channel without a name', pay({ qrCode: { code: '' } }), ['input.kind.pay.channel.qrCode.code']],
  [
    'any other without a name',
    pay({ other: { code: '', properties: {} } }, 'x'),
    ['input.kind.pay.amount', 'input.kind.pay.channel.other.code'],
  ],
  [
    'a customer of a reusable code',
    { customerId: 'cust-1', kind: { reusablePaymentCode: { channel: qris } } },
    ['input.customerId'],
  ],
  [
    'what every request has',
    {
      referenceId: 'a\nb',
      country: '',
      currency: 'RUPIAH',
      description: '',
      idempotencyKey: '',
      metadata: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [index, 'x'])),
    },
    [
      'input.country',
      'input.currency',
      'input.description',
      'input.idempotencyKey',
      'input.metadata',
      'input.referenceId',
    ],
  ],
];

testTogether('what is known to be wrong is refused before any call, with its place', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  const calls = record.requests.length;
  for (const [what, changes, wrong] of wrongRequests) {
    const answer = await askForRequest(gateway, changes);
    assert.deepEqual(wrongFields(answer), wrong, what);
    assert.ok(
      wrong.every((path) => answer.message.includes(`${path}: `)),
      answer.message,
    );
  }
  assert.equal(record.requests.length, calls);
  const atTheLimit = await askForRequest(gateway, { ...pesos, ...pay(qrph, '50000') });
  assert.equal(atTheLimit.__typename, 'CreatePaymentRequestPayload');
});

testTogether('a channel that this gateway does not know is for Xendit to judge', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  const unknown = await askForRequest(gateway, pay({ other: { code: 'QRMARS', properties: { red: true } } }, '1e15'));
  assert.deepEqual(refusal(unknown), ['InvalidInput', 'INVALID_VALUE_ERROR']);
  const sent = JSON.parse(record.requests.at(-1)?.body ?? '');
  assert.partialDeepStrictEqual(sent, { channel_code: 'QRMARS', channel_properties: { red: true } });
});

const number = '4000000000001091';
const card = { card_details: { card_number: number, cvn: '987' } };
const item = {
  referenceId: 'cake',
  type: 'PHYSICAL_PRODUCT',
  name: 'Cake',
  netUnitAmount: '10000',
  quantity: 1,
  category: 'FOOD',
  currency: 'IDR',
};
const withCards: [name: string, input: object, wrong: string][] = [
  [
    'createPaymentRequest',
    { ...basics(), ...pay({ other: { code: 'CARDS', properties: { card: { number, expiry: '12/30' } } } }) },
    'input.kind.pay.channel.other.properties.card.number',
  ],
  [
    'createPaymentToken',
    { ...basics(), channel: { other: { code: 'CARDS', properties: { a: [{ b: number }] } } } },
    'input.channel.other.properties.a.0.b',
  ],
  [
    'createPaymentRequest',
    { ...basics(), ...pay({ other: { code: 'CARDS', properties: card } }) },
    'input.kind.pay.channel.other.properties.card_details',
  ],
  [
    'createPaymentRequest',
    {
      ...basics(),
      kind: {
        payAndSave: { amount: '15000', channel: { other: { code: 'CARDS', properties: { a: [{ b: card }] } } } },
      },
    },
    'input.kind.payAndSave.channel.other.properties.a.0.b.card_details',
  ],
  ['createPaymentRequest', { ...basics(), ...pay(qris), metadata: { CVV: '987' } }, 'input.metadata.CVV'],
  [
    'createPaymentRequest',
    { ...basics(), ...pay(qris), items: [{ ...item, metadata: { cardNumber: number } }] },
    'input.items.0.metadata.cardNumber',
  ],
  [
    'createPaymentToken',
    { ...basics(), channel: { other: { code: 'CARDS', properties: card } } },
    'input.channel.other.properties.card_details',
  ],
  [
    'createPaymentSession',
    { ...basics(), sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '15000', channelProperties: { cards: card } },
    'input.channelProperties.cards.card_details',
  ],
  [
    'createRefund',
    { of: { qrPaymentId: 'qrpy_1' }, reason: 'OTHERS', metadata: card, idempotencyKey: 'k' },
    'input.metadata.card_details',
  ],
  [
    'createCustomer',
    { customer: { referenceId: 'c', givenNames: 'Siti' }, metadata: { wallet: card }, idempotencyKey: 'k' },
    'input.metadata.wallet.card_details',
  ],
];

testTogether('raw card data is refused wherever it stands, and neither sent nor repeated', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  const calls = record.requests.length;
  for (const [name, input, wrong] of withCards) {
    const answer = await mutate(gateway, name, '__typename', input);
    assert.ok(wrongFields(answer).includes(wrong), `${name}: ${wrongFields(answer)}`);
    assert.ok(!JSON.stringify(answer).includes(number));
  }
  const code = await askForCode(gateway, { externalId: newName('code'), metadata: card });
  assert.deepEqual(wrongFields(code), ['input.metadata.card_details']);
  assert.equal(record.requests.length, calls);
});

testTogether('a lost answer is unknown, and the same key does nothing a second time', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  const { id } = await paidRequest(gateway);
  const refund = { of: { paymentRequestId: id }, amount: '1000', currency: 'IDR', reason: 'OTHERS' };
  const session = { sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '15000' };
  const lost: [name: string, endpoint: Endpoint, input: object, again: string][] = [
    ['createPaymentRequest', 'POST /v3/payment_requests', { ...basics(), ...pay(qris) }, 'OutcomeUnknown'],
    ['createPaymentToken', 'POST /v3/payment_tokens', { ...basics(), channel: wallet }, 'OutcomeUnknown'],
    ['createPaymentSession', 'POST /sessions', { ...basics(), ...session }, 'OutcomeUnknown'],
    ['createRefund', 'POST /refunds', { ...refund, idempotencyKey: newName('key') }, 'CreateRefundPayload'],
  ];
  for (const [name, endpoint, input, again] of lost) {
    const posts = () => callsTo(sandbox).filter((call) => call === endpoint).length;
    const before = posts();
    sandbox.faults.next(endpoint, { kind: 'reset', afterProcessing: true });
    assert.equal((await mutate(gateway, name, '__typename', input)).__typename, 'OutcomeUnknown');
    assert.equal((await mutate(gateway, name, '__typename', input)).__typename, again);
    assert.equal(posts(), before + 1, name);
  }
});
