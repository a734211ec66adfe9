import assert from 'node:assert/strict';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { type Asking, mutate } from '../support/mutations.ts';
import { activeToken, createRequest, heldPayment, newName, paidRequest, simulate } from '../support/payments.ts';
import { sandboxOf } from '../support/qr-codes.ts';
import { sample } from '../support/samples.ts';
import { watchRequest } from '../support/subscriptions.ts';

const testTogether = onSharedGateway();

async function read<T>(gateway: Asking, query: string, id: string): Promise<T> {
  const { data, errors } = await gateway.ask<T>(`query ($id: ID!) { ${query} }`, { id });
  assert.equal(errors, undefined);
  return data ?? assert.fail();
}

async function createCustomer(gateway: TestGateway): Promise<string> {
  const input = {
    customer: { referenceId: newName('siti'), givenNames: 'Siti' },
    idempotencyKey: newName('customer'),
  };
  const { customer } = await mutate<{ customer: { id: string } }>(gateway, 'createCustomer', 'customer { id }', input);
  return customer?.id ?? assert.fail();
}

testTogether('a customer is found from what was made for it', async (_t, gateway) => {
  const customerId = await createCustomer(gateway);
  const { id } = await createRequest(gateway, { customerId });
  await simulate(gateway, id);
  const shown = 'customer { id givenNames }';
  const data = await read(gateway, `paymentRequest(id: $id) { ${shown} latestPayment { ${shown} } }`, id);
  const customer = { id: customerId, givenNames: 'Siti' };
  assert.deepEqual(data, { paymentRequest: { customer, latestPayment: { customer } } });
});

testTogether('a token lists what was paid with it', async (_t, gateway) => {
  const token = await activeToken(gateway);
  const kind = {
    payWithToken: {
      amount: '150000',
      paymentTokenId: token,
      channel: { other: { code: 'CARDS', properties: { skip_three_ds: true } } },
    },
  };
  const ids = [(await createRequest(gateway, { kind })).id, (await createRequest(gateway, { kind })).id];
  const shown =
    'paymentToken(id: $id) { paymentRequests { edges { node { id payments { edges { node { status } } } } } } }';
  const { paymentToken } = await read<{ paymentToken: { paymentRequests: { edges: { node: { id: string } }[] } } }>(
    gateway,
    shown,
    token,
  );
  assert.deepEqual(paymentToken.paymentRequests.edges.map(({ node }) => node.id).toSorted(), ids.toSorted());
});

testTogether('a token is watched from the question to its owner to its end', async (_t, gateway) => {
  const input = {
    referenceId: newName('token'),
    country: 'ID',
    currency: 'IDR',
    channel: { ewallet: { code: 'OVO', mobileNumber: '+6281234567890' } },
    idempotencyKey: newName('key'),
  };
  const { paymentToken } = await mutate<{ paymentToken: { id: string } }>(
    gateway,
    'createPaymentToken',
    'paymentToken { id }',
    input,
  );
  const id = paymentToken?.id ?? assert.fail();
  const changes = gateway.subscribe<{ change: { kind: string; paymentToken: { status: string } } }>(
    'subscription ($id: ID!) { change: paymentTokenChanged(id: $id) { kind paymentToken { status } } }',
    { id },
  );
  assert.equal((await changes.next())?.change.paymentToken.status, 'REQUIRES_ACTION');
  await sandboxOf(gateway).payer.linkToken(id);
  assert.equal((await changes.next())?.change.paymentToken.status, 'ACTIVE');
  await sandboxOf(gateway).payer.expireToken(id);
  assert.deepEqual(
    (await changes.rest()).map(({ change }) => change.paymentToken.status),
    ['EXPIRED'],
  );
});

testTogether(
  'a movement of the balance leads to the payment, the request or the refund that it is of',
  async (_t, gateway) => {
    const { id, paymentId } = await paidRequest(gateway);
    const input = { of: { paymentRequestId: id }, reason: 'OTHERS', idempotencyKey: newName('refund') };
    const { refund } = await mutate<{ refund: { id: string } }>(gateway, 'createRefund', 'refund { id }', input);
    const changes = gateway.subscribe('subscription ($id: ID!) { refundChanged(id: $id) { kind } }', {
      id: refund?.id ?? '',
    });
    await changes.rest();
    const shown = 'payment { id } paymentRequest { id } refund { id } qrPayment { id }';
    const of = async (productId: string) =>
      (
        await gateway.ask<{ transactions: { edges: { node: object }[] } }>(
          `query ($id: ID!) { transactions(filter: { productId: $id }) { edges { node { ${shown} } } } }`,
          { id: productId },
        )
      ).data?.transactions.edges.map(({ node }) => node);
    assert.partialDeepStrictEqual(await of(paymentId), [
      { payment: { id: paymentId }, paymentRequest: { id }, refund: null },
    ]);
    assert.partialDeepStrictEqual(await of(refund?.id ?? ''), [{ payment: null, refund: { id: refund?.id } }]);
  },
);

