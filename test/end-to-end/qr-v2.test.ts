import assert from 'node:assert/strict';
import { mutate } from '../support/mutations.ts';
import { newName, onShared, startOnClock } from '../support/payments.ts';
import { askForCode, askForPayment, callsTo, createCode, payCode, sandboxOf } from '../support/qr-codes.ts';
import { watchCode } from '../support/subscriptions.ts';

const hourMs = 3_600_000;

const testOnClock = onShared((scope) => startOnClock(scope, { XENDIT_QR_API: 'v2', READ_MAX_AGE_MS: '0' }));

testOnClock(
  'a code of version 2 is created, watched, paid and told, as one of version 1 is',
  async (t, { gateway }) => {
    const { record } = sandboxOf(gateway);
    const name = newName('order');
    const code = await createCode(gateway, name);
    assert.partialDeepStrictEqual(code, {
      externalId: name,
      type: 'DYNAMIC',
      status: 'ACTIVE',
      amount: { amount: '15000', currency: 'IDR' },
    });
    assert.equal(record.requests.at(-1)?.headers['api-version'], '2022-07-31');
    const changes = watchCode(gateway, name);
    t.after(() => changes.leave());
    assert.equal((await changes.next())?.kind, 'SNAPSHOT');
    const paymentId = await payCode(gateway, name);
    await sandboxOf(gateway).idle();
    const told = await changes.rest();
    assert.deepEqual(
      told.map(({ kind, status, paymentId }) => [kind, status, paymentId]),
      [['PAYMENT', 'INACTIVE', paymentId]],
    );
    const { data } = await gateway.ask<object>(
      `query ($name: ID!, $id: ID!) {
      qrCode(externalId: $name) {
        id status channelCode qris { isChecksumValid pointOfInitiation amount } image(size: 64)
        payments { edges { node { id status xenditStatus source } } }
      }
      node(id: $id) { ... on QrPayment { amount { amount currency } externalId qrCode { id } } }
      webhookEvents(filter: { resourceId: $id }) { edges { node { event family outcome } } }
    }`,
      { name, id: paymentId },
    );
    assert.partialDeepStrictEqual(data, {
      qrCode: {
        id: code.id,
        status: 'INACTIVE',
        channelCode: 'ID_DANA',
        qris: { isChecksumValid: true, pointOfInitiation: 'DYNAMIC', amount: '15000' },
        payments: {
          edges: [{ node: { id: paymentId, status: 'COMPLETED', xenditStatus: 'SUCCEEDED', source: 'GOPAY' } }],
        },
      },
      node: { amount: { amount: '15000', currency: 'IDR' }, externalId: name, qrCode: { id: code.id } },
      webhookEvents: { edges: [{ node: { event: 'qr.payment', family: 'QR_V2' } }] },
    });
  },
);

testOnClock('a STATIC code of version 2 is paid many times', async (t, { gateway, clock }) => {
  const name = newName('counter');
  const { amount } = await createCode(gateway, name, 'STATIC');
  assert.equal(amount, null);
  const changes = watchCode(gateway, name);
  t.after(() => changes.leave());
  await changes.next();
  const payments: string[] = [];
  for (const paid of ['2000', '3000', '4000']) {
    payments.unshift(await payCode(gateway, name, paid));
    await clock.advance(1_000);
  }
  const told = await changes.take(3);
  assert.deepEqual(
    told.map(({ kind, status, paymentId }) => [kind, status, paymentId]),
    payments.toReversed().map((id) => ['PAYMENT', 'ACTIVE', id]),
  );
  await sandboxOf(gateway).idle();
  const { data } = await gateway.ask<{ qrPayments: { edges: { node: { id: string } }[] } }>(
    'query ($name: ID!) { qrPayments(externalId: $name) { edges { node { id } } } }',
    { name },
  );
  assert.deepEqual(
    data?.qrPayments.edges.map(({ node }) => node.id),
    payments,
  );
});

