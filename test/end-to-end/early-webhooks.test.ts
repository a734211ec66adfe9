import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequest } from '../sandbox/v3.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { figure, manyAtOnce, upTo } from '../support/figures.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { askForCode } from '../support/qr-codes.ts';
import { sample } from '../support/samples.ts';
import { callXendit, startXendit } from '../support/xendit.ts';

interface Linked {
  status: string;
  history: { edges: { node: { version: number } }[] };
  payments: { edges: { node: { id: string; qrCode: { externalId: string } } }[] };
}

async function linksOf(gateway: TestGateway, externalId: string): Promise<Linked> {
  const { data, errors } = await gateway.ask<{ qrCode: Linked }>(
    `query ($externalId: ID!) { qrCode(externalId: $externalId) {
      status history { edges { node { version } } } payments { edges { node { id qrCode { externalId } } } }
    } }`,
    { externalId },
  );
  return data?.qrCode ?? assert.fail(JSON.stringify(errors));
}

testOnEachDatabase(
  'webhooks that come before the answer that made their code are linked with it, all of them',
  async (t, place) => {
    const { xendit, environment } = await startXendit(t, { recordLimit: 100_000 });
    const gateway = await startGateway(t, environment, place);
    const names = upTo(figure(50, place.kind === 'postgres' ? 1_000 : 200)).map((n) => `early-${n}`);
    let early = 0;
    let slowestMs = 0;
    // The code exists at Xendit, is paid and told, and only then is its making answered.
    xendit.faults.next('POST /qr_codes', { kind: 'delay', ms: 1_500, afterProcessing: true }, names.length);
    xendit.faults.next('webhook', { kind: 'beforeAnswer' }, names.length);
    await manyAtOnce(names, 25, async (externalId) => {
      let answeredAt: number | undefined;
      const creating = askForCode(gateway, { externalId }).finally(() => {
        answeredAt = performance.now();
      });
      let paid: string | undefined;
      await eventually(
        'it is paid',
        async () => {
          const answer = await callXendit(xendit, 'POST', `/qr_codes/${externalId}/payments/simulate`, {});
          paid = (answer as { id?: string }).id;
          return paid !== undefined;
        },
        30_000,
      );
      if (answeredAt === undefined) early += 1;
      assert.equal((await creating).__typename, 'CreateQrCodePayload');
      const { status, history, payments } = await linksOf(gateway, externalId);
      slowestMs = Math.max(slowestMs, performance.now() - (answeredAt ?? 0));
      assert.equal(status, 'INACTIVE');
      assert.deepEqual(payments.edges, [{ node: { id: paid, qrCode: { externalId } } }]);
      assert.deepEqual(
        history.edges.map(({ node }) => node.version),
        history.edges.map((_, index) => history.edges.length - index),
      );
    });
    t.diagnostic(
      `${early} of ${names.length} were early; the slowest was linked ${Math.round(slowestMs)} ms after its making`,
    );
    assert.equal(xendit.record.deliveries.filter(({ status }) => status === 200).length, names.length);
    assert.ok(early >= names.length * 0.9, `${early} were early`);
    assert.ok(slowestMs <= 3_000, `${slowestMs} ms`);
  },
);

test('a webhook about a request that nobody here made has it asked for, within thirty seconds', async (t) => {
  const { xendit, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, RECONCILE_EVERY_MS: '100' });
  const id = await createRequest(xendit);
  const now = new Date().toISOString();
  const isNew = { created: now, updated: now };
  await gateway.deliver(
    sample('payment.failure.v3', { payment_request_id: id, payment_id: 'py-early', status: 'PENDING', ...isNew }),
  );
  const startedAt = performance.now();
  const wasAsked = () => xendit.record.requests.some(({ method, path }) => method === 'GET' && path.includes(id));
  await eventually('it is asked for', wasAsked, 30_000);
  t.diagnostic(`asked after ${Math.round(performance.now() - startedAt)} ms`);
  const { data } = await gateway.ask<{ node: { actions: object[] } }>(
    `{ node(id: "${id}") { ... on PaymentRequest { actions { value } } } }`,
  );
  assert.equal(data?.node.actions.length, 1, 'which no payment tells');
});
