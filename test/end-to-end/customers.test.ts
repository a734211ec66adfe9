import assert from 'node:assert/strict';
import { onSharedGateway } from '../support/gateway.ts';
import { type Asking, done, mutate, refusal, wrongFields } from '../support/mutations.ts';
import { createRequest, newName } from '../support/payments.ts';
import { sandboxOf } from '../support/qr-codes.ts';

const testTogether = onSharedGateway();

const payload = 'customer { id referenceId type givenNames surname email mobileNumber description metadata created }';

interface Created {
  alreadyProcessed: boolean;
  customer: { id: string; referenceId: string };
}

function ask(gateway: Asking, customer: object, changes: object = {}) {
  const input = {
    customer: { referenceId: newName('siti'), givenNames: 'Siti', ...customer },
    idempotencyKey: newName('key'),
    ...changes,
  };
  return mutate<Created>(gateway, 'createCustomer', `alreadyProcessed ${payload}`, input);
}

testTogether('a customer is made, and found by id and by reference', async (_t, gateway) => {
  const referenceId = newName('siti');
  const details = { surname: 'Rahayu', email: 'siti@example.com', mobileNumber: '+6281234567890' };
  const result = await ask(
    gateway,
    { referenceId, ...details },
    { description: 'likes cake', metadata: { tier: 'gold' } },
  );
  const customer = done(result.customer, result);
  assert.partialDeepStrictEqual(customer, {
    referenceId,
    type: 'INDIVIDUAL',
    givenNames: 'Siti',
    ...details,
    description: 'likes cake',
    metadata: { tier: 'gold' },
  });
  const { data } = await gateway.ask<object>(
    `query ($id: ID!, $reference: String!) {
      ${payload.replace('customer', 'customer(id: $id)')}
      customers(referenceId: $reference) { id }
      node(id: $id) { id ... on Customer { referenceId } }
      nobody: customer(id: "cust-nobody") { id }
      none: customers(referenceId: "nobody") { id }
    }`,
    { id: customer.id, reference: referenceId },
  );
  assert.deepEqual(data, {
    customer,
    customers: [{ id: customer.id }],
    node: { id: customer.id, referenceId },
    nobody: null,
    none: [],
  });
  const request = await createRequest(gateway, { customerId: customer.id });
  const shown = await gateway.ask<object>('query ($id: ID!) { paymentRequest(id: $id) { customerId } }', request);
  assert.deepEqual(shown.data, { paymentRequest: { customerId: customer.id } });
});

testTogether('a repeated key makes no second customer; a name that is taken is a conflict', async (_t, gateway) => {
  const customer = { referenceId: newName('once') };
  const input = { idempotencyKey: newName('key') };
  const first = await ask(gateway, customer, input);
  const again = await ask(gateway, customer, input);
  assert.deepEqual([first.alreadyProcessed, again.alreadyProcessed], [false, true]);
  assert.deepEqual(again.customer, first.customer);
  assert.equal((await ask(gateway, { ...customer, surname: 'Other' }, input)).__typename, 'Conflict');
  assert.deepEqual(refusal(await ask(gateway, customer)), ['Conflict', 'DUPLICATE_ERROR']);
});

testTogether('a customer that can not be is refused before any call, with its places', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  const calls = record.requests.length;
  const wrong = await ask(
    gateway,
    { referenceId: '', email: 'x'.repeat(256), mobileNumber: '1'.repeat(51) },
    { description: 'x'.repeat(501), metadata: { deep: [{ cvv: '123' }] }, idempotencyKey: '' },
  );
  assert.deepEqual(wrongFields(wrong), [
    'input.customer.email',
    'input.customer.mobileNumber',
    'input.customer.referenceId',
    'input.description',
    'input.idempotencyKey',
    'input.metadata.deep.0.cvv',
  ]);
  assert.equal(record.requests.length, calls);
});

testTogether('a customer whose creation got no answer is found again by the same key', async (_t, gateway) => {
  const { faults, record } = sandboxOf(gateway);
  const customer = { referenceId: newName('lost') };
  const input = { idempotencyKey: newName('key') };
  faults.next('POST /customers', { kind: 'reset', afterProcessing: true });
  const lost = await ask(gateway, customer, input);
  assert.deepEqual([lost.__typename, lost.reference, lost.retryable], ['OutcomeUnknown', customer.referenceId, true]);
  const posts = record.requests.filter(({ method }) => method === 'POST').length;
  const found = await ask(gateway, customer, input);
  assert.deepEqual([found.alreadyProcessed, found.customer?.referenceId], [true, customer.referenceId]);
  assert.equal(record.requests.filter(({ method }) => method === 'POST').length, posts);
});
