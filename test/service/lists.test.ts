import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../src/model/observation.ts';
import { createListService } from '../../src/service/lists.ts';
import type { Lists } from '../../src/store/lists.ts';
import { answered } from '../store/support.ts';
import { embedded, testOnEachDatabase } from '../support/database.ts';
import { openRooms } from './support.ts';

function payment(id: string, paymentRequestId: string, status = 'SUCCEEDED'): Observation<'Payment'> {
  return { type: 'Payment', id, status, updated: undefined, fields: { paymentRequestId } };
}

function refund(id: string, paymentId: string | undefined, paymentRequestId?: string): Observation<'Refund'> {
  return { type: 'Refund', id, status: 'SUCCEEDED', updated: undefined, fields: { paymentId, paymentRequestId } };
}

/** Counts what is read, and reads it. */
function counting(lists: Lists): { lists: Lists; reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    lists: {
      children(...of) {
        reads.push('children');
        return lists.children(...of);
      },
      histories(...of) {
        reads.push('histories');
        return lists.histories(...of);
      },
    },
  };
}

test('the lists of a hundred resources cost one read for each kind of list', async (t) => {
  const { rooms } = await openRooms(t, await embedded(t));
  const { lists, reads } = counting(rooms.lists);
  const ids = Array.from({ length: 100 }, (_, index) => `pr-${index}`);
  for (const id of ids)
    await rooms.ledger.observe(answered([payment(`py-${id}`, id), refund(`rfd-${id}`, `py-${id}`)]));
  const service = createListService({ ...rooms, lists }, '');
  const shown = await Promise.all(
    ids.map(async (id) => {
      const [payments, refunds, { edges }] = await Promise.all([
        service.findChildren('Payment', id, { first: 10 }),
        service.findRefundsOf(id, { first: 10 }),
        service.findHistory(
          { __typename: 'Payment', account: '', id: `py-${id}`, status: 'SUCCEEDED', version: 1 },
          { first: 10 },
        ),
      ]);
      return [payments.edges[0]?.node.id, refunds.edges[0]?.node.id, edges[0]?.node.resource.id, edges.length];
    }),
  );
  assert.deepEqual(
    shown,
    ids.map((id) => [`py-${id}`, `rfd-${id}`, `py-${id}`, 1]),
  );
  assert.deepEqual(reads.toSorted(), ['children', 'children', 'histories']);
});

testOnEachDatabase('a request lists its own refunds and those of its payments, page by page', async (t, place) => {
  const { rooms } = await openRooms(t, place);
  const { ledger } = rooms;
  const expected: string[] = [];
  for (let n = 0; n < 7; n += 1) {
    const [paymentId, refundId] = [`py-${n}`, `rfd-${n}`];
    const refunded = n % 2 === 0 ? refund(refundId, paymentId) : refund(refundId, undefined, 'pr-1');
    await ledger.observe(answered([payment(paymentId, 'pr-1'), refunded]));
    expected.unshift(refundId);
  }
  await ledger.observe(answered([payment('py-other', 'pr-2'), refund('rfd-other', 'py-other')]));
  const service = createListService(rooms, '');
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const { edges, pageInfo } = await service.findRefundsOf('pr-1', { first: 3, after });
    seen.push(...edges.map(({ node }) => node.id));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : undefined;
  } while (after !== undefined);
  assert.deepEqual(seen, expected);
});

test('lists of different lengths, and of what can be no id, are read each in its own way', async (t) => {
  const { rooms } = await openRooms(t, await embedded(t));
  await rooms.ledger.observe(answered([payment('py-1', 'pr-1'), payment('py-2', 'pr-1')]));
  const service = createListService(rooms, '');
  const [one, all, none] = await Promise.all([
    service.findChildren('Payment', 'pr-1', { first: 1 }),
    service.findChildren('Payment', 'pr-1', { first: 10 }),
    service.findChildren('Payment', 'pr-\u0000', { first: 10 }),
  ]);
  assert.deepEqual([one.edges.length, one.pageInfo.hasNextPage, all.edges.length, none.edges.length], [1, true, 2, 0]);
});
