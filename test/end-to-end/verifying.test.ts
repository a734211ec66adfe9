import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { done, mutate, mutateById } from '../support/mutations.ts';
import { createRequest, newName } from '../support/payments.ts';
import { callsTo, createCode, sandboxOf } from '../support/qr-codes.ts';
import { qrPayment, sample } from '../support/samples.ts';
import { callXendit } from '../support/xendit.ts';

const verifying = { VERIFY_WEBHOOKS: 'on', RECONCILE_EVERY_MS: '100', XENDIT_REQUESTS_PER_MINUTE: '1000000' };
/** Asked about by age alone, what is to be paid would be asked about every four seconds at the most. */
const soonMs = 4_000;

const moneyStatuses = new Set(['INACTIVE', 'COMPLETED', 'SUCCEEDED', 'AUTHORIZED', 'VOIDED', 'REFUNDED']);

/** Where Xendit is asked about what the forgeries name. */
const places: Record<string, string> = {
  Payment: '/v3/payments/',
  PaymentSession: '/sessions/',
  Refund: '/refunds/',
};

interface Happened {
  kind: string;
  origin: string;
  toStatus: string;
  resource: { __typename: string; id: string; xenditStatus?: string | null };
}

interface Letter {
  event: string;
  outcome: string;
  reason: string | null;
  deliveries: number;
  id: string;
}

const happened = /* GraphQL */ `
  kind origin toStatus
  resource {
    __typename id
    ... on PaymentRequest { xenditStatus } ... on Payment { xenditStatus }
    ... on PaymentSession { xenditStatus } ... on Refund { xenditStatus }
  }
`;

async function history(gateway: TestGateway): Promise<Happened[]> {
  const { data, errors } = await gateway.ask<{ activity: { edges: { node: Happened }[] } }>(
    `{ activity(first: 100) { edges { node { ${happened} } } } }`,
  );
  assert.equal(errors, undefined);
  return data?.activity.edges.map(({ node }) => node) ?? assert.fail();
}

async function inbox(gateway: TestGateway): Promise<Letter[]> {
  const { data } = await gateway.ask<{ webhookEvents: { edges: { node: Letter }[] } }>(
    '{ webhookEvents(first: 100) { edges { node { id event outcome reason deliveries } } } }',
  );
  return data?.webhookEvents.edges.map(({ node }) => node) ?? assert.fail();
}

function mayPayOut({ toStatus, resource }: Happened): boolean {
  const words = [toStatus, resource.xenditStatus ?? ''];
  return resource.__typename !== 'PaymentToken' && words.some((word) => moneyStatuses.has(word));
}

async function deliver(gateway: TestGateway, body: object): Promise<void> {
  assert.equal((await gateway.deliver(body)).status, 200);
}

function start(t: TestContext, database: TestDatabase, more: Record<string, string> = {}): Promise<TestGateway> {
  return startGateway(t, { ...verifying, ...more }, database);
}

function callsOf(gateway: TestGateway, call: string): number {
  return callsTo(sandboxOf(gateway)).filter((each) => each.split('?')[0] === call).length;
}

/** Waits until the gateway has asked the sandbox so. */
async function asked(gateway: TestGateway, call: string, times = 1): Promise<void> {
  await eventually(`${times} of ${call}`, () => callsOf(gateway, call) >= times);
}

testOnEachDatabase('of all forgeries none is told as paid, and each stays in the inbox', async (t, database) => {
  const gateway = await start(t, database);
  const names = readdirSync(new URL('../fixtures/webhooks/', import.meta.url)).map((name) => name.slice(0, -5));
  for (const name of names) await deliver(gateway, sample(name));
  const questions = (await history(gateway)).filter(({ toStatus }) => toStatus === 'UNKNOWN');
  const calls = questions.flatMap(({ resource: { __typename, id } }) => places[__typename]?.concat(id) ?? []);
  assert.ok(calls.length > 5);
  for (const call of calls) await asked(gateway, `GET ${call}`);
  const told = await history(gateway);
  assert.deepEqual(told.filter(mayPayOut), []);
  const letters = await inbox(gateway);
  const deliveries = letters.reduce((sum, letter) => sum + letter.deliveries, 0);
  assert.equal(deliveries, names.length);
});

