import assert from 'node:assert/strict';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { Kind, print } from 'graphql';
import * as client from '../../src/client/index.ts';
import { clientOf, onSharedGateway } from '../support/gateway.ts';
import { newName, simulate } from '../support/payments.ts';
import { payCode } from '../support/qr-codes.ts';
import { execute } from './support.ts';

const test = onSharedGateway();
const inRupiah = { country: 'ID', currency: 'IDR' };

test('what a document creates its watch token shows, by the documents that ask for one', async (t, gateway) => {
  const keyed = () => ({ referenceId: newName('order'), idempotencyKey: newName('key') });
  const bearing = (token: string) => clientOf(t, gateway.url, token);

  const code = {
    externalId: newName('code'),
    type: 'DYNAMIC',
    amount: '15000',
    idempotencyKey: newName('key'),
  } as const;
  const { createQrCode } = await execute(gateway, client.CreateQrCodeDocument, { input: code });
  assert.ok(createQrCode.__typename === 'CreateQrCodePayload');
  const byCode = bearing(createQrCode.watchToken.token);
  const { externalId } = code;
  const { qrCode } = await execute(byCode, client.QrCodeDocument, { externalId });
  assert.deepEqual(qrCode, createQrCode.qrCode);
  const { qrCode: drawn } = await execute(byCode, client.QrCodeImageDocument, { externalId, size: 64 });
  assert.match(drawn?.image ?? '', /^data:image\/svg/);

  const kind = { pay: { amount: '15000', channel: { qrCode: { code: 'QRIS' } } } };
  const request = { input: { ...inRupiah, ...keyed(), kind } };
  const { createPaymentRequest } = await execute(gateway, client.CreatePaymentRequestDocument, request);
  assert.ok(createPaymentRequest.__typename === 'CreatePaymentRequestPayload');
  const { paymentRequest } = createPaymentRequest;
  const { id } = paymentRequest;
  const byRequest = bearing(createPaymentRequest.watchToken.token);
  assert.deepEqual((await execute(byRequest, client.PaymentRequestDocument, { id })).paymentRequest, paymentRequest);

  await simulate(gateway, id);
  const refund = { input: { of: { paymentRequestId: id }, reason: 'OTHERS', ...keyed() } } as const;
  const { createRefund } = await execute(gateway, client.CreateRefundDocument, refund);
  assert.ok(createRefund.__typename === 'CreateRefundPayload');
  const byRefund = bearing(createRefund.watchToken.token);
  const { refund: seen } = await execute(byRefund, client.RefundDocument, { id: createRefund.refund.id });
  assert.equal(seen?.amount?.amount, '15000');

  const session = { ...inRupiah, ...keyed(), sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '20000' } as const;
  const { createPaymentSession } = await execute(gateway, client.CreatePaymentSessionDocument, { input: session });
  assert.ok(createPaymentSession.__typename === 'CreatePaymentSessionPayload');
  const { paymentSession } = createPaymentSession;
  const bySession = bearing(createPaymentSession.watchToken.token);
  const ofSession = { id: paymentSession.id };
  assert.deepEqual((await execute(bySession, client.PaymentSessionDocument, ofSession)).paymentSession, paymentSession);

  const token = { ...inRupiah, ...keyed(), channel: { other: { code: 'CARDS', properties: {} } } };
  const { createPaymentToken } = await execute(gateway, client.CreatePaymentTokenDocument, { input: token });
  assert.ok(createPaymentToken.__typename === 'CreatePaymentTokenPayload');
  const { paymentToken } = createPaymentToken;
  const byToken = bearing(createPaymentToken.watchToken.token);
  const ofToken = { id: paymentToken.id };
  assert.deepEqual((await execute(byToken, client.PaymentTokenDocument, ofToken)).paymentToken, paymentToken);
});

test('a failure is told apart by its type', async (_, gateway) => {
  const input = { externalId: '', type: 'DYNAMIC', idempotencyKey: 'key' } as const;
  const { createQrCode } = await execute(gateway, client.CreateQrCodeDocument, { input });
  assert.ok(createQrCode.__typename === 'InvalidInput');
  assert.deepEqual(createQrCode.fields.map(({ path }) => path.join('.')).sort(), ['input.amount', 'input.externalId']);
});

test('each list may be asked for by as many as it gives', async (_, gateway) => {
  const { createQrCode } = await execute(gateway, client.CreateQrCodeDocument, {
    input: { externalId: 'listed', type: 'DYNAMIC', amount: '15000', idempotencyKey: 'listed' },
  });
  assert.equal(createQrCode.__typename, 'CreateQrCodePayload');
  await payCode(gateway, 'listed');
  const documents = Object.values(client).filter(
    (one) => typeof one === 'object' && 'definitions' in one,
  ) as TypedDocumentNode<Record<string, { edges: unknown[] }>, { first: number; externalId: string }>[];
  const lists = documents.filter(({ definitions: [first] }) => {
    assert.ok(first);
    const isQuery = first.kind === Kind.OPERATION_DEFINITION && first.operation === 'query';
    return isQuery && first.variableDefinitions?.some(({ variable }) => variable.name.value === 'first');
  });
  assert.equal(lists.length, 8);
  for (const document of lists) {
    const most = print(document).includes('transactions(') ? 50 : 100;
    const [list] = Object.values(await execute(gateway, document, { first: most, externalId: 'listed' }));
    assert.ok(list && list.edges.length >= 0, print(document));
  }
});