testTogether(
  'a refund that is told before its payment is listed with its request and leads to it',
  async (_t, gateway) => {
    const { id, paymentId } = { id: newName('pr'), paymentId: newName('py') };
    const refundId = newName('rfd');
    const told = sample('refund.succeeded', { id: refundId, payment_id: paymentId, payment_request_id: id });
    assert.equal((await gateway.deliver(told)).status, 200);
    const { paymentRequest, refund } = await read<{ paymentRequest: object; refund: object }>(
      gateway,
      'paymentRequest(id: $id) { refunds { edges { node { id } } } payments { edges { node { id } } } } ' +
        `refund(id: "${refundId}") { payment { id paymentRequest { id } } }`,
      id,
    );
    assert.deepEqual(paymentRequest, {
      refunds: { edges: [{ node: { id: refundId } }] },
      payments: { edges: [{ node: { id: paymentId } }] },
    });
    assert.deepEqual(refund, { payment: { id: paymentId, paymentRequest: { id } } });
  },
);

testTogether('what only a refund has named is asked about before it is shown', async (_t, gateway) => {
  const { payer } = sandboxOf(gateway);
  const { id } = await createRequest(gateway);
  sandboxOf(gateway).faults.next('webhook', { kind: 'drop' });
  const { latest_payment_id: paymentId } = await payer.pay(id);
  const refundId = newName('rfd');
  await gateway.deliver(
    sample('refund.succeeded', { id: refundId, payment_id: String(paymentId), payment_request_id: id }),
  );
  const data = await read(gateway, 'refund(id: $id) { payment { id status } }', refundId);
  assert.deepEqual(data, { refund: { payment: { id: paymentId, status: 'SUCCEEDED' } } });
});

testTogether(
  'a payment says how much of it was captured, and its request tells of each capture',
  async (_t, gateway) => {
    const { id, paymentId } = await heldPayment(gateway);
    const shown = 'payment(id: $id) { status amount { amount } capturedAmount { amount currency } }';
    const capture = (amount: string) =>
      mutate(gateway, 'capturePayment', 'payment { id }', { id: paymentId, amount, idempotencyKey: newName('key') });
    await capture('50000');
    assert.deepEqual(await read(gateway, shown, paymentId), {
      payment: {
        status: 'SUCCEEDED',
        amount: { amount: '150000' },
        capturedAmount: { amount: '50000', currency: 'IDR' },
      },
    });
    const present = await watchRequest(gateway, id).next();
    await capture('60000.5');
    const changes = watchRequest(gateway, id, present?.cursor);
    const told = await changes.next();
    assert.deepEqual([told?.kind, told?.paymentId], ['PAYMENT', paymentId]);
    await changes.leave();
    assert.partialDeepStrictEqual(await read(gateway, shown, paymentId), {
      payment: { capturedAmount: { amount: '110000.5' } },
    });
  },
);

testTogether('money that comes after a request was canceled is flagged', async (_t, gateway) => {
  const { id } = await createRequest(gateway);
  await gateway.ask('mutation ($id: ID!) { cancelPaymentRequest(id: $id) { __typename } }', { id });
  const { data } = sample('payment.capture.v3.reference');
  const body = { ...sample('payment.capture.v3.reference'), data: { ...(data as object), payment_request_id: id } };
  await gateway.deliver(body);
  assert.deepEqual(
    await read(gateway, 'paymentRequest(id: $id) { status xenditStatus paidAfterClosing paidAfterExpiry }', id),
    {
      paymentRequest: { status: 'SUCCEEDED', xenditStatus: 'CANCELED', paidAfterClosing: true, paidAfterExpiry: false },
    },
  );
});

testTogether('a capture by payments v2 is named in the change of its request', async (_t, gateway) => {
  const [id, captureId] = [newName('pr'), newName('cap')];
  await gateway.deliver(sample('capture.succeeded.v2', { id: captureId, payment_request_id: id }));
  const changes = gateway.subscribe<{ change: { kind: string; capture: { id: string } } }>(
    'subscription ($id: ID!) { change: paymentRequestChanged(id: $id) { kind capture { id } } }',
    { id },
  );
  assert.deepEqual((await changes.rest()).at(-1)?.change.capture, { id: captureId });
});
