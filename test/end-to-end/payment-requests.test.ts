import assert from 'node:assert/strict';
import { onSharedGateway } from '../support/gateway.ts';
import { done, mutate, mutateById, refusal, wrongFields } from '../support/mutations.ts';
import {
  activeToken,
  askForRequest,
  type CreatedRequest,
  createRequest,
  newName,
  onShared,
  paidRequest,
  qris,
  requestFields,
  simulate,
  startOnClock,
} from '../support/payments.ts';
import { sandboxOf } from '../support/qr-codes.ts';
import { watchRequest } from '../support/subscriptions.ts';

const testTogether = onSharedGateway();
const testOnClock = onShared(startOnClock);

const hourMs = 3_600_000;

const shown = /* GraphQL */ `
  query ($id: ID!) {
    paymentRequest(id: $id) {
      status xenditStatus paidAfterExpiry failureCode latestPayment { id status }
      payments { edges { node { id status amount { amount } paymentRequest { id } } } }
      paymentToken { id status }
      history { edges { node { version kind origin } } }
    }
  }
`;

interface Shown {
  paymentRequest: {
    status: string;
    xenditStatus: string;
    paidAfterExpiry: boolean;
    failureCode: string | null;
    latestPayment: { id: string; status: string } | null;
    payments: { edges: { node: { id: string; status: string; amount: { amount: string } } }[] };
    paymentToken: { id: string; status: string } | null;
    history: { edges: { node: { version: number; kind: string; origin: string } }[] };
  };
}

async function show(gateway: Parameters<typeof createRequest>[0], id: string): Promise<Shown['paymentRequest']> {
  const { data, errors } = await gateway.ask<Shown>(shown, { id });
  return data?.paymentRequest ?? assert.fail(JSON.stringify(errors));
}

testTogether('a QRIS request is made, watched, paid with play money and told by webhook', async (t, gateway) => {
  const request = await createRequest(gateway);
  assert.partialDeepStrictEqual(request, {
    status: 'REQUIRES_ACTION',
    version: 1,
    type: 'PAY',
    amount: { amount: '15000', currency: 'IDR' },
    channelCode: 'QRIS',
  });
  const [action] = request.actions;
  assert.deepEqual([action?.__typename, action?.descriptor], ['PresentAction', 'QR_STRING']);
  assert.match(action?.value ?? '', /^000201/);
  assert.match(action?.image ?? '', /^data:image\/svg\+xml;base64,/);

  const changes = watchRequest(gateway, request.id);
  t.after(() => changes.leave());
  assert.equal((await changes.next())?.kind, 'SNAPSHOT');
  const accepted = await simulate(gateway, request.id);
  assert.equal(accepted.status, 'REQUIRES_ACTION', 'the simulation is only accepted');

  const told = await changes.rest();
  assert.deepEqual(
    told.map(({ version, kind, status }) => [version, kind, status]),
    [[2, 'PAYMENT', 'SUCCEEDED']],
  );
  const { latestPayment, payments, history, ...paid } = await show(gateway, request.id);
  assert.partialDeepStrictEqual(paid, { status: 'SUCCEEDED', xenditStatus: 'REQUIRES_ACTION', paidAfterExpiry: false });
  assert.equal(latestPayment?.id, told[0]?.paymentId);
  assert.deepEqual(
    payments.edges.map(({ node }) => node),
    [{ id: latestPayment?.id, status: 'SUCCEEDED', amount: { amount: '15000' }, paymentRequest: { id: request.id } }],
  );
  assert.deepEqual(
    history.edges.map(({ node }) => node),
    [
      { version: 2, kind: 'PAYMENT', origin: 'WEBHOOK' },
      { version: 1, kind: 'CREATED', origin: 'API' },
    ],
  );
});

