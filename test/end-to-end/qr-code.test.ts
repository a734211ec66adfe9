import assert from 'node:assert/strict';
import { testOnEachDatabase } from '../support/database.ts';
import { startGateway } from '../support/gateway.ts';
import { createCode, payCode, sandboxOf } from '../support/qr-codes.ts';
import { watchCode } from '../support/subscriptions.ts';

testOnEachDatabase('a code is created, watched, paid and told by webhook', async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  await createCode(gateway, 'order/1?');
  const changes = watchCode(gateway, 'order/1?');
  assert.equal((await changes.next())?.kind, 'SNAPSHOT');

  const paymentId = await payCode(gateway, 'order/1?');
  await sandboxOf(gateway).idle();

  const told = await changes.rest();
  assert.deepEqual(
    told.map(({ version, kind, status, paymentId: id }) => [version, kind, status, id]),
    [[2, 'PAYMENT', 'INACTIVE', paymentId]],
  );
  const { data } = await gateway.ask<never>(
    `{ webhookEvents { edges { node { event deliveries resource { id } } } }
       qrPayments(externalId: "order/1?") { edges { node { id receiptId source } } } }`,
  );
  assert.partialDeepStrictEqual(data, {
    webhookEvents: { edges: [{ node: { event: 'qr.payment', deliveries: 1, resource: { id: paymentId } } }] },
    qrPayments: { edges: [{ node: { id: paymentId, source: 'GOPAY' } }] },
  });
});
