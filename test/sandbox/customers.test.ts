import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { call, start } from './support.ts';

const newCustomer = (changes: object = {}) => ({
  reference_id: 'budi',
  type: 'INDIVIDUAL',
  individual_detail: { given_names: 'Budi', surname: 'Santoso' },
  email: 'budi@example.com',
  metadata: { tier: 'gold' },
  ...changes,
});
const create = (sandbox: Sandbox, changes: object = {}, headers = {}) =>
  call(sandbox, 'POST', '/customers', newCustomer(changes), headers);

test('a customer is created, and found by id and by reference', async (t) => {
  const sandbox = await start(t);
  const { status, body } = await create(sandbox, {}, { 'api-version': '2020-10-31' });
  assert.deepEqual([status, body.reference_id, body.email, body.phone_number], [200, 'budi', 'budi@example.com', null]);
  assert.equal((body.id as string).length, 41);
  assert.deepEqual((await call(sandbox, 'GET', `/customers/${body.id}`)).body, body);
  assert.deepEqual((await call(sandbox, 'GET', '/customers?reference_id=budi')).body, {
    data: [body],
    has_more: false,
  });
  assert.deepEqual((await call(sandbox, 'GET', '/customers?reference_id=siti')).body.data, []);
});

test('a reference is taken once in each account', async (t) => {
  const sandbox = await start(t);
  await create(sandbox);
  const again = await create(sandbox);
  assert.deepEqual([again.status, again.body.error_code], [409, 'DUPLICATE_ERROR']);
  assert.equal((await create(sandbox, {}, { 'for-user-id': 'sub-1' })).status, 200);
});

test('a key creates one customer, and belongs to one request', async (t) => {
  const sandbox = await start(t);
  const key = { 'idempotency-key': 'once' };
  const first = await create(sandbox, {}, key);
  assert.deepEqual((await create(sandbox, {}, key)).body, first.body);
  const other = await create(sandbox, { reference_id: 'siti' }, key);
  assert.deepEqual([other.status, other.body.error_code], [409, 'IDEMPOTENCY_ERROR']);
});

test('what a key answered stays as it was when the customer changes', async (t) => {
  const sandbox = await start(t);
  const key = { 'idempotency-key': 'once' };
  const { body } = await create(sandbox, {}, key);
  await call(sandbox, 'PATCH', `/customers/${body.id}`, { email: 'new@example.com' });
  assert.equal((await create(sandbox, {}, key)).body.email, 'budi@example.com');
});

test('a change touches what it names, and moves a reference', async (t) => {
  const sandbox = await start(t);
  const { body } = await create(sandbox);
  await create(sandbox, { reference_id: 'siti' });
  const changed = await call(sandbox, 'PATCH', `/customers/${body.id}`, {
    reference_id: 'budi-2',
    description: 'ours',
  });
  assert.deepEqual([changed.status, changed.body.description, changed.body.email], [200, 'ours', 'budi@example.com']);
  assert.deepEqual((await call(sandbox, 'GET', '/customers?reference_id=budi')).body.data, []);
  const taken = await call(sandbox, 'PATCH', `/customers/${body.id}`, { reference_id: 'siti' });
  assert.deepEqual([taken.status, taken.body.error_code], [409, 'DUPLICATE_ERROR']);
});

test('what is missing, malformed or of another version is refused', async (t) => {
  const sandbox = await start(t);
  assert.equal((await create(sandbox, { reference_id: undefined })).body.message, 'reference_id is required');
  assert.equal((await create(sandbox, { type: 'ROBOT' })).body.error_code, 'API_VALIDATION_ERROR');
  assert.equal((await create(sandbox, {}, { 'api-version': '2024-11-11' })).status, 400);
  assert.equal((await call(sandbox, 'GET', '/customers')).status, 400);
  assert.equal((await call(sandbox, 'GET', '/customers/cust-none')).body.error_code, 'DATA_NOT_FOUND');
});