const channels: [name: string, channel: object, changes: object, action: [string, string], properties: object][] = [
  [
    'a virtual account is a number to transfer to',
    {
      virtualAccount: {
        code: 'BRI_VIRTUAL_ACCOUNT',
        displayName: 'Toko Siti',
        virtualAccountNumber: '8808123412341234',
        expiresAt: '2040-01-01T00:00:00.000Z',
      },
    },
    {},
    ['PresentAction', 'VIRTUAL_ACCOUNT_NUMBER'],
    {
      display_name: 'Toko Siti',
      virtual_account_number: '8808123412341234',
      expires_at: '2040-01-01T00:00:00.000Z',
    },
  ],
  [
    'an e-wallet is a page to be sent to',
    { ewallet: { code: 'GCASH', successReturnUrl: 'https://shop.example/ok', mobileNumber: '+639171234567' } },
    { country: 'PH', currency: 'PHP' },
    ['RedirectAction', 'WEB_URL'],
    { success_return_url: 'https://shop.example/ok', account_mobile_number: '+639171234567' },
  ],
  [
    'over the counter is a code to tell',
    { overTheCounter: { code: 'ALFAMART', payerName: 'Siti', paymentCode: 'SITI123' } },
    {},
    ['PresentAction', 'PAYMENT_CODE'],
    { payer_name: 'Siti', payment_code: 'SITI123' },
  ],
  [
    'any other channel takes its properties as they are',
    {
      other: {
        code: 'BRI_DIRECT_DEBIT',
        properties: { success_return_url: 'https://a.example', nested: { deep: [1] } },
      },
    },
    {},
    ['RedirectAction', 'WEB_URL'],
    { success_return_url: 'https://a.example', nested: { deep: [1] } },
  ],
];

for (const [name, channel, changes, action, properties] of channels) {
  testTogether(`${name}, and is paid`, async (_t, gateway) => {
    const { record } = sandboxOf(gateway);
    const request = await createRequest(gateway, { kind: { pay: { amount: '15000', channel } }, ...changes });
    assert.deepEqual([request.actions[0]?.__typename, request.actions[0]?.descriptor], action);
    assert.equal(request.actions[0]?.image ?? null, null);
    const sent = JSON.parse(record.requests.findLast(({ method }) => method === 'POST')?.body ?? '');
    assert.deepEqual(sent.channel_properties, properties);
    await simulate(gateway, request.id);
    assert.equal((await show(gateway, request.id)).status, 'SUCCEEDED');
  });
}

testTogether('paying and saving leaves a token, which pays the next request at once', async (_t, gateway) => {
  const first = await createRequest(gateway, {
    kind: { payAndSave: { amount: '20000', channel: { ewallet: { code: 'DANA' } } } },
  });
  assert.equal(first.type, 'PAY_AND_SAVE');
  await simulate(gateway, first.id);
  const { paymentToken } = await show(gateway, first.id);
  assert.equal(paymentToken?.status, 'ACTIVE');

  const second = await createRequest(gateway, {
    kind: { payWithToken: { amount: '21000', paymentTokenId: paymentToken.id } },
  });
  assert.deepEqual([second.type, second.paymentToken], ['PAY', paymentToken]);
  await sandboxOf(gateway).idle();
  assert.equal((await show(gateway, second.id)).status, 'SUCCEEDED');
});

testTogether('a reusable code stays open through many payments, each told once', async (t, gateway) => {
  const request = await createRequest(gateway, { kind: { reusablePaymentCode: { channel: qris } } });
  assert.partialDeepStrictEqual(request, { status: 'ACCEPTING_PAYMENTS', type: 'REUSABLE_PAYMENT_CODE', amount: null });
  const changes = watchRequest(gateway, request.id);
  t.after(() => changes.leave());
  await changes.next();
  for (const amount of ['1000', '2000', '3000', '4000']) await simulate(gateway, request.id, amount);

  const told = await changes.take(4);
  assert.deepEqual(
    told.map(({ version, kind, status }) => [version, kind, status]),
    [2, 3, 4, 5].map((version) => [version, 'PAYMENT', 'ACCEPTING_PAYMENTS']),
  );
  const { payments, latestPayment, status } = await show(gateway, request.id);
  assert.deepEqual([status, latestPayment?.id], ['ACCEPTING_PAYMENTS', told[3]?.paymentId]);
  assert.deepEqual(
    payments.edges.map(({ node }) => [node.id, node.amount.amount]),
    told.toReversed().map(({ paymentId }, index) => [paymentId, `${4 - index}000`]),
  );
});

