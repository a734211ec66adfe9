import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchedChange } from '../../src/client/index.ts';
import type { Bill } from '../../web/checkout/bill.ts';
import { formatsOf } from '../../web/checkout/formats.ts';
import { nothing, withChange } from '../../web/checkout/progress.ts';
import { standingOf } from '../../web/checkout/standing.ts';

const amount = { amount: '15000', currency: 'IDR' };
const code: Bill = {
  type: 'QrCode',
  version: 1,
  status: 'ACTIVE',
  amount,
  merchant: 'Toko Maju',
  city: undefined,
  reference: 'order-1',
  description: undefined,
  channel: 'QRIS',
  failureCode: undefined,
  expiresAt: undefined,
  isReusable: false,
  isForMoney: true,
  ways: [],
};
const request: Bill = { ...code, type: 'PaymentRequest', status: 'REQUIRES_ACTION' };
const change: WatchedChange = {
  cursor: 'c2',
  version: 2,
  kind: 'PAYMENT',
  occurredAt: '2026-01-01T10:00:00Z',
  status: 'ACTIVE',
  isPaid: true,
  isSettled: false,
  payment: { id: 'qrpy_1', status: 'COMPLETED', amount },
};
const unpaid = { ...change, kind: 'STATUS_CHANGED', isPaid: false, payment: undefined };
const [before, expiry, after] = ['2026-01-01T09:59:00Z', change.occurredAt, '2026-01-01T10:01:00Z'].map(Date.parse);

const table: [what: string, bill: Bill, changes: WatchedChange[], now: number | undefined, standing: string][] = [
  ['a code that nobody has paid', code, [], before, 'OPEN'],
  ['a code that is paid', code, [change], before, 'PAID'],
  ['a code that is paid after its time', { ...code, expiresAt: before }, [change], after, 'PAID'],
  ['a code whose time is over', { ...code, expiresAt: expiry }, [], after, 'EXPIRED'],
  [
    'a code that ended unpaid, of which polling says no more than that it ended',
    { ...code, expiresAt: expiry },
    [{ ...change, kind: 'SNAPSHOT', status: 'INACTIVE', payment: undefined }],
    after,
    'EXPIRED',
  ],
  ['a reusable code that is paid', { ...code, isReusable: true }, [change], before, 'OPEN'],
  ['a request that failed', request, [{ ...unpaid, status: 'FAILED' }], before, 'FAILED'],
  ['a request that is paid though it failed', request, [{ ...unpaid, status: 'FAILED' }, change], before, 'PAID'],
  [
    'a paid request of which an older word comes late',
    { ...request, status: 'SUCCEEDED', version: 3 },
    [unpaid],
    before,
    'PAID',
  ],
  ['a held payment', { ...code, type: 'Payment', status: 'AUTHORIZED' }, [], before, 'PENDING'],
  ['a refund', { ...code, type: 'Refund', status: 'SUCCEEDED', isForMoney: false }, [], before, 'DONE'],
  ['a word that is new', { ...request, status: 'REQUIRES_DANCE' }, [], before, 'OPEN'],
];

for (const [what, bill, changes, now = 0, standing] of table) {
  test(`${what} is ${standing}`, () => {
    assert.equal(standingOf(bill, changes.reduce(withChange, nothing), now).type, standing);
  });
}

test('each payment of a code is listed once, the newest first, and polling forgets no cursor', () => {
  const moved = { ...change, version: 3 };
  const second = { ...change, version: 4, cursor: 'c4', payment: { ...change.payment, id: 'qrpy_2' } } as WatchedChange;
  const glance = { ...unpaid, kind: 'SNAPSHOT', cursor: undefined, version: 5 };
  const { receipts, after } = [change, moved, second, glance].reduce(withChange, nothing);
  assert.deepEqual([receipts.map(({ id }) => id), after], [['qrpy_2', 'qrpy_1'], 'c4']);
});

test('amounts and times are written as in each language', () => {
  const written = (locale: string, money: typeof amount) => formatsOf(locale).money(money).replaceAll('\u00a0', ' ');
  assert.equal(written('id-ID', amount), 'Rp 15.000');
  assert.equal(written('en-GB', { amount: '1234567890123456789.5', currency: 'PHP' }), '₱1,234,567,890,123,456,789.50');
  assert.equal(formatsOf('en').countdown(59_999), '00:59');
  assert.equal(formatsOf('en').countdown(3_725_000), '01:02:05');
});
