import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { call, newQrCode, pay, start, startReceiver } from './support.ts';

interface Payment {
  id: string;
  amount: number;
  created: string;
  qr_code: Record<string, unknown>;
  status: string;
  payment_detail?: { receipt_id: string; source: string };
}

test('paying a dynamic code takes its amount, makes it inactive, and can be done once', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t);
  const { body: code } = await call(
    sandbox,
    'POST',
    '/qr_codes',
    newQrCode({ callback_url: receiver.url, metadata: { a: 'b' } }),
  );
  await clock.advance(1000);
  const paid = await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate', { amount: 99999 });
  assert.equal(paid.status, 200);
  const { id, ...rest } = paid.body;
  assert.match(String(id), /^qrpy_[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    amount: 15000,
    created: '2026-01-01T00:00:01.000Z',
    qr_code: { id: code.id, external_id: 'order-1', qr_string: code.qr_string, type: 'DYNAMIC', metadata: { a: 'b' } },
    status: 'COMPLETED',
  });
  const { body: after } = await call(sandbox, 'GET', '/qr_codes/order-1');
  assert.deepEqual([after.status, after.updated], ['INACTIVE', '2026-01-01T00:00:01.000Z']);

  const again = await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate');
  assert.equal(again.status, 410);
  assert.equal(again.body.error_code, 'INACTIVE_QR_CODE');
  await sandbox.idle();
  assert.equal(receiver.received.length, 1);
});

test('a static code is paid any number of times, each with its own amount', async (t) => {
  const sandbox = await start(t);
  const receiver = await startReceiver(t);
  await call(sandbox, 'POST', '/qr_codes', newQrCode({ type: 'STATIC', callback_url: receiver.url }));
  const simulate = (body: object | string, headers = {}) =>
    call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate', body, headers);
  assert.equal((await simulate({ amount: 2000 })).body.amount, 2000);
  assert.equal((await simulate({ nominal: 3000 })).body.amount, 3000);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal((await simulate('nominal=4000', form)).body.amount, 4000);
  assert.deepEqual((await simulate({ amount: 1 })).body, {
    error_code: 'API_VALIDATION_ERROR',
    message: 'amount must be within range [1500, 10000000]',
  });
  assert.equal((await simulate('')).body.error_code, 'API_VALIDATION_ERROR');
  assert.equal((await call(sandbox, 'GET', '/qr_codes/order-1')).body.status, 'ACTIVE');
  await sandbox.idle();
  assert.equal(receiver.received.length, 3);
});

test('paying or listing an unknown code is answered 404 DATA_NOT_FOUND', async (t) => {
  const sandbox = await start(t);
  const notFound = { error_code: 'DATA_NOT_FOUND', message: 'QR code with external_id order-1 not found' };
  const paid = await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate');
  assert.deepEqual([paid.status, paid.body], [404, notFound]);
  const listed = await call(sandbox, 'GET', '/qr_codes/payments?external_id=order-1');
  assert.deepEqual([listed.status, listed.body], [404, notFound]);
});

test('the list of payments is bare, oldest first, ten unless told, and bounded by time', async (t) => {
  const clock = createTestClock();
  const sandbox = await start(t, { clock });
  const receiver = await startReceiver(t);
  await call(sandbox, 'POST', '/qr_codes', newQrCode({ type: 'STATIC', callback_url: receiver.url }));
  for (let n = 0; n < 12; n += 1) {
    await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate', { amount: 1500 + n });
    await sandbox.idle();
    await clock.advance(1000);
  }
  const amounts = async (query: string) => {
    const { text } = await call(sandbox, 'GET', `/qr_codes/payments?external_id=order-1${query}`);
    return (JSON.parse(text) as Payment[]).map(({ amount }) => amount - 1500);
  };
  assert.deepEqual(await amounts(''), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(await amounts('&limit=2'), [0, 1]);
  assert.deepEqual(await amounts('&limit=100'), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(await amounts('&from=2026-01-01T00:00:09.000Z'), [9, 10, 11]);
  assert.deepEqual(await amounts('&to=2026-01-01T00:00:01Z'), [0, 1]);
  assert.deepEqual(await amounts('&from=2026-01-01T07:00:02%2B07:00&to=2026-01-01T00:00:03.999Z&limit=1'), [2]);
});

test('a listed payment says who paid, and is the one that the simulation answered', async (t) => {
  const sandbox = await start(t);
  const receiver = await startReceiver(t);
  const paid = await pay(sandbox, receiver);
  const { text } = await call(sandbox, 'GET', '/qr_codes/payments?external_id=order-1');
  const [payment] = JSON.parse(text) as Payment[];
  const { payment_detail, ...rest } = payment ?? {};
  assert.deepEqual(rest, paid.body);
  assert.match(payment_detail?.receipt_id ?? '', /^\d{12}$/);
  assert.match(payment_detail?.source ?? '', /^[A-Z]+$/);
});