testTogether('a virtual account can be changed while it is open, and nothing else can', async (_t, gateway) => {
  const channel = { virtualAccount: { code: 'BNI_VIRTUAL_ACCOUNT', displayName: 'Siti' } };
  const { id } = await createRequest(gateway, { kind: { pay: { amount: '15000', channel } } });
  const update = (changes: object) =>
    mutate<CreatedRequest>(gateway, 'updatePaymentRequest', requestFields, { id, ...changes });
  const changed = await update({ amount: '17500.5', description: 'two cakes', expiresAt: '2040-01-01T00:00:00.000Z' });
  assert.partialDeepStrictEqual(changed.paymentRequest, {
    amount: { amount: '17500.5', currency: 'IDR' },
    description: 'two cakes',
    channelProperties: { expires_at: '2040-01-01T00:00:00.000Z' },
    version: 2,
  });
  assert.deepEqual(wrongFields(await update({})), ['input']);
  assert.deepEqual(wrongFields(await update({ amount: 'x', description: '' })), ['input.amount', 'input.description']);
  assert.equal((await update({ amount: '60000000000' })).__typename, 'InvalidInput');

  await simulate(gateway, id, '17500.5');
  assert.deepEqual(refusal(await update({ amount: '1' })), ['WrongState', 'INACTIVE_PAYMENT_REQUEST']);
  const code = await createRequest(gateway);
  const ofCode = await mutate(gateway, 'updatePaymentRequest', requestFields, { id: code.id, amount: '20000' });
  assert.deepEqual(refusal(ofCode), ['InvalidInput', 'INVALID_VALUE_ERROR']);
});

testTogether('an open request is called off at once and without a webhook; a paid one is not', async (t, gateway) => {
  const { record } = sandboxOf(gateway);
  const { id } = await createRequest(gateway);
  const changes = watchRequest(gateway, id);
  t.after(() => changes.leave());
  await changes.next();
  const deliveries = record.deliveries.length;
  const cancel = (which: string) => mutateById<CreatedRequest>(gateway, 'cancelPaymentRequest', requestFields, which);
  assert.equal((await cancel(id)).paymentRequest?.status, 'CANCELED');
  const told = await changes.next();
  assert.deepEqual([told?.kind, told?.status], ['STATUS_CHANGED', 'CANCELED']);
  await sandboxOf(gateway).idle();
  assert.equal(record.deliveries.length, deliveries);

  assert.deepEqual(refusal(await cancel(id)), ['WrongState', 'INACTIVE_PAYMENT_REQUEST']);
  const paid = await paidRequest(gateway);
  assert.deepEqual(refusal(await cancel(paid.id)), ['WrongState', 'INACTIVE_PAYMENT_REQUEST']);
  assert.deepEqual(refusal(await cancel('pr-00000000-0000-4000-8000-000000000000')), ['NotFound', 'DATA_NOT_FOUND']);
  assert.deepEqual(refusal(await cancel('..')), ['NotFound', null]);
});

testTogether('only an open request that exists can be paid, with its own amount', async (_t, gateway) => {
  const pay = (paymentRequestId: string, amount?: string) =>
    mutate<CreatedRequest>(gateway, 'simulatePayment', requestFields, { paymentRequestId, amount });
  assert.equal((await pay('pr-00000000-0000-4000-8000-000000000000')).__typename, 'NotFound');
  assert.equal((await pay('pr-nobody')).__typename, 'NotFound', 'what Xendit calls malformed is not found either');
  const { id } = await createRequest(gateway);
  assert.deepEqual(wrongFields(await pay(id, '-1')), ['input.amount']);
  assert.deepEqual(refusal(await pay(id, '15001')), ['InvalidInput', 'API_VALIDATION_ERROR']);
  await simulate(gateway, id);
  assert.deepEqual(refusal(await pay(id)), ['WrongState', 'INACTIVE_PAYMENT_REQUEST']);
});

testTogether('a payment that fails is told with its reason, and the request stays watched', async (t, gateway) => {
  const { payer } = sandboxOf(gateway);
  const { id } = await createRequest(gateway, {
    kind: { pay: { amount: '15000', channel: { ewallet: { code: 'OVO', mobileNumber: '+6281234567890' } } } },
  });
  const changes = watchRequest(gateway, id);
  t.after(() => changes.leave());
  await changes.next();
  await payer.pay(id, { failure_code: 'INSUFFICIENT_BALANCE' });
  const told = await changes.next();
  assert.deepEqual([told?.kind, told?.status], ['PAYMENT', 'FAILED']);
  const { status, failureCode, latestPayment } = await show(gateway, id);
  assert.deepEqual([status, failureCode, latestPayment?.status], ['FAILED', 'INSUFFICIENT_BALANCE', 'FAILED']);
});

