import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOperations } from '../../src/service/operations.ts';
import { createServices, type Service } from '../../src/service/service.ts';
import { restrictTo } from '../../src/service/watched.ts';
import { embedded } from '../support/database.ts';
import { openRooms, timesCalled } from './support.ts';

const order = { externalId: 'order-1', type: 'DYNAMIC' as const, amount: '15000' };

test('a watch token opens its one resource; all else is unknown, and nobody is asked about it', async (t) => {
  const { rooms, sandbox } = await openRooms(t, await embedded(t), { readMaxAgeMs: 60_000 });
  const whole = createServices(rooms, createOperations(rooms))('');
  const { result: own } = await whole.createQrCode(order, 'key-1');
  const { result: other } = await whole.createQrCode({ ...order, externalId: 'order-2' }, 'key-2');
  await whole.simulateQrPayment({ externalId: 'order-2', amount: undefined });
  const paid = await whole.findCurrent('QrCode', other.id);
  assert.ok(paid && (await whole.findLatestPayment(paid)));
  const watched = restrictTo(whole, { type: 'QrCode', id: own.id, reference: 'order-1' }, false);
  assert.equal((await watched.findQrCode('order-1'))?.id, own.id);
  assert.equal((await watched.findNode(own.id))?.id, own.id);
  assert.equal((await watched.findCurrent('QrCode', own.id))?.id, own.id);
  assert.equal((await watched.findReferred('QrCode', own.id))?.id, own.id);
  assert.equal((await watched.findReferredQrCode('order-1'))?.id, own.id);
  const asked = sandbox.record.requests.length;

  assert.equal(await watched.findQrCode('order-2'), undefined);
  assert.equal(await watched.findQrCode('nobody knows this'), undefined);
  assert.equal(await watched.findNode(other.id), undefined);
  assert.equal(await watched.findNode('pr-11111111-1111-4111-8111-111111111111'), undefined);
  assert.equal(await watched.findCurrent('QrCode', other.id), undefined);
  assert.equal(await watched.findReferred('QrCode', other.id), undefined);
  assert.equal(await watched.findLatestPayment(paid), undefined);
  assert.equal(await watched.findReferred('Customer', own.id), undefined);
  assert.equal(await watched.findReferredQrCode('order-2'), undefined);
  await assert.rejects(watched.watchQrCode('order-2', undefined), { code: 'NOT_FOUND' });
  await assert.rejects(watched.watch('QrCode', other.id, undefined), { code: 'NOT_FOUND' });
  assert.equal(sandbox.record.requests.length, asked);

  const changes = await watched.watchQrCode('order-1', undefined);
  const first = await changes.next();
  assert.equal(first.value?.resource.id, own.id);
  const resumed = await watched.watchQrCode('order-1', first.value?.cursor);
  await Promise.all([changes.return(undefined), resumed.return(undefined)]);
});

test('whatever else a service can do, a watch token can not', async (t) => {
  const { rooms, sandbox } = await openRooms(t, await embedded(t));
  const whole = createServices(rooms, createOperations(rooms))('');
  const watched = restrictTo(whole, { type: 'QrCode', id: 'qr_1', reference: 'order-1' }, false);
  const finding = [
    'findCurrent',
    'findNode',
    'findQrCode',
    'findReferred',
    'findReferredQrCode',
    'findLatestPayment',
    'findLinked',
  ];
  const open = new Set([...finding, 'watch', 'watchQrCode']);
  const closed: (keyof Service)[] = [];
  for (const name in whole) if (!open.has(name)) closed.push(name as keyof Service);
  assert.ok(closed.length > 25, String(closed.length));
  for (const name of closed) {
    const call = watched[name] as (...args: unknown[]) => Promise<unknown>;
    await assert.rejects(call('order-1', {}), { code: 'FORBIDDEN' }, name);
  }
  assert.equal(timesCalled(sandbox, 'POST /qr_codes'), 0);
});