testOnClock('a repeated key makes no second code, though version 2 would', async (_t, { gateway }) => {
  const sandbox = sandboxOf(gateway);
  const externalId = newName('once');
  const calls = sandbox.record.requests.length;
  const first = await askForCode(gateway, { externalId });
  const again = await askForCode(gateway, { externalId });
  assert.deepEqual(again, { ...first, alreadyProcessed: true });
  assert.equal((await askForCode(gateway, { externalId, amount: '16000' })).__typename, 'Conflict');
  assert.deepEqual(callsTo(sandbox).slice(calls), ['POST /qr_codes']);
});

testOnClock('version 2 refuses a callback address rather than leave it out', async (_t, { gateway }) => {
  const sandbox = sandboxOf(gateway);
  const externalId = newName('told-elsewhere');
  const calls = sandbox.record.requests.length;
  const refused = await askForCode(gateway, { externalId, callbackUrl: 'https://merchant.example/' });
  assert.equal(refused.__typename, 'InvalidInput');
  assert.deepEqual(
    refused.fields?.map(({ path }) => path),
    [['input', 'callbackUrl']],
  );
  assert.equal(sandbox.record.requests.length, calls);
  assert.equal((await createCode(gateway, externalId)).externalId, externalId, 'its key was not used up');
});

testOnClock('a lost answer of version 2 stays unknown, and nothing is made a second time', async (_t, { gateway }) => {
  const sandbox = sandboxOf(gateway);
  const externalId = newName('lost');
  const posts = () => callsTo(sandbox).filter((call) => call === 'POST /qr_codes').length;
  const before = posts();
  sandbox.faults.next('POST /qr_codes', { kind: 'reset', afterProcessing: true });
  for (const _ of ['first', 'again']) {
    const { __typename, reference } = await askForCode(gateway, { externalId });
    assert.deepEqual([__typename, reference], ['OutcomeUnknown', externalId]);
  }
  assert.equal(posts(), before + 1);
});

testOnClock('a code of version 2 that is paid, or that nobody knows, can not be paid', async (_t, { gateway }) => {
  const externalId = newName('paid');
  await createCode(gateway, externalId);
  await payCode(gateway, externalId);
  const paid = await askForPayment(gateway, { externalId });
  assert.deepEqual([paid.__typename, paid.xenditCode], ['WrongState', 'INACTIVE_QR_CODE']);
  assert.equal((await askForPayment(gateway, { externalId: 'nobody-knows' })).__typename, 'NotFound');
});

testOnClock('a payment of version 2 is given back by its own address, in its own version', async (_t, { gateway }) => {
  const sandbox = sandboxOf(gateway);
  const externalId = newName('back');
  await createCode(gateway, externalId);
  const qrPaymentId = await payCode(gateway, externalId);
  const { refund } = await mutate<{ refund: object }>(
    gateway,
    'createRefund',
    'refund { status amount { amount currency } qrPayment { id } }',
    { of: { qrPaymentId }, amount: '5000', reason: 'OTHERS', idempotencyKey: newName('key') },
  );
  assert.deepEqual(refund, {
    status: 'PENDING',
    amount: { amount: '5000', currency: 'IDR' },
    qrPayment: { id: qrPaymentId },
  });
  const call = sandbox.record.requests.findLast(({ method }) => method === 'POST');
  assert.deepEqual(
    [call?.path, call?.headers['api-version']],
    [`/qr_codes/payments/${qrPaymentId}/refunds`, '2022-07-31'],
  );
});

testOnClock('a code of version 2 that nobody pays ends after two days', async (_t, { gateway, clock }) => {
  await createCode(gateway, 'order-1');
  await clock.advance(48 * hourMs);
  const { data } = await gateway.ask<object>('{ qrCode(externalId: "order-1") { status } }');
  assert.deepEqual(data, { qrCode: { status: 'INACTIVE' } });
});
