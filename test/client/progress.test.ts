import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchedChange } from '../../src/client/index.ts';
import { Progress } from '../../src/client/progress.ts';

const payment = { id: 'qrpy_1', status: 'COMPLETED', amount: { amount: '15000', currency: 'IDR' } };
const ended: WatchedChange = {
  cursor: undefined,
  version: 2,
  kind: 'SNAPSHOT',
  occurredAt: '2026-01-01T10:00:00Z',
  status: 'INACTIVE',
  isPaid: false,
  isSettled: true,
  payment: undefined,
};
const paid = { ...ended, isPaid: true, payment };

test('a code that polling saw end is over once its payment is known, and that is told though its version is the same', () => {
  const progress = new Progress('QrCode', undefined);
  assert.deepEqual(progress.take(ended), ended);
  assert.equal(progress.isOverWith(ended), false);
  assert.equal(progress.take(ended), undefined);
  assert.deepEqual(progress.take(paid), paid);
  assert.equal(progress.isOverWith(paid), true);
  assert.equal(progress.take(paid), undefined, 'once');
});

test('whatever else settles is over at once, and what is open never is', () => {
  const progress = new Progress('PaymentRequest', undefined);
  progress.take(ended);
  assert.equal(progress.isOverWith(ended), true);
  assert.equal(progress.isOverWith({ ...ended, isSettled: false }), false);
});

test('a payment that a stream told is not told again by a glance', () => {
  const progress = new Progress('QrCode', undefined);
  progress.take({ ...paid, cursor: 'c2' });
  assert.equal(progress.take(paid), undefined);
});
