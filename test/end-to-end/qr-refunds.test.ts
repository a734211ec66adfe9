import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { type Asking, done, mutate } from '../support/mutations.ts';
import { newName, onShared, startOnClock } from '../support/payments.ts';
import { askForCode, callsTo, createCode, payCode, sandboxOf } from '../support/qr-codes.ts';
import { callXendit, startXendit } from '../support/xendit.ts';

const testOnV1 = onShared((scope) => startOnClock(scope));
const testOnV2 = onShared((scope) => startOnClock(scope, { XENDIT_QR_API: 'v2' }));
const patienceMs = 10_000;

interface Created {
  alreadyProcessed: boolean;
  refund: { id: string; status: string };
}

function ask(gateway: Asking, qrPaymentId: string, changes: object = {}) {
  const input = { of: { qrPaymentId }, reason: 'REQUESTED_BY_CUSTOMER', idempotencyKey: newName('key'), ...changes };
  return mutate<Created>(gateway, 'createRefund', 'alreadyProcessed refund { id status }', input);
}

async function create(gateway: Asking, qrPaymentId: string, changes: object = {}): Promise<string> {
  const result = await ask(gateway, qrPaymentId, changes);
  return done(result.refund, result).id;
}

function watch(gateway: TestGateway, id: string) {
  return gateway.subscribe<{ refundChanged: { origin: string; refund: { status: string } } }>(
    'subscription ($id: ID!) { refundChanged(id: $id) { origin refund { status } } }',
    { id },
  );
}

async function find(gateway: Asking, id: string) {
  const { data, errors } = await gateway.ask<{ refund: object | null }>(
    `query ($id: ID!) {
      refund(id: $id) { status failureCode amount { amount currency } qrPayment { id } }
    }`,
    { id },
  );
  assert.equal(errors, undefined);
  return data?.refund;
}

/** The refunds that a payment's history tells of, newest first. */
async function newsOf(gateway: Asking, qrPaymentId: string): Promise<string[]> {
  const { data } = await gateway.ask<{
    node: { history: { edges: { node: { kind: string; refund?: { id: string } } }[] } };
  }>(
    `query ($id: ID!) {
      node(id: $id) { ... on QrPayment { history { edges { node { kind ... on QrPaymentChange { refund { id } } } } } } }
    }`,
    { id: qrPaymentId },
  );
  const changes = data?.node.history.edges.map(({ node }) => node) ?? [];
  return changes.filter(({ kind }) => kind === 'REFUND').map(({ refund }) => refund?.id ?? '');
}

