import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createRequest, newName } from '../support/payments.ts';
import { marked, sample } from '../support/samples.ts';
import { watchRequest } from '../support/subscriptions.ts';
import { startXendit } from '../support/xendit.ts';

const withReconciling = { RECONCILE_EVERY_MS: '100' };
const getPayment = 'GET /v3/payments/:payment_id';

interface Shown {
  paymentRequest: {
    status: string;
    payments: { edges: { node: { id: string; status: string } }[] };
  };
}

async function show(gateway: TestGateway, id: string): Promise<Shown['paymentRequest']> {
  const { data, errors } = await gateway.ask<Shown>(
    'query ($id: ID!) { paymentRequest(id: $id) { status payments(first: 100) { edges { node { id status } } } } }',
    { id },
  );
  return data?.paymentRequest ?? assert.fail(JSON.stringify(errors));
}

/** A gateway that hears of nothing but by asking. */
async function startDeaf(t: TestContext, environment: Record<string, string> = {}) {
  const { xendit, environment: ofXendit } = await startXendit(t);
  const gateway = await startGateway(t, { ...ofXendit, READ_MAX_AGE_MS: '0', ...environment });
  return { xendit, gateway };
}

function createReusable(gateway: TestGateway): Promise<{ id: string }> {
  const channel = { virtualAccount: { code: 'BRI_VIRTUAL_ACCOUNT', displayName: 'Shop' } };
  return createRequest(gateway, { kind: { reusablePaymentCode: { channel } } });
}

/** Pays as the payer. @returns the payment's id. */
async function pay(xendit: Sandbox, id: string, amount?: number): Promise<string> {
  const { latest_payment_id: paymentId } = await xendit.payer.pay(id, amount === undefined ? {} : { amount });
  return String(paymentId);
}

for (const type of ['SINGLE_PAYMENT', undefined, 'PAY']) {
  test(`a reusable code goes on when a payment of type ${type} comes, and its stream tells the next too`, async (t) => {
    const { gateway } = await startDeaf(t);
    const { id } = await createReusable(gateway);
    const changes = watchRequest(gateway, id);
    await changes.next();
    for (const mark of ['-first', '-second']) {
      const delivery = marked(sample('payment.capture.v3.reference', { type }), mark);
      await gateway.deliver({ ...delivery, data: { ...(delivery.data as object), payment_request_id: id } });
      const told = await changes.next();
      assert.deepEqual([told?.kind, told?.status], ['PAYMENT', 'ACCEPTING_PAYMENTS']);
    }
    assert.equal((await show(gateway, id)).status, 'ACCEPTING_PAYMENTS');
    await changes.leave();
  });
}

test('a request of which only a payment of a strange type has told is asked about at once', async (t) => {
  const { xendit, gateway } = await startDeaf(t, withReconciling);
  const other = await startGateway(t, ofSandbox(xendit));
  const { id } = await createRequest(other);
  const paymentId = await pay(xendit, id);
  await gateway.deliver(
    sample('payment.capture.v3.reference', { payment_id: paymentId, payment_request_id: id, type: 'SINGLE_PAYMENT' }),
  );
  type History = { edges: { node: { origin: string; paymentRequest: { status: string } } }[] };
  const told = async () => {
    // A search doesn't ask.
    const { data } = await gateway.ask<{ paymentRequests: { edges: { node: { history: History } }[] } }>(
      '{ paymentRequests { edges { node { history { edges { node { origin ... on PaymentRequestChange { paymentRequest { status } } } } } } } } }',
    );
    const [request] = data?.paymentRequests.edges ?? [];
    return request?.node.history.edges.map(({ node }) => [node.origin, node.paymentRequest.status]).reverse();
  };
  await eventually('it has been asked about', async () => ((await told())?.length ?? 0) > 1);
  assert.deepEqual(await told(), [
    ['WEBHOOK', 'UNKNOWN'],
    ['RECONCILED', 'SUCCEEDED'],
  ]);
});

