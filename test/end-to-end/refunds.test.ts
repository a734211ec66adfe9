import assert from 'node:assert/strict';
import { createRequest as createRequestAtXendit } from '../sandbox/v3.ts';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { type Asking, done, mutate, mutateById, refusal, wrongFields } from '../support/mutations.ts';
import {
  createRequest,
  heldPayment,
  latestPaymentOf,
  newName,
  onShared,
  paidRequest,
  qris,
  simulate,
  startOnClock,
} from '../support/payments.ts';
import { callsTo, createCode, payCode, sandboxOf } from '../support/qr-codes.ts';

const testTogether = onSharedGateway();
const testOnClock = onShared(startOnClock);

const payload = /* GraphQL */ `
  refund {
    id status version referenceId amount { amount currency } reason failureCode metadata channelCode
    payment { id } qrPayment { id } paymentRequest { id }
  }
`;

interface ShownRefund {
  id: string;
  status: string;
  referenceId: string | null;
  amount: { amount: string; currency: string };
  failureCode: string | null;
}

interface Created {
  alreadyProcessed: boolean;
  refund: ShownRefund;
}

function ask(gateway: Asking, of: object, changes: object = {}) {
  const input = { of, reason: 'REQUESTED_BY_CUSTOMER', idempotencyKey: newName('refund'), ...changes };
  return mutate<Created>(gateway, 'createRefund', `alreadyProcessed ${payload}`, input);
}

async function create(gateway: Asking, of: object, changes: object = {}): Promise<ShownRefund> {
  const result = await ask(gateway, of, changes);
  return done(result.refund, result);
}

function cancel(gateway: Asking, id: string) {
  return mutateById<Created>(gateway, 'cancelRefund', payload, id);
}

function watch(gateway: TestGateway, id: string) {
  return gateway.subscribe<{ refundChanged: { kind: string; refund: { status: string; failureCode: string | null } } }>(
    'subscription ($id: ID!) { refundChanged(id: $id) { kind refund { status failureCode } } }',
    { id },
  );
}

const lists = /* GraphQL */ `
  query ($request: ID!, $payment: ID!) {
    paymentRequest(id: $request) { refunds { edges { node { id } } } }
    payment(id: $payment) { refunds { edges { node { id } } } }
  }
`;

interface Refunds {
  refunds: { edges: { node: { id: string } }[] };
}

async function listed(gateway: Asking, request: string, payment: string): Promise<[string[], string[]]> {
  const { data } = await gateway.ask<{ paymentRequest: Refunds; payment: Refunds }>(lists, { request, payment });
  const idsOf = (of: Refunds | undefined) => of?.refunds.edges.map(({ node }) => node.id) ?? [];
  return [idsOf(data?.paymentRequest), idsOf(data?.payment)];
}

testTogether('a payment is given back as a whole, and that is told', async (t, gateway) => {
  const { id, paymentId } = await paidRequest(gateway);
  const refund = await create(
    gateway,
    { paymentRequestId: id },
    { referenceId: 'return-1', metadata: { why: 'cold' } },
  );
  assert.partialDeepStrictEqual(refund, {
    status: 'PENDING',
    referenceId: 'return-1',
    amount: { amount: '15000', currency: 'IDR' },
    reason: 'REQUESTED_BY_CUSTOMER',
    metadata: { why: 'cold' },
    payment: { id: paymentId },
    qrPayment: null,
    paymentRequest: { id },
  });
  const changes = watch(gateway, refund.id);
  t.after(() => changes.leave());
  const told = (await changes.rest()).map(({ refundChanged }) => refundChanged.refund.status);
  assert.equal(told.at(-1), 'SUCCEEDED');
  assert.deepEqual(await listed(gateway, id, paymentId), [[refund.id], [refund.id]]);

  const { data } = await gateway.ask<object>(
    `query ($id: ID!) { payment(id: $id) { status history(first: 2) { edges { node { kind ... on PaymentChange { refund { id } } } } } } }`,
    { id: paymentId },
  );
  const news = { node: { kind: 'REFUND', refund: { id: refund.id } } };
  assert.deepEqual(data, { payment: { status: 'SUCCEEDED', history: { edges: [news, news] } } });
  assert.equal((await ask(gateway, { paymentRequestId: id })).__typename, 'InvalidInput', 'nothing is left');
});