testOnEachDatabase('a forged payment of a code is asked about and never told', async (t, database) => {
  const gateway = await start(t, database);
  const code = await createCode(gateway, 'order-1');
  const changes = gateway.subscribe<{ qrCodeChanged: { kind: string; origin: string; qrCode: { status: string } } }>(
    'subscription { qrCodeChanged(externalId: "order-1") { kind origin qrCode { status } payment { id } } }',
  );
  assert.equal((await changes.next())?.qrCodeChanged.qrCode.status, 'ACTIVE');
  const asking = 'GET /qr_codes/payments';
  const before = callsOf(gateway, asking);
  await deliver(gateway, qrPayment({ ...code, type: 'DYNAMIC' }, 'qrpy_forged'));
  await asked(gateway, asking, before + 1);
  const { data } = await gateway.ask(
    '{ qrCode(externalId: "order-1") { status } qrPayments(externalId: "order-1") { edges { node { id } } } }',
  );
  assert.deepEqual(data, { qrCode: { status: 'ACTIVE' }, qrPayments: { edges: [] } });
  assert.equal((await history(gateway)).length, 1);
  const [letter] = await inbox(gateway);
  assert.match(letter?.reason ?? '', /VERIFY_WEBHOOKS/);

  const { id } = (await callXendit(sandboxOf(gateway), 'POST', '/qr_codes/order-1/payments/simulate', {})) as {
    id: string;
  };
  const told = (await changes.rest()).map(({ qrCodeChanged }) => qrCodeChanged);
  assert.partialDeepStrictEqual(told, [
    { kind: 'PAYMENT', origin: 'RECONCILED', qrCode: { status: 'INACTIVE' }, payment: { id } },
  ]);
});

testOnEachDatabase(
  'a forged code of a true one’s name is asked about and does not take its place',
  async (t, database) => {
    const gateway = await start(t, database, { READ_MAX_AGE_MS: '0' });
    const { id } = await createCode(gateway, 'order-1');
    const asking = 'GET /qr_codes/order-1';
    const before = callsOf(gateway, asking);
    await deliver(gateway, qrPayment({ id: 'qr_forged', externalId: 'order-1', type: 'DYNAMIC' }, 'qrpy_forged'));
    await asked(gateway, asking, before + 1);
    const { data } = await gateway.ask('{ qrCode(externalId: "order-1") { id status } }');
    assert.deepEqual(data, { qrCode: { id, status: 'ACTIVE' } });
    assert.deepEqual((await history(gateway)).filter(mayPayOut), []);
  },
);

testOnEachDatabase('each payment of a STATIC code is told once Xendit lists it', async (t, database) => {
  const gateway = await start(t, database);
  const code = await createCode(gateway, 'till-1', 'STATIC');
  await deliver(gateway, qrPayment(code, 'qrpy_forged'));
  const sandbox = sandboxOf(gateway);
  const paid: string[] = [];
  for (let each = 0; each < 3; each += 1) {
    const body = { amount: 5_000 };
    paid.push(((await callXendit(sandbox, 'POST', '/qr_codes/till-1/payments/simulate', body)) as { id: string }).id);
    await sandbox.idle();
  }
  await eventually('three payments', async () => {
    return (await history(gateway)).filter(({ kind }) => kind === 'PAYMENT').length === 3;
  });
  const payments = (await history(gateway)).filter(({ resource }) => resource.__typename === 'QrPayment');
  assert.deepEqual(payments.map(({ resource }) => resource.id).toSorted(), paid.toSorted());
});

