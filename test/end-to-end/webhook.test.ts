import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebhookFault } from '../../src/sandbox/faults.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { onEachSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { createCode, payCode, sandboxOf } from '../support/qr-codes.ts';
import { qrPayment, sample } from '../support/samples.ts';

const testOnBoth = onEachSharedGateway();

interface Story {
  qrCode: { id: string; status: string; history: { edges: { node: { version: number; kind: string } }[] } };
  qrPayments: { edges: { node: { id: string; receiptId: string | null; version: number } }[] };
  webhookEvents: { edges: { node: { event: string; outcome: string; deliveries: number; body: string } }[] };
}

/** What the graph tells of a code, its payments and the deliveries so far. */
async function storyOf(gateway: TestGateway, externalId: string): Promise<Story> {
  const { data, errors } = await gateway.ask<Story>(
    `query ($externalId: ID!) {
      qrCode(externalId: $externalId) { id status history { edges { node { version kind } } } }
      qrPayments(externalId: $externalId) { edges { node { id receiptId version } } }
      webhookEvents { edges { node { event outcome deliveries body } } }
    }`,
    { externalId },
  );
  return data ?? assert.fail(JSON.stringify(errors));
}

testOnBoth('a delivery is shown without its white space and changes what it is about', async (_t, gateway) => {
  const body = `  ${JSON.stringify(sample('qr.payment.v1.id-doc'), null, 3)}\n`;
  const answer = await gateway.deliver(body, { 'webhook-id': 'the-first' });
  assert.equal(answer.status, 200);
  const { outcome, id } = (await answer.json()) as { outcome: string; id: string };
  assert.equal(outcome, 'APPLIED');

  const { data, errors } = await gateway.ask<{ node: object }>(
    `query ($id: ID!) { node(id: $id) { ... on WebhookEvent {
      event outcome reason deliveries webhookId family body resource { __typename ... on QrPayment { source receiptId amount { amount } qrCode { externalId status } } }
    } } }`,
    { id },
  );
  assert.deepEqual(data?.node ?? errors, {
    event: 'qr.payment',
    outcome: 'APPLIED',
    reason: null,
    deliveries: 1,
    webhookId: 'the-first',
    family: 'QR_V1',
    body: JSON.stringify(sample('qr.payment.v1.id-doc')),
    resource: {
      __typename: 'QrPayment',
      source: 'GOPAY',
      receiptId: '120318666',
      amount: { amount: '1500' },
      qrCode: { externalId: 'testing_id_123', status: 'INACTIVE' },
    },
  });
});

const mishaps: [fault: WebhookFault, deliveries: number][] = [
  [{ kind: 'duplicate', times: 5 }, 5],
  [{ kind: 'beforeAnswer' }, 1],
  [{ kind: 'loseAnswer' }, 1],
];

testOnBoth('whatever happens to its webhook, a payment is told once', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  for (const [fault, deliveries] of mishaps) {
    const externalId = `order ${fault.kind}`;
    await createCode(gateway, externalId);
    sandbox.faults.next('webhook', fault);
    const paymentId = await payCode(gateway, externalId);
    await sandbox.idle();
    const webhookId = sandbox.record.deliveries.at(-1)?.webhookId ?? '';
    assert.equal((await sandbox.redeliver(webhookId)).status, 200);

    const { qrCode, qrPayments, webhookEvents } = await storyOf(gateway, externalId);
    const kinds = qrCode.history.edges.map(({ node: { version, kind } }) => `${version} ${kind}`);
    assert.deepEqual([qrCode.status, ...kinds], ['INACTIVE', '2 PAYMENT', '1 CREATED']);
    assert.deepEqual(
      qrPayments.edges.map(({ node }) => node.id),
      [paymentId],
    );
    assert.notEqual(qrPayments.edges[0]?.node.receiptId, null);
    assert.equal(webhookEvents.edges[0]?.node.deliveries, deliveries + 1);
  }
});

