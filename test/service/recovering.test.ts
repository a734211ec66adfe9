import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Instant } from '../../src/model/instant.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Fields } from '../../src/model/resource.ts';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { type Asked, recoverFromLedger } from '../../src/service/recovering.ts';
import type { Rooms } from '../../src/service/rooms.ts';
import type { OnceClaim } from '../../src/store/once-keys.ts';
import { createRequest } from '../sandbox/v3.ts';
import { answered } from '../store/support.ts';
import { embedded } from '../support/database.ts';
import { openRooms } from './support.ts';

const startedAt = new Date('2024-01-01T12:00:00Z');
const asked: Asked = { reference: 'order-1', amount: '15000', currency: 'IDR', channelCode: 'QRIS' };

function claimOf(key: string, what: Partial<Asked> = {}, operation = 'createPaymentRequest'): OnceClaim {
  const input = JSON.stringify({ ...asked, ...what });
  return { account: '', operation, key, fingerprint: '', reference: 'order-1', input };
}

/** A payment request that was made after the work began, as it was asked for, unless told otherwise. */
function request(id: string, fields: Fields<'PaymentRequest'> = {}): Observation<'PaymentRequest'> {
  return {
    type: 'PaymentRequest',
    id,
    status: 'REQUIRES_ACTION',
    updated: undefined,
    fields: {
      referenceId: 'order-1',
      amount: { amount: '15000', currency: 'IDR' },
      channelCode: 'QRIS',
      created: '2024-01-01T12:00:01.000000000Z' as Instant,
      ...fields,
    },
  };
}

async function openWith(t: TestContext, observations: Observation[], account = ''): Promise<Rooms> {
  const { rooms } = await openRooms(t, await embedded(t));
  await rooms.ledger.observe(answered(observations, account));
  return rooms;
}

async function recover(rooms: Rooms, what: Partial<Asked> = {}, key = 'key'): Promise<string | undefined> {
  const attempt = { claim: claimOf(key, what), startedAt };
  const found = await recoverFromLedger(rooms, 'PaymentRequest', (input: Asked) => input, attempt);
  return found?.id;
}

test('only what is as it was asked for, and was made since, is taken', async (t) => {
  const others: Observation[] = [
    request('pr-other-reference', { referenceId: 'order-2' }),
    request('pr-other-amount', { amount: { amount: '15000.01', currency: 'IDR' } }),
    request('pr-other-currency', { amount: { amount: '15000', currency: 'PHP' } }),
    request('pr-without-amount', { amount: undefined }),
    request('pr-other-channel', { channelCode: 'DANA' }),
    request('pr-before', { created: '2024-01-01T11:58:59.000000000Z' as Instant }),
    { ...request('py-other-type'), type: 'Payment' } as Observation<'Payment'>,
  ];
  const rooms = await openWith(t, others);
  await rooms.ledger.observe(answered([request('pr-of-another-account')], 'other'));
  assert.equal(await recover(rooms), undefined);
  await rooms.ledger.observe(answered([request('pr-ours')]));
  assert.equal(await recover(rooms), 'pr-ours');
});

const same: [string, Fields<'PaymentRequest'>, Partial<Asked>][] = [
  ['an amount that is spelt otherwise', {}, { amount: '1.50e4' }],
  ['an amount that nobody asked for', {}, { amount: undefined, currency: undefined }],
  ['a channel that nobody asked for', {}, { channelCode: undefined }],
  ['a clock of Xendit’s that is behind', { created: '2024-01-01T11:59:30.000000000Z' as Instant }, {}],
];

for (const [name, fields, what] of same) {
  test(`${name} is no difference`, async (t) => {
    const rooms = await openWith(t, [request('pr-1', fields)]);
    assert.equal(await recover(rooms, what), 'pr-1');
  });
}

test('what another key has come to is not taken, so two keys never come to one', async (t) => {
  const rooms = await openWith(t, [request('pr-1')]);
  for (const key of ['a', 'b']) await rooms.onceKeys.claim(claimOf(key));
  await rooms.onceKeys.finish(claimOf('a'), 'pr-1');
  assert.equal(await recover(rooms, {}, 'b'), undefined);
  await rooms.onceKeys.release(claimOf('b'));
  assert.equal(await recover(rooms, {}, 'a'), 'pr-1', 'its own it finds again');
});

test('of two that might be it neither is taken', async (t) => {
  const rooms = await openWith(t, [request('pr-1'), request('pr-2')]);
  assert.equal(await recover(rooms), undefined);
});

const rivals: [what: string, claim: OnceClaim, found: string | undefined][] = [
  ['of the same content', claimOf('other'), undefined],
  ['of a part of it', claimOf('other', { channelCode: undefined }), undefined],
  ['of the same amount, spelt otherwise', claimOf('other', { amount: '15000.0' }), undefined],
  ['for a session of the same reference', claimOf('other', {}, 'createPaymentSession'), undefined],
  ['of another amount', claimOf('other', { amount: '15001' }), 'pr-1'],
  ['for a token', claimOf('other', {}, 'createPaymentToken'), 'pr-1'],
  ['of another reference', { ...claimOf('other'), reference: 'order-2' }, 'pr-1'],
  ['of another account', { ...claimOf('other'), account: 'other' }, 'pr-1'],
];