testOnEachDatabase('a failed payment that is forged to have succeeded stays failed', async (t, database) => {
  const gateway = await start(t, database);
  const { id } = await createRequest(gateway);
  await sandboxOf(gateway).payer.pay(id, { failure_code: 'INSUFFICIENT_BALANCE' });
  await sandboxOf(gateway).idle();
  const failed = async () => (await history(gateway)).find(({ resource }) => resource.__typename === 'Payment');
  await eventually('the failure', async () => (await failed()) !== undefined);
  const { resource: payment, toStatus, origin } = (await failed()) ?? assert.fail();
  assert.deepEqual([toStatus, origin], ['FAILED', 'WEBHOOK']);
  const forged = { payment_id: payment.id, payment_request_id: id, status: 'SUCCEEDED', type: 'PAY' };
  const call = `GET /v3/payments/${payment.id}`;
  const before = callsOf(gateway, call);
  await deliver(gateway, sample('payment.capture.v3', forged));
  await asked(gateway, call, before + 1);
  const told = await history(gateway);
  assert.deepEqual(told.filter(mayPayOut), []);
});

testOnEachDatabase('a true payment and a true refund are told soon, and their streams end', async (t, database) => {
  const gateway = await start(t, database);
  const { id } = await createRequest(gateway);
  const changes = gateway.subscribe<{ paymentRequestChanged: { paymentRequest: { status: string } } }>(
    'subscription ($id: ID!) { paymentRequestChanged(id: $id) { kind paymentRequest { status } payment { id status } } }',
    { id },
  );
  await changes.next();
  const paidAt = performance.now();
  await sandboxOf(gateway).payer.pay(id);
  const last = (await changes.rest()).at(-1)?.paymentRequestChanged;
  t.diagnostic(`told after ${Math.round(performance.now() - paidAt)} ms`);
  assert.partialDeepStrictEqual(last, { paymentRequest: { status: 'SUCCEEDED' }, payment: { status: 'SUCCEEDED' } });
  assert.ok(performance.now() - paidAt < soonMs);

  const input = { of: { paymentRequestId: id }, reason: 'REQUESTED_BY_CUSTOMER', idempotencyKey: newName('key') };
  const result = await mutate<{ refund: { id: string; status: string } }>(
    gateway,
    'createRefund',
    'refund { id status }',
    input,
  );
  const refund = done(result.refund, result);
  const told = gateway.subscribe<{ refundChanged: { refund: { id: string; status: string } } }>(
    'subscription ($id: ID!) { refundChanged(id: $id) { refund { status } } }',
    { id: refund.id },
  );
  assert.equal((await told.rest()).at(-1)?.refundChanged.refund.status, 'SUCCEEDED');
});

testOnEachDatabase(
  'what Xendit can’t be asked about waits in the inbox, and is read once the setting is off',
  async (t, database) => {
    const gateway = await start(t, database);
    for (const name of ['payment.succeeded.v2', 'ewallet.capture', 'capture.succeeded.v2']) {
      await deliver(gateway, sample(name));
    }
    const letters = await inbox(gateway);
    assert.deepEqual(
      letters.map(({ outcome }) => outcome),
      ['QUARANTINED', 'QUARANTINED', 'QUARANTINED'],
    );
    assert.deepEqual(await history(gateway), []);
    const again = 'webhookEvent { outcome }';
    for (const { id } of letters) {
      const result = await mutateById<{ webhookEvent: Letter }>(gateway, 'redriveWebhookEvent', again, id);
      assert.equal(result.webhookEvent?.outcome, 'QUARANTINED');
    }
    await gateway.close();

    const believing = await start(t, database, { VERIFY_WEBHOOKS: 'off' });
    for (const { id } of letters) {
      const result = await mutateById<{ webhookEvent: Letter }>(believing, 'redriveWebhookEvent', again, id);
      assert.equal(result.webhookEvent?.outcome, 'APPLIED');
    }
    assert.ok((await history(believing)).some(mayPayOut));
  },
);
