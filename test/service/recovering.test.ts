import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Instant } from '../../src/model/instant.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Fields } from '../../src/model/resource.ts';
import { type Asked, recoverFromLedger } from '../../src/service/recovering.ts';
import type { Rooms } from '../../src/service/rooms.ts';
import type { OnceClaim } from '../../src/store/once-keys.ts';
import { answered } from '../store/support.ts';
import { embedded } from '../support/database.ts';
import { openRooms } from './support.ts';

const startedAt = new Date('2024-01-01T12:00:00Z');
const asked: Asked = { reference: 'order-1', amount: '15000', currency: 'IDR', channelCode: 'QRIS' };

function claimOf(key: string, account = ''): OnceClaim {
  return { account, operation: 'createPaymentRequest', key, fingerprint: '', reference: 'order-1', input: '{}' };
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
  const found = await recoverFromLedger(
    rooms,
    'PaymentRequest',
    { ...asked, ...what },
    { claim: claimOf(key), startedAt },
  );
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
  const rooms = await openWith(t, [request('pr-1'), request('pr-2')]);
  for (const key of ['a', 'b', 'c']) await rooms.onceKeys.claim(claimOf(key));
  const first = await recover(rooms, {}, 'a');
  await rooms.onceKeys.finish(claimOf('a'), first ?? assert.fail());
  const second = await recover(rooms, {}, 'b');
  await rooms.onceKeys.finish(claimOf('b'), second ?? assert.fail());
  assert.deepEqual([first, second].toSorted(), ['pr-1', 'pr-2']);
  assert.equal(await recover(rooms, {}, 'c'), undefined);
  assert.equal(await recover(rooms, {}, 'a'), first, 'its own it finds again');
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
  const find = (parent: string) => recoverFromLedger(rooms, 'Refund', { parent }, { claim: claimOf('key'), startedAt });
  assert.equal(await find('qrpy_2'), undefined);
  assert.equal((await find('qrpy_1'))?.id, 'rfd-1');
});