testTogether('a repeated key makes no second request; with another input it is a conflict', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  const input = { referenceId: newName('once'), idempotencyKey: newName('key') };
  const before = record.requests.length;
  const answers = await Promise.all(Array.from({ length: 20 }, () => askForRequest(gateway, input)));
  assert.equal(new Set(answers.map(({ paymentRequest }) => paymentRequest?.id)).size, 1);
  assert.equal(record.requests.length, before + 1);
  const again = await askForRequest(gateway, input);
  assert.deepEqual([again.alreadyProcessed, again.paymentRequest], [true, answers[0]?.paymentRequest]);
  const other = await askForRequest(gateway, { ...input, kind: { pay: { amount: '15001', channel: qris } } });
  assert.deepEqual([other.__typename, other.code, other.retryable], ['Conflict', 'CONFLICT', false]);
  assert.equal(record.requests.length, before + 1);
});

testTogether('a card payment keeps its reference to itself', async (_t, gateway) => {
  const paymentTokenId = await activeToken(gateway);
  const input = { referenceId: newName('card'), kind: { payWithToken: { amount: '150000', paymentTokenId } } };
  const first = await askForRequest(gateway, { ...input, idempotencyKey: newName('key') });
  assert.equal(
    done(first.paymentRequest, first).actions[0]?.__typename,
    'RedirectAction',
    'the bank asks its question',
  );
  const second = await askForRequest(gateway, { ...input, idempotencyKey: newName('key') });
  assert.deepEqual(refusal(second), ['Conflict', 'DUPLICATE_ERROR']);
});

testOnClock(
  'a code that nobody pays expires; money that comes after that counts',
  async (t, { gateway, sandbox, clock }) => {
    const { id } = await createRequest(gateway);
    const changes = watchRequest(gateway, id);
    t.after(() => changes.leave());
    await changes.next();
    await clock.advance(48 * hourMs);
    const expired = await changes.next();
    assert.deepEqual([expired?.kind, expired?.status], ['STATUS_CHANGED', 'EXPIRED']);
    assert.partialDeepStrictEqual(await show(gateway, id), { status: 'EXPIRED', paidAfterExpiry: false });

    await sandbox.payer.pay(id);
    const paid = await changes.rest();
    assert.deepEqual(
      paid.map(({ kind, status }) => [kind, status]),
      [['PAYMENT', 'SUCCEEDED']],
    );
    assert.partialDeepStrictEqual(await show(gateway, id), {
      status: 'SUCCEEDED',
      xenditStatus: 'EXPIRED',
      paidAfterExpiry: true,
      latestPayment: { id: paid[0]?.paymentId, status: 'SUCCEEDED' },
    });
  },
);

testOnClock(
  'a virtual account expires when its maker said, or when that was changed to',
  async (_t, { gateway, clock }) => {
    const inHours = (hours: number) => new Date(clock.now() + hours * hourMs).toISOString();
    const channel = (expiresAt: string) => ({
      virtualAccount: { code: 'BSI_VIRTUAL_ACCOUNT', displayName: 'Siti', expiresAt },
    });
    const [kept, changed] = await Promise.all(
      [1, 1].map((hours) =>
        createRequest(gateway, { kind: { pay: { amount: '15000', channel: channel(inHours(hours)) } } }),
      ),
    );
    const update = { id: changed?.id, expiresAt: inHours(3) };
    assert.equal(
      (await mutate(gateway, 'updatePaymentRequest', requestFields, update)).__typename,
      'UpdatePaymentRequestPayload',
    );
    const statuses = () =>
      Promise.all([kept, changed].map(async (request) => (await show(gateway, request?.id ?? '')).status));
    await clock.advance(2 * hourMs);
    assert.deepEqual(await statuses(), ['EXPIRED', 'REQUIRES_ACTION']);
    await clock.advance(2 * hourMs);
    assert.deepEqual(await statuses(), ['EXPIRED', 'EXPIRED']);
  },
);