for (const [version, testOnClock] of [
  ['1', testOnV1],
  ['2', testOnV2],
] as const) {
  testOnClock(
    `a refund of a payment of version ${version} is told as SUCCEEDED by webhook, and its payment tells of it`,
    async (t, { gateway, clock, sandbox }) => {
      const name = newName('order');
      await createCode(gateway, name);
      const qrPaymentId = await payCode(gateway, name);
      const id = await create(gateway, qrPaymentId, { amount: '6000' });
      const changes = watch(gateway, id);
      t.after(() => changes.leave());
      assert.equal((await changes.next())?.refundChanged.refund.status, 'PENDING');
      const calls = sandbox.record.requests.length;
      await clock.advance(1_000);
      assert.deepEqual(await changes.rest(), [
        { refundChanged: { origin: 'WEBHOOK', refund: { status: 'SUCCEEDED' } } },
      ]);
      assert.deepEqual(await find(gateway, id), {
        status: 'SUCCEEDED',
        failureCode: null,
        amount: { amount: '6000', currency: 'IDR' },
        qrPayment: { id: qrPaymentId },
      });
      assert.deepEqual(await newsOf(gateway, qrPaymentId), [id, id]);
      assert.deepEqual(callsTo(sandbox).slice(calls), [], 'what is settled costs no call');
    },
  );

  testOnClock(
    `a refund of version ${version} that fails is told with its reason, and can be asked for again`,
    async (_t, { gateway, clock }) => {
      const externalId = newName('order');
      await askForCode(gateway, { externalId, amount: '50000' });
      const qrPaymentId = await payCode(gateway, externalId);
      const id = await create(gateway, qrPaymentId, { amount: '20302' });
      await clock.advance(1_000);
      assert.partialDeepStrictEqual(await find(gateway, id), {
        status: 'FAILED',
        failureCode: 'REFUND_TEMPORARILY_UNAVAILABLE',
        amount: { amount: '20302', currency: 'IDR' },
      });
      const whole = await create(gateway, qrPaymentId);
      await clock.advance(1_000);
      assert.partialDeepStrictEqual(await find(gateway, whole), { status: 'SUCCEEDED', amount: { amount: '50000' } });
    },
  );

  testOnClock(
    `a repeated key gives a payment of version ${version} back once, before and after it has ended`,
    async (_t, { gateway, clock }) => {
      const sandbox = sandboxOf(gateway);
      const name = newName('order');
      await createCode(gateway, name);
      const qrPaymentId = await payCode(gateway, name);
      const calls = sandbox.record.requests.length;
      const terms = { amount: '2000', idempotencyKey: newName('key') };
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(gateway, qrPaymentId, terms)));
      const ids = new Set(answers.map(({ refund }) => refund?.id));
      assert.equal(ids.size, 1);
      await clock.advance(1_000);
      const again = await ask(gateway, qrPaymentId, terms);
      assert.deepEqual([again.alreadyProcessed, again.refund?.status], [true, 'SUCCEEDED']);
      assert.ok(ids.has(again.refund?.id));
      assert.equal((await ask(gateway, qrPaymentId, { ...terms, amount: '2001' })).__typename, 'Conflict');
      assert.deepEqual(callsTo(sandbox).slice(calls), [`POST /qr_codes/payments/${qrPaymentId}/refunds`]);
    },
  );

  testOnClock(
    `a refund of version ${version} made elsewhere is asked for once it is told of, as what it lacks only Xendit says`,
    async (_t, { gateway, clock, sandbox }) => {
      const name = newName('order');
      await createCode(gateway, name);
      const qrPaymentId = await payCode(gateway, name);
      const address = `/qr_codes/payments/${qrPaymentId}/refunds`;
      const { id } = (await callXendit(sandbox, 'POST', address, { amount: 3_000 })) as { id: string };
      assert.equal(await find(gateway, id), null, 'Xendit finds it by its payment alone');
      await clock.advance(1_000);
      const calls = sandbox.record.requests.length;
      for (const _ of ['asked', 'settled'])
        assert.partialDeepStrictEqual(await find(gateway, id), {
          status: 'SUCCEEDED',
          amount: { amount: '3000', currency: 'IDR' },
          qrPayment: { id: qrPaymentId },
        });
      assert.deepEqual(callsTo(sandbox).slice(calls), [`GET ${address}/${id}`]);
      const versionAsked = sandbox.record.requests.at(-1)?.headers['api-version'];
      assert.equal(versionAsked, version === '2' ? '2022-07-31' : undefined);
    },
  );
}

for (const api of ['v1', 'v2']) {
  test(`with webhooks off a refund of a payment of ${api} ends by reconciling within ten seconds`, async (t) => {
    const { environment } = await startXendit(t);
    const gateway = await startGateway(t, { ...environment, XENDIT_QR_API: api, RECONCILE_EVERY_MS: '100' });
    await createCode(gateway, 'order-1');
    const qrPaymentId = await payCode(gateway, 'order-1');
    const askedAt = performance.now();
    const id = await create(gateway, qrPaymentId, { amount: '6000' });
    const changes = watch(gateway, id);
    assert.equal((await changes.next())?.refundChanged.refund.status, 'PENDING');
    assert.deepEqual(await changes.rest(), [
      { refundChanged: { origin: 'RECONCILED', refund: { status: 'SUCCEEDED' } } },
    ]);
    const tookMs = Math.round(performance.now() - askedAt);
    t.diagnostic(`told after ${tookMs} ms`);
    assert.ok(tookMs < patienceMs);
    assert.deepEqual(await newsOf(gateway, qrPaymentId), [id, id]);
    const { data } = await gateway.ask<object>(
      'query ($id: ID!) { webhookEvents(filter: { resourceId: $id }) { edges { node { id } } } }',
      { id },
    );
    assert.deepEqual(data, { webhookEvents: { edges: [] } });
  });
}