test('while another key without an end might have come to it as well, nobody can tell', async (t) => {
  const rooms = await openWith(t, [request('pr-1')]);
  for (const [what, claim, found] of rivals) {
    await rooms.onceKeys.claim(claim);
    assert.equal(await recover(rooms), found, `one that was begun ${what}`);
    await rooms.onceKeys.lose(claim);
    assert.equal(await recover(rooms), found, `one that was lost ${what}`);
    await rooms.onceKeys.release(claim);
    assert.equal(await recover(rooms), 'pr-1');
  }
});

const differences: [string, Fields<'PaymentRequest'>, Partial<Asked>][] = [
  ['type', { type: 'PAY' }, { type: 'REUSABLE_PAYMENT_CODE' }],
  ['token', { paymentTokenId: 'pt-1' }, { paymentTokenId: 'pt-2' }],
  ['token where none was asked for', { paymentTokenId: 'pt-1' }, { paymentTokenId: null }],
  ['amount where none was asked for', {}, { amount: null, currency: undefined }],
  ['customer', { customerId: 'cust-1' }, { customerId: 'cust-2' }],
  ['capture method', { captureMethod: 'MANUAL' }, { captureMethod: 'AUTOMATIC' }],
];

test('one of another kind is not taken', async (t) => {
  const rooms = await openWith(t, []);
  for (const [index, [what, fields, asking]] of differences.entries()) {
    const referenceId = `order ${index}`;
    await rooms.ledger.observe(answered([request(`pr-${index}`, { ...fields, referenceId })]));
    const { paymentTokenId = null, ...same } = fields as Asked;
    assert.equal(await recover(rooms, { ...same, paymentTokenId, reference: referenceId }), `pr-${index}`);
    assert.equal(await recover(rooms, { ...asking, reference: referenceId }), undefined, what);
  }
});

test('a session of the reference makes requests by itself, and which one came of what can not be told', async (t) => {
  const rooms = await openWith(t, [request('pr-1')]);
  const session = (id: string, fields: Fields<'PaymentSession'>): Observation<'PaymentSession'> => ({
    type: 'PaymentSession',
    id,
    status: 'ACTIVE',
    updated: undefined,
    fields,
  });
  await rooms.ledger.observe(answered([session('ps-1', { referenceId: 'order-2', paymentRequestId: 'pr-2' })]));
  assert.equal(await recover(rooms), 'pr-1', 'a session of something else');
  await rooms.ledger.observe(answered([session('ps-2', { referenceId: 'order-1' })]));
  assert.equal(await recover(rooms), undefined);
});

test('a request that a session names is the session’s', async (t) => {
  const rooms = await openWith(t, [request('pr-1')]);
  const fields = { referenceId: 'order-2', paymentRequestId: 'pr-1' };
  await rooms.ledger.observe(
    answered([{ type: 'PaymentSession', id: 'ps-1', status: 'ACTIVE', updated: undefined, fields }]),
  );
  assert.equal(await recover(rooms), undefined);
});

test('one that only a payment has told of counts as made when Xendit says', async (t) => {
  const { rooms, sandbox } = await openRooms(t, await embedded(t));
  const id = await createRequest(sandbox, { reference_id: 'order-1', request_amount: 15000 });
  await rooms.ledger.observe(answered([request(id, { created: undefined })]));
  await rooms.ledger.observe(answered([request('pr-nobody-knows', { created: undefined })]));
  const attempt = { claim: claimOf('key'), startedAt: new Date() };
  assert.equal((await recoverFromLedger(rooms, 'PaymentRequest', (input: Asked) => input, attempt))?.id, id);
});

test('one that was made before, but heard of since, is not taken', async (t) => {
  const clock = createTestClock(Date.now() - 3_600_000);
  const sandbox = await startSandbox({ clock });
  t.after(() => sandbox.close());
  const { rooms } = await openRooms(t, await embedded(t), { sandbox });
  const id = await createRequest(sandbox, { reference_id: 'order-1', request_amount: 15000 });
  await rooms.ledger.observe(answered([request(id, { created: undefined })]));
  const attempt = { claim: claimOf('key'), startedAt: new Date() };
  assert.equal(await recoverFromLedger(rooms, 'PaymentRequest', (input: Asked) => input, attempt), undefined);
});

test('what belongs to another resource is not taken', async (t) => {
  const refund = (id: string, paymentId: string): Observation<'Refund'> => ({
    type: 'Refund',
    id,
    status: 'PENDING',
    updated: undefined,
    fields: { paymentId, created: '2024-01-01T12:00:01.000000000Z' as Instant },
  });
  const rooms = await openWith(t, [refund('rfd-1', 'qrpy_1')]);
  const find = (parent: string) =>
    recoverFromLedger(rooms, 'Refund', () => ({ parent }), { claim: claimOf('key'), startedAt });
  assert.equal(await find('qrpy_2'), undefined);
  assert.equal((await find('qrpy_1'))?.id, 'rfd-1');
});
