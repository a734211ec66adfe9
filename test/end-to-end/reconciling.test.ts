import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from '../support/gateway.ts';
import { createCode } from '../support/qr-codes.ts';
import { callXendit, startXendit } from '../support/xendit.ts';

const withReconciling = { RECONCILE_EVERY_MS: '100' };
const patienceMs = 10_000;

interface Told {
  version: number;
  kind: string;
  origin: string;
  payment: { id: string } | null;
}

test('with webhooks off a paid payment request reaches its subscriber within ten seconds', async (t) => {
  const { xendit, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, ...withReconciling });
  const { data } = await gateway.ask<{ createPaymentRequest: { paymentRequest: { id: string } } }>(`mutation {
    createPaymentRequest(input: {
      referenceId: "order-1", country: "ID", currency: "IDR", idempotencyKey: "key-1",
      kind: { pay: { amount: "15000", channel: { qrCode: { code: "QRIS" } } } }
    }) { ... on CreatePaymentRequestPayload { paymentRequest { id } } }
  }`);
  const id = data?.createPaymentRequest.paymentRequest.id ?? assert.fail('not made');
  const changes = gateway.subscribe<{ paymentRequestChanged: Told & { paymentRequest: { status: string } } }>(
    'subscription ($id: ID!) { paymentRequestChanged(id: $id) { version kind origin paymentRequest { status } payment { id } } }',
    { id },
  );
  assert.equal((await changes.next())?.paymentRequestChanged.kind, 'SNAPSHOT');

  const paidAt = performance.now();
  await xendit.payer.pay(id);
  const told = await changes.rest();
  const tookMs = Math.round(performance.now() - paidAt);
  t.diagnostic(`told after ${tookMs} ms`);
  assert.ok(tookMs < patienceMs);
  assert.deepEqual(
    told.map(({ paymentRequestChanged: { origin, paymentRequest } }) => [origin, paymentRequest.status]),
    [['RECONCILED', 'SUCCEEDED']],
  );
  assert.ok(xendit.record.deliveries.every(({ isAcknowledged }) => !isAcknowledged));
});

test('a code that its payer pays is told with its payment, though its webhook is lost', async (t) => {
  const { xendit, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, READ_MAX_AGE_MS: '0' });
  await createCode(gateway, 'order-1');
  const changes = gateway.subscribe<{ qrCodeChanged: Told & { qrCode: { status: string } } }>(
    'subscription { qrCodeChanged(externalId: "order-1") { version kind origin qrCode { status } payment { id } } }',
  );
  assert.equal((await changes.next())?.qrCodeChanged.qrCode.status, 'ACTIVE');

  xendit.faults.next('webhook', { kind: 'drop' }, 7);
  const paid = (await callXendit(xendit, 'POST', '/qr_codes/order-1/payments/simulate', {})) as { id: string };
  const { data } = await gateway.ask<{ qrCode: { status: string } }>('{ qrCode(externalId: "order-1") { status } }');
  assert.equal(data?.qrCode.status, 'INACTIVE');
  const told = (await changes.rest()).map(({ qrCodeChanged }) => qrCodeChanged);
  assert.deepEqual([told[0]?.kind, told[0]?.qrCode.status, told[0]?.payment?.id], ['PAYMENT', 'INACTIVE', paid.id]);
  assert.equal(told.filter(({ kind }) => kind === 'PAYMENT').length, 1);

  const late = gateway.subscribe<{ qrCodeChanged: Told }>(
    'subscription { qrCodeChanged(externalId: "order-1") { version kind origin payment { id } } }',
  );
  assert.deepEqual(
    (await late.rest()).map(({ qrCodeChanged }) => qrCodeChanged.payment?.id),
    [paid.id],
  );
});

test('when the payment of a paid code can’t be had yet, the code waits for it rather than end without', async (t) => {
  const { xendit, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, READ_MAX_AGE_MS: '0' });
  await createCode(gateway, 'order-1');
  xendit.faults.next('webhook', { kind: 'drop' }, 7);
  await callXendit(xendit, 'POST', '/qr_codes/order-1/payments/simulate', {});
  xendit.faults.next('GET /qr_codes/payments', { kind: 'status', status: 403 }, 10);
  const status = async () =>
    (await gateway.ask<{ qrCode: { status: string } }>('{ qrCode(externalId: "order-1") { status } }')).data?.qrCode
      .status;
  assert.equal(await status(), 'ACTIVE');
  xendit.faults.clear();
  assert.equal(await status(), 'INACTIVE');
});

test('a stream is taken up from its cursor while Xendit is away, and reads give the last word', async (t) => {
  const { xendit, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, READ_MAX_AGE_MS: '0' });
  await createCode(gateway, 'order-1');
  const query = 'subscription ($after: Cursor) { qrCodeChanged(externalId: "order-1", after: $after) { cursor kind } }';
  const first = gateway.subscribe<{ qrCodeChanged: { cursor: string; kind: string } }>(query);
  const after = (await first.next())?.qrCodeChanged.cursor;
  await first.leave();
  await xendit.close();
  const { data } = await gateway.ask<{ qrCode: { status: string }; qrPayments: { edges: unknown[] } }>(
    '{ qrCode(externalId: "order-1") { status } qrPayments(externalId: "order-1") { edges { node { id } } } }',
  );
  assert.deepEqual(data, { qrCode: { status: 'ACTIVE' }, qrPayments: { edges: [] } });
  const resumed = gateway.subscribe<{ qrCodeChanged: { kind: string } }>(query, { after });
  const next = resumed.next();
  const [code] =
    (
      await gateway.ask<{ activity: { edges: { node: { resource: { id: string } } }[] } }>(
        '{ activity { edges { node { resource { id } } } } }',
      )
    ).data?.activity.edges ?? [];
  await gateway.deliver({
    event: 'qr.payment',
    id: 'qrpy_1',
    amount: 15_000,
    created: '2026-01-01T00:00:00Z',
    qr_code: { id: code?.node.resource.id, external_id: 'order-1', qr_string: '0002', type: 'DYNAMIC' },
    status: 'COMPLETED',
  });
  assert.equal((await next)?.qrCodeChanged.kind, 'PAYMENT');
});