function ofSandbox({ url }: Sandbox): Record<string, string> {
  return {
    XENDIT_BASE_URL: url,
    XENDIT_SECRET_KEY: 'xnd_development_test',
    XENDIT_CALLBACK_TOKENS: 'sandbox-callback-token',
  };
}

test('with webhooks lost a paid request is told together with its payment, in one change', async (t) => {
  const { xendit, gateway } = await startDeaf(t);
  const { id } = await createRequest(gateway);
  const changes = watchRequest(gateway, id);
  await changes.next();
  const paid = await pay(xendit, id);
  await show(gateway, id);
  const told = await changes.rest();
  assert.deepEqual(
    told.map(({ kind, status, paymentId }) => [kind, status, paymentId]),
    [['PAYMENT', 'SUCCEEDED', paid]],
  );
});

test('while the payment of a paid request can’t be had, the request waits for it', async (t) => {
  const { xendit, gateway } = await startDeaf(t);
  const { id } = await createRequest(gateway);
  xendit.faults.sometimes(getPayment, { kind: 'status', status: 503 }, { probability: 1, seed: 1 });
  const paymentId = await pay(xendit, id);
  assert.equal((await show(gateway, id)).status, 'REQUIRES_ACTION');
  xendit.faults.clear();
  await eventually('calls are let through', async () => (await show(gateway, id)).status === 'SUCCEEDED', 60_000);
  assert.deepEqual((await show(gateway, id)).payments.edges, [{ node: { id: paymentId, status: 'SUCCEEDED' } }]);
});

test('of many payments into a reusable code whose webhooks are lost none is missing', async (t) => {
  const { xendit, gateway } = await startDeaf(t, withReconciling);
  const { id } = await createReusable(gateway);
  const changes = watchRequest(gateway, id);
  await changes.next();
  const paid: string[] = [];
  for (let n = 0; n < 60; n += 1) paid.push(await pay(xendit, id, 15_000 + n));
  const told = await changes.take(60);
  assert.deepEqual(told.map(({ paymentId }) => paymentId).toSorted(), paid.toSorted());
  assert.ok(told.every(({ kind, status }) => kind === 'PAYMENT' && status === 'ACCEPTING_PAYMENTS'));
  await changes.leave();
  assert.equal((await show(gateway, id)).payments.edges.length, 60);
});

test('a session learned by asking is told with what it came to', async (t) => {
  const { xendit, gateway } = await startDeaf(t);
  const input = {
    referenceId: newName('session'),
    sessionType: 'PAY',
    mode: 'PAYMENT_LINK',
    amount: '20000',
    currency: 'IDR',
    country: 'ID',
    idempotencyKey: newName('key'),
  };
  const { data: made } = await gateway.ask<{ create: { paymentSession: { id: string } } }>(
    `mutation ($input: CreatePaymentSessionInput!) {
      create: createPaymentSession(input: $input) { ... on CreatePaymentSessionPayload { paymentSession { id } } }
    }`,
    { input },
  );
  const id = made?.create.paymentSession.id ?? assert.fail();
  await xendit.payer.completeSession(id, { channel_code: 'DANA' });
  const shown = 'paymentRequest { status paymentSessions { edges { node { id } } } } payment { status }';
  const { data } = await gateway.ask<{ paymentSession: object }>(
    `query ($id: ID!) { paymentSession(id: $id) { status ${shown} } }`,
    { id },
  );
  assert.deepEqual(data?.paymentSession, {
    status: 'COMPLETED',
    paymentRequest: { status: 'SUCCEEDED', paymentSessions: { edges: [{ node: { id } }] } },
    payment: { status: 'SUCCEEDED' },
  });
  const changes = gateway.subscribe<{ change: { payment: { status: string } | null } }>(
    'subscription ($id: ID!) { change: paymentSessionChanged(id: $id) { payment { status } } }',
    { id },
  );
  assert.deepEqual(await changes.rest(), [{ change: { payment: { status: 'SUCCEEDED' } } }]);
});