testTogether(
  'a payment is given back in parts, one after the other, and never more than it was',
  async (_t, gateway) => {
    const { id, paymentId } = await paidRequest(gateway);
    const of = { paymentRequestId: id };
    const asking = Array.from({ length: 2 }, () => ask(gateway, of, { amount: '5000.5', currency: 'IDR' }));
    const [made, refused] = (await Promise.all(asking)).toSorted((a, b) => Number(!a.refund) - Number(!b.refund));
    const first = made?.refund ?? assert.fail();
    assert.deepEqual(first.amount, { amount: '5000.5', currency: 'IDR' });
    assert.deepEqual(refusal(refused ?? assert.fail()), ['Rejected', 'REFUND_IN_PROGRESS']);
    await watch(gateway, first.id).rest();
    assert.deepEqual(refusal(await ask(gateway, of, { amount: '9999.51' })), [
      'InvalidInput',
      'REFUND_AMOUNT_EXCEEDED',
    ]);
    const second = await create(gateway, of, { amount: '9999.5' });
    await watch(gateway, second.id).rest();
    assert.deepEqual(await listed(gateway, id, paymentId), [
      [second.id, first.id],
      [second.id, first.id],
    ]);
  },
);

testTogether('a repeated key gives back once, and answers with the same refund', async (_t, gateway) => {
  const { id } = await paidRequest(gateway);
  const { record } = sandboxOf(gateway);
  const calls = record.requests.length;
  const terms = { amount: '1000', idempotencyKey: newName('key') };
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(gateway, { paymentRequestId: id }, terms)));
  assert.equal(new Set(answers.map(({ refund }) => refund?.id)).size, 1);
  const again = await ask(gateway, { paymentRequestId: id }, terms);
  assert.deepEqual([again.alreadyProcessed, again.refund?.id], [true, answers[0]?.refund?.id]);
  assert.equal(record.requests.length, calls + 1);
  assert.equal((await ask(gateway, { paymentRequestId: id }, { ...terms, amount: '1001' })).__typename, 'Conflict');
});

const failures = [
  ['20300', 'REFUND_FAILED'],
  ['20301', 'INSUFFICIENT_BALANCE'],
  ['20303', 'ACCOUNT_ACCESS_BLOCKED'],
] as const;

for (const [amount, failureCode] of failures) {
  testTogether(
    `a refund of ${amount} fails later with ${failureCode}, and the money can be asked for again`,
    async (t, gateway) => {
      const { id } = await paidRequest(gateway, { kind: { pay: { amount: '50000', channel: qris } } });
      const refund = await create(gateway, { paymentRequestId: id }, { amount });
      const changes = watch(gateway, refund.id);
      t.after(() => changes.leave());
      const told: object[] = [];
      while (told.length === 0 || !JSON.stringify(told.at(-1)).includes('FAILED')) {
        const { refundChanged } = (await changes.next()) ?? assert.fail('the stream ended');
        told.push(refundChanged.refund);
      }
      assert.deepEqual(told.at(-1), { status: 'FAILED', failureCode });
      assert.equal((await create(gateway, { paymentRequestId: id })).amount.amount, '50000');
    },
  );
}

const refusals = [
  ['10300', 'InvalidInput', 'REFUND_AMOUNT_EXCEEDED'],
  ['10301', 'Forbidden', 'PARTIAL_REFUND_NOT_SUPPORTED'],
  ['10303', 'Forbidden', 'REFUND_NOT_SUPPORTED'],
  ['10304', 'Rejected', 'REFUND_IN_PROGRESS'],
  ['10305', 'WrongState', 'INELIGIBLE_TRANSACTION_STATUS'],
] as const;

testTogether('a refund that Xendit refuses has its failure', async (_t, gateway) => {
  const { id } = await paidRequest(gateway);
  const of = { paymentRequestId: id };
  for (const [amount, ...failure] of refusals) assert.deepEqual(refusal(await ask(gateway, of, { amount })), failure);
  const unpaid = await createRequest(gateway);
  const ofUnpaid = await ask(gateway, { paymentRequestId: unpaid.id });
  assert.deepEqual(refusal(ofUnpaid), ['WrongState', 'INELIGIBLE_TRANSACTION_STATUS']);
  assert.deepEqual(refusal(await ask(gateway, { paymentRequestId: 'pr-nobody' })), ['NotFound', 'DATA_NOT_FOUND']);
  const overTheCounter = { overTheCounter: { code: 'ALFAMART', payerName: 'Siti' } };
  const cash = await paidRequest(gateway, { kind: { pay: { amount: '15000', channel: overTheCounter } } });
  assert.deepEqual(refusal(await ask(gateway, { paymentRequestId: cash.id })), ['Forbidden', 'REFUND_NOT_SUPPORTED']);
});

testTogether('a refund that can not be is refused before any call, with its places', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  const calls = record.requests.length;
  const ofRequest = await ask(
    gateway,
    { paymentRequestId: 'pr-1' },
    { amount: '0', referenceId: '', metadata: { card_number: '4000' }, idempotencyKey: '' },
  );
  assert.deepEqual(wrongFields(ofRequest), [
    'input.amount',
    'input.idempotencyKey',
    'input.metadata.card_number',
    'input.referenceId',
  ]);
  const ofQr = await ask(gateway, { qrPaymentId: 'qrpy_1' }, { amount: '-1', referenceId: 'r', metadata: { a: 1 } });
  assert.deepEqual(wrongFields(ofQr), ['input.amount', 'input.metadata', 'input.referenceId']);
  assert.equal(record.requests.length, calls);
});

