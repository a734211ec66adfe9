import assert from 'node:assert/strict';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { type Asking, done, mutate, mutateById, refusal, wrongFields } from '../support/mutations.ts';
import { askForRequest, newName } from '../support/payments.ts';
import { sandboxOf } from '../support/qr-codes.ts';

const testTogether = onSharedGateway();

const payload = /* GraphQL */ `
  paymentToken {
    id status version referenceId channelCode country currency customerId failureCode tokenDetails
    actions { __typename descriptor value } history { edges { node { kind origin } } }
  }
`;

interface ShownToken {
  id: string;
  status: string;
  version: number;
  referenceId: string;
  customerId: string | null;
  failureCode: string | null;
  tokenDetails: object | null;
  actions: { __typename: string; descriptor: string }[];
  history: { edges: { node: { kind: string; origin: string } }[] };
}

interface Created {
  alreadyProcessed: boolean;
  paymentToken: ShownToken;
}

function ask(gateway: Asking, changes: object = {}) {
  const referenceId = newName('token');
  const input = {
    referenceId,
    country: 'ID',
    currency: 'IDR',
    channel: { ewallet: { code: 'OVO', mobileNumber: '+6281234567890' } },
    idempotencyKey: referenceId,
    ...changes,
  };
  return mutate<Created>(gateway, 'createPaymentToken', `alreadyProcessed ${payload}`, input);
}

async function create(gateway: Asking, changes: object = {}): Promise<ShownToken> {
  const result = await ask(gateway, changes);
  return done(result.paymentToken, result);
}

async function read(gateway: TestGateway, id: string): Promise<ShownToken> {
  const { data } = await gateway.ask<Created>(
    `query ($id: ID!) { ${payload.replace('paymentToken', 'paymentToken(id: $id)')} }`,
    { id },
  );
  return data?.paymentToken ?? assert.fail('no such token');
}

function cancel(gateway: Asking, id: string) {
  return mutateById<Created>(gateway, 'cancelPaymentToken', payload, id);
}

testTogether('a token waits for its owner, works, and expires', async (_t, gateway) => {
  const { payer } = sandboxOf(gateway);
  const token = await create(gateway);
  assert.deepEqual([token.status, token.actions[0]?.__typename], ['REQUIRES_ACTION', 'RedirectAction']);
  await payer.linkToken(token.id);
  const active = await read(gateway, token.id);
  assert.deepEqual([active.status, active.actions], ['ACTIVE', []]);
  assert.partialDeepStrictEqual(active.tokenDetails, { account_name: 'Budi Santoso', account_balance: '1000000' });

  await payer.expireToken(token.id);
  const expired = await read(gateway, token.id);
  assert.equal(expired.status, 'EXPIRED');
  assert.deepEqual(
    expired.history.edges.map(({ node }) => [node.kind, node.origin]),
    [
      ['STATUS_CHANGED', 'WEBHOOK'],
      ['STATUS_CHANGED', 'WEBHOOK'],
      ['CREATED', 'API'],
    ],
  );
  const paying = await askForRequest(gateway, { kind: { payWithToken: { amount: '1000', paymentTokenId: token.id } } });
  assert.deepEqual(refusal(paying), ['InvalidInput', 'INVALID_TOKEN']);
});

testTogether('a token whose owner does not agree has failed', async (_t, gateway) => {
  const { id } = await create(gateway);
  await sandboxOf(gateway).payer.linkToken(id, { failure_code: 'ACCOUNT_ACCESS_BLOCKED' });
  assert.partialDeepStrictEqual(await read(gateway, id), { status: 'FAILED', failureCode: 'ACCOUNT_ACCESS_BLOCKED' });
});

testTogether('a token is let go at once and without a webhook, and only once', async (_t, gateway) => {
  const { payer, record } = sandboxOf(gateway);
  const waiting = await create(gateway);
  const active = await create(gateway);
  await payer.linkToken(active.id);
  const deliveries = record.deliveries.length;
  for (const { id } of [waiting, active]) {
    assert.equal((await cancel(gateway, id)).paymentToken?.status, 'CANCELED');
    assert.deepEqual(refusal(await cancel(gateway, id)), ['WrongState', 'INELIGIBLE_TRANSACTION_STATUS']);
  }
  await sandboxOf(gateway).idle();
  assert.equal(record.deliveries.length, deliveries);
  assert.deepEqual(refusal(await cancel(gateway, 'pt-00000000-0000-4000-8000-000000000000')), [
    'NotFound',
    'DATA_NOT_FOUND',
  ]);
});

testTogether('a repeated key makes no second token, and another input is a conflict', async (_t, gateway) => {
  const input = { referenceId: newName('once'), idempotencyKey: newName('key') };
  const first = await ask(gateway, input);
  const again = await ask(gateway, input);
  assert.deepEqual([first.alreadyProcessed, again.alreadyProcessed], [false, true]);
  assert.equal(again.paymentToken?.id, first.paymentToken?.id);
  assert.equal((await ask(gateway, { ...input, country: 'PH' })).__typename, 'Conflict');
});

testTogether(
  'a channel that can not be saved is refused by Xendit, and what is malformed before',
  async (_t, gateway) => {
    const { record } = sandboxOf(gateway);
    const unsaved = await ask(gateway, { channel: { overTheCounter: { code: 'ALFAMART', payerName: 'Siti' } } });
    assert.deepEqual(refusal(unsaved), ['InvalidInput', 'INVALID_VALUE_ERROR']);
    const calls = record.requests.length;
    const wrong = await ask(gateway, {
      referenceId: '',
      country: 'IDN',
      channel: { ewallet: { code: '' } },
      customerId: 'x'.repeat(42),
      metadata: { ['k'.repeat(41)]: 1, note: 'x'.repeat(501) },
      idempotencyKey: 'x'.repeat(101),
    });
    assert.deepEqual(wrongFields(wrong), [
      'input.channel.ewallet.code',
      'input.country',
      'input.customerId',
      'input.idempotencyKey',
      'input.metadata',
      'input.metadata.note',
      'input.referenceId',
    ]);
    assert.equal(record.requests.length, calls);
  },
);
