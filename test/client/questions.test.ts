import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  PaymentRequestStatus,
  PaymentSessionStatus,
  PaymentStatus,
  PaymentTokenStatus,
  QrCodeStatus,
  RefundStatus,
} from '../../src/client/index.ts';
import { readSeen, readTold } from '../../src/client/questions.ts';
import { watchedTypes } from '../../src/client/watched-by.ts';
import { isSettled } from '../../src/model/status.ts';

const statuses = {
  QrCode: QrCodeStatus,
  PaymentRequest: PaymentRequestStatus,
  Payment: PaymentStatus,
  PaymentSession: PaymentSessionStatus,
  PaymentToken: PaymentTokenStatus,
  Refund: RefundStatus,
};
const amount = { amount: '15000', currency: 'IDR' };

test('a client takes for settled what the gateway does', () => {
  for (const type of watchedTypes) {
    for (const status of Object.values(statuses[type])) {
      const seen = readSeen(type, { resource: { id: 'id', status, version: 1, created: null, updated: null, amount } });
      assert.equal(seen?.isSettled, isSettled(type, status), `${type} ${status}`);
    }
  }
});

test('money has arrived only where it has', () => {
  const payment = { id: 'py-1', status: 'SUCCEEDED', amount };
  const table: [
    paid: boolean,
    type: (typeof watchedTypes)[number],
    kind: string,
    resource: object,
    payment?: object,
  ][] = [
    [false, 'QrCode', 'SNAPSHOT', { status: 'ACTIVE', type: 'STATIC' }],
    [true, 'QrCode', 'SNAPSHOT', { status: 'ACTIVE', type: 'STATIC' }, { ...payment, status: 'COMPLETED' }],
    [true, 'QrCode', 'PAYMENT', { status: 'ACTIVE', type: 'STATIC' }, { ...payment, status: 'COMPLETED' }],
    [false, 'QrCode', 'PAYMENT', { status: 'ACTIVE', type: 'DYNAMIC' }, { ...payment, status: 'UNKNOWN' }],
    [false, 'QrCode', 'STATUS_CHANGED', { status: 'INACTIVE', type: 'DYNAMIC' }],
    [false, 'QrCode', 'STATUS_CHANGED', { status: 'INACTIVE', type: 'STATIC' }],
    [true, 'PaymentRequest', 'STATUS_CHANGED', { status: 'SUCCEEDED', type: 'PAY' }],
    [false, 'PaymentRequest', 'STATUS_CHANGED', { status: 'AUTHORIZED', type: 'PAY' }],
    [true, 'PaymentRequest', 'PAYMENT', { status: 'ACCEPTING_PAYMENTS', type: 'REUSABLE_PAYMENT_CODE' }, payment],
    [false, 'PaymentRequest', 'PAYMENT', { status: 'PENDING' }, { ...payment, status: 'FAILED' }],
    [true, 'PaymentSession', 'STATUS_CHANGED', { status: 'COMPLETED', type: 'PAY' }],
    [false, 'PaymentSession', 'STATUS_CHANGED', { status: 'COMPLETED', type: 'SAVE' }],
    [false, 'PaymentToken', 'STATUS_CHANGED', { status: 'ACTIVE' }],
    [true, 'Refund', 'STATUS_CHANGED', { status: 'SUCCEEDED' }],
    [false, 'Payment', 'STATUS_CHANGED', { status: 'REFUNDED' }],
  ];
  for (const [isPaid, type, kind, resource, cause = null] of table) {
    const change = {
      cursor: 'c',
      version: 1,
      kind,
      occurredAt: '',
      resource: { id: 'id', amount, ...resource },
      payment: cause,
    };
    assert.equal(readTold(type, { change }).isPaid, isPaid, `${type} ${kind} ${JSON.stringify(resource)}`);
  }
});

test('a payment of which nothing but its id is known is of what was asked for', () => {
  const resource = { id: 'pr-1', status: 'PENDING', type: 'PAY', amount };
  const change = { cursor: 'c', version: 1, kind: 'PAYMENT', occurredAt: '', resource };
  const payment = { id: 'py-1', status: 'UNKNOWN', amount: null };
  assert.deepEqual(readTold('PaymentRequest', { change: { ...change, payment } }).payment, { ...payment, amount });
});