testTogether('a card payment that was captured in part is given back in part', async (_t, gateway) => {
  const { id, paymentId } = await heldPayment(gateway);
  const input = { id: paymentId, amount: '100000', idempotencyKey: newName('key') };
  await mutate(gateway, 'capturePayment', 'payment { id }', input);
  assert.equal((await create(gateway, { paymentRequestId: id })).amount.amount, '100000');
});

testTogether('a request lists the refunds of all its payments', async (_t, gateway) => {
  const { id } = await createRequest(gateway, { kind: { reusablePaymentCode: { channel: qris } } });
  const refunds: string[] = [];
  for (const amount of ['1000', '2000', '3000']) {
    await simulate(gateway, id, amount);
    const refund = await create(gateway, { paymentRequestId: id });
    await watch(gateway, refund.id).rest();
    refunds.unshift(refund.id);
    const [ofRequest, ofPayment] = await listed(gateway, id, await latestPaymentOf(gateway, id));
    assert.deepEqual([ofRequest, ofPayment], [refunds, [refund.id]]);
  }
});

testTogether('a payment of a QR code is given back by its own address, and lists it', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  const name = newName('code');
  await createCode(gateway, name);
  const qrPaymentId = await payCode(gateway, name);
  const calls = sandbox.record.requests.length;
  const key = newName('key');
  const refund = await create(gateway, { qrPaymentId }, { amount: '6000', idempotencyKey: key });
  assert.partialDeepStrictEqual(refund, {
    status: 'PENDING',
    amount: { amount: '6000', currency: 'IDR' },
    payment: null,
    qrPayment: { id: qrPaymentId },
    paymentRequest: null,
  });
  const again = await ask(gateway, { qrPaymentId }, { amount: '6000', idempotencyKey: key });
  assert.deepEqual([again.alreadyProcessed, again.refund?.id], [true, refund.id]);
  assert.deepEqual(callsTo(sandbox).slice(calls), [`POST /qr_codes/payments/${qrPaymentId}/refunds`]);
  const { data } = await gateway.ask<object>(
    'query ($id: ID!) { node(id: $id) { ... on QrPayment { refunds { edges { node { id status } } } } } }',
    { id: qrPaymentId },
  );
  assert.partialDeepStrictEqual(data, { node: { refunds: { edges: [{ node: { id: refund.id } }] } } });

  assert.deepEqual(refusal(await ask(gateway, { qrPaymentId }, { amount: '10305' })), [
    'WrongState',
    'INELIGIBLE_TRANSACTION',
  ]);
  assert.deepEqual(refusal(await ask(gateway, { qrPaymentId: 'qrpy_nobody' })), ['NotFound', 'DATA_NOT_FOUND']);
});

testOnClock(
  'a refund that is still pending is called off; one that is over is not',
  async (_t, { gateway, clock, sandbox }) => {
    const { id } = await paidRequest(gateway);
    const refund = await create(gateway, { paymentRequestId: id });
    const deliveries = sandbox.record.deliveries.length;
    assert.equal((await cancel(gateway, refund.id)).refund?.status, 'CANCELLED');
    await clock.advance(1_000);
    assert.equal(sandbox.record.deliveries.length, deliveries);
    assert.deepEqual(refusal(await cancel(gateway, 'rfd-nobody')), ['NotFound', 'DATA_NOT_FOUND']);

    const second = await create(gateway, { paymentRequestId: id });
    await clock.advance(1_000);
    assert.deepEqual(refusal(await cancel(gateway, second.id)), ['WrongState', 'INELIGIBLE_TRANSACTION_STATUS']);
    const { data } = await gateway.ask<object>(
      'query ($a: ID!, $b: ID!) { a: refund(id: $a) { status } b: refund(id: $b) { status } }',
      { a: refund.id, b: second.id },
    );
    assert.deepEqual(data, { a: { status: 'CANCELLED' }, b: { status: 'SUCCEEDED' } });
  },
);

testTogether('a payment that the gateway has not heard of is given back all the same', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  const { webhookUrl } = sandbox;
  sandbox.webhookUrl = undefined;
  const id = await createRequestAtXendit(sandbox);
  const { latest_payment_id: paymentId } = await sandbox.payer.pay(id);
  sandbox.webhookUrl = webhookUrl;
  const refund = await create(gateway, { paymentRequestId: id }, { amount: '5000', currency: 'IDR' });
  assert.partialDeepStrictEqual(refund, { paymentRequest: { id }, payment: { id: paymentId } });
});