test('a delivery with a wrong token leaves nothing behind; sent again with the right one it counts', async (t) => {
  const gateway = await startGateway(t);
  const sandbox = sandboxOf(gateway);
  await createCode(gateway, 'counter', 'STATIC');
  sandbox.faults.next('webhook', { kind: 'wrongToken' });
  await payCode(gateway, 'counter', '2000');
  await sandbox.idle();
  const [delivery] = sandbox.record.deliveries;
  assert.equal(delivery?.status, 401);
  assert.deepEqual((await storyOf(gateway, 'counter')).webhookEvents.edges, []);
  assert.equal((await sandbox.redeliver(delivery?.webhookId ?? '')).status, 200);
  assert.equal((await storyOf(gateway, 'counter')).webhookEvents.edges.length, 1);
});

testOnEachDatabase('deliveries are found by their id and by when they arrived', async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  const deliver = async (id: string) => {
    const answer = await gateway.deliver(qrPayment({ id: 'qr_1', externalId: 'counter' }, id));
    return ((await answer.json()) as { id: string }).id;
  };
  const ids = [await deliver('qrpy_1'), await deliver('qrpy_2')];
  const at = async (id: string | undefined) => {
    const { data } = await gateway.ask<{ webhookEvent: { receivedAt: string } | null }>(
      'query ($id: ID!) { webhookEvent(id: $id) { receivedAt } }',
      { id },
    );
    return data?.webhookEvent && Date.parse(data.webhookEvent.receivedAt);
  };
  assert.equal(await at('wh_nobody'), null);
  const [first, second] = [Number(await at(ids[0])), Number(await at(ids[1]))];
  const found = async (filter: object) => {
    const { data } = await gateway.ask<{ webhookEvents: { edges: { node: { id: string } }[] } }>(
      'query ($filter: WebhookEventFilter) { webhookEvents(filter: $filter) { edges { node { id } } } }',
      { filter },
    );
    return data?.webhookEvents.edges.map(({ node }) => node.id);
  };
  const moment = (ms: number) => new Date(ms).toISOString();
  assert.deepEqual(await found({ receivedFrom: moment(first), receivedTo: moment(second) }), ids.toReversed());
  assert.deepEqual(await found({ receivedFrom: moment(second + 1) }), []);
  assert.deepEqual(await found({ receivedTo: moment(first - 1) }), []);
});

testOnEachDatabase('a hundred copies at once are one payment with a hundred deliveries', async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  const code = { id: 'qr_1', externalId: 'counter' };
  const copies = Array.from({ length: 100 }, () => gateway.deliver(qrPayment(code, 'qrpy_1')));
  const answers = await Promise.all(copies);
  assert.ok(answers.every(({ status }) => status === 200));
  const { data } = await gateway.ask<Record<'payment' | 'code', { version: number }> & Story>(
    `{ payment: node(id: "qrpy_1") { ... on QrPayment { version } } code: node(id: "qr_1") { ... on QrCode { version } }
       webhookEvents { edges { node { outcome deliveries } } } }`,
  );
  assert.deepEqual(data, {
    payment: { version: 1 },
    code: { version: 1 },
    webhookEvents: { edges: [{ node: { outcome: 'APPLIED', deliveries: 100 } }] },
  });
});

test("a sub-account's deliveries stay in that account", async (t) => {
  const gateway = await startGateway(t);
  const body = qrPayment({ id: 'qr_1', externalId: 'counter' }, 'qrpy_1');
  const own = await gateway.deliver(body, {}, '/webhooks/xendit/5f27a14a9bf05c73dd040bc8');
  const { id } = (await own.json()) as { id: string };
  const query = `{ payment: node(id: "qrpy_1") { id } event: node(id: "${id}") { id } webhookEvents { edges { cursor } }
    activity { edges { cursor } } }`;
  const nothing = { edges: [] };
  assert.deepEqual(await gateway.ask(query), {
    data: { payment: null, event: null, webhookEvents: nothing, activity: nothing },
  });
  await gateway.deliver(body);
  const { data } = await gateway.ask<{ payment: object; webhookEvents: { edges: object[] } }>(query);
  assert.deepEqual([data?.payment, data?.webhookEvents.edges.length], [{ id: 'qrpy_1' }, 1]);
});
