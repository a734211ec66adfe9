import assert from 'node:assert/strict';
import { testOnEachDatabase } from '../support/database.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const create = /* GraphQL */ `
  mutation ($input: CreateQrCodeInput!) {
    createQrCode(input: $input) {
      __typename
      ... on CreateQrCodePayload {
        alreadyProcessed
        qrCode { id externalId type status version amount { amount currency } qris { isChecksumValid amount } callbackUrl metadata }
      }
      ... on Failure { code message requestId retryable xenditCode }
      ... on InvalidInput { fields { path message } }
    }
  }
`;
const simulate = /* GraphQL */ `
  mutation ($input: SimulateQrPaymentInput!) {
    simulateQrPayment(input: $input) {
      __typename
      ... on SimulateQrPaymentPayload { qrPayment { id status amount { amount } } }
      ... on Failure { code xenditCode retryable }
      ... on InvalidInput { fields { path message } }
    }
  }
`;
const watch = /* GraphQL */ `
  subscription ($externalId: ID!, $after: Cursor) {
    qrCodeChanged(externalId: $externalId, after: $after) {
      cursor version kind qrCode { status } payment { id amount { amount } }
    }
  }
`;

interface Watched {
  qrCodeChanged: {
    cursor: string;
    version: number;
    kind: string;
    qrCode: { status: string };
    payment: { id: string } | null;
  };
}

async function createCode(gateway: TestGateway, externalId: string, type = 'DYNAMIC') {
  const input = { externalId, type, amount: '15000', idempotencyKey: `key of ${externalId}` };
  const { data } = await gateway.ask<{ createQrCode: { __typename: string } }>(create, { input });
  assert.equal(data?.createQrCode.__typename, 'CreateQrCodePayload');
}

async function pay(gateway: TestGateway, externalId: string, amount?: string): Promise<string> {
  const { data } = await gateway.ask<{ simulateQrPayment: { qrPayment: { id: string } } }>(simulate, {
    input: { externalId, amount },
  });
  return data?.simulateQrPayment.qrPayment.id ?? assert.fail('not paid');
}

testOnEachDatabase('a code is created, watched, paid and told by webhook', async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  await createCode(gateway, 'order/1?');
  const changes = gateway.subscribe<Watched>(watch, { externalId: 'order/1?' });
  assert.equal((await changes.next())?.qrCodeChanged.kind, 'SNAPSHOT');

  const paymentId = await pay(gateway, 'order/1?');
  await gateway.sandbox?.idle();

  const told = await changes.rest();
  assert.deepEqual(
    told.map(({ qrCodeChanged: { version, kind, qrCode, payment } }) => [version, kind, qrCode.status, payment?.id]),
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
