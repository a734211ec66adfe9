import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQris } from '../../src/model/qris.ts';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { call, newQrCode, start } from './support.ts';

test('a dynamic code is created as the reference shows it, and read back the same', async (t) => {
  const sandbox = await start(t, { clock: createTestClock() });
  const created = await call(sandbox, 'POST', '/qr_codes', newQrCode({ metadata: { branch_code: 'senayan_372' } }));
  assert.equal(created.status, 200);
  const { id, qr_string, ...rest } = created.body;
  assert.match(String(id), /^qr_[0-9a-f-]{36}$/);
  const qris = readQris(String(qr_string));
  assert.ok(qris?.isChecksumValid);
  assert.equal(qris.pointOfInitiation, 'DYNAMIC');
  assert.equal(qris.amount, '15000');
  assert.deepEqual(rest, {
    external_id: 'order-1',
    amount: 15000,
    callback_url: 'http://127.0.0.1:9/',
    type: 'DYNAMIC',
    status: 'ACTIVE',
    created: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-01T00:00:00.000Z',
    metadata: { branch_code: 'senayan_372' },
  });
  const read = await call(sandbox, 'GET', '/qr_codes/order-1');
  assert.equal(read.status, 200);
  assert.equal(read.text, created.text);
});

test('a static code ignores its amount, whatever that is', async (t) => {
  const sandbox = await start(t);
  for (const amount of [15000, 1, 10100, 'cheap']) {
    const { status, body } = await call(
      sandbox,
      'POST',
      '/qr_codes',
      newQrCode({ external_id: `static-${amount}`, type: 'STATIC', amount }),
    );
    assert.equal(status, 200);
    assert.equal(body.amount, null);
    assert.equal(readQris(String(body.qr_string))?.amount, undefined);
    assert.equal(readQris(String(body.qr_string))?.pointOfInitiation, 'STATIC');
  }
});

test('no two codes have the same string', async (t) => {
  const sandbox = await start(t);
  const strings = new Set<unknown>();
  for (const id of ['a', 'b', 'c'])
    strings.add((await call(sandbox, 'POST', '/qr_codes', newQrCode({ external_id: id }))).body.qr_string);
  assert.equal(strings.size, 3);
});

for (const [sent, answered] of [
  ['1500.10', '1500.1'],
  ['1500', '1500'],
  ['10000000.0', '10000000'],
  ['1.5e3', '1500'],
  ['9999999.99999999999999999999', '9999999.99999999999999999999'],
] as const) {
  test(`the amount ${sent} keeps its digits`, async (t) => {
    const sandbox = await start(t);
    const body = JSON.stringify(newQrCode()).replace('15000', sent);
    const { text } = await call(sandbox, 'POST', '/qr_codes', body);
    assert.match(text, new RegExp(`"amount":${answered.replace('.', '\\.')},`));
    const paid = await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate');
    assert.match(paid.text, new RegExp(`"amount":${answered.replace('.', '\\.')},`));
  });
}

test('an external_id serves once, also when two ask for it at the same time', async (t) => {
  const sandbox = await start(t);
  const answers = await Promise.all(Array.from({ length: 5 }, () => call(sandbox, 'POST', '/qr_codes', newQrCode())));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409]);
  assert.equal(answers.find(({ status }) => status === 409)?.body.error_code, 'DUPLICATE_ERROR');
});

for (const [amount, status, code] of [
  [10100, 403, 'CHANNEL_NOT_ACTIVATED'],
  [10101, 503, 'CHANNEL_UNAVAILABLE'],
  [10102, 500, 'SERVER_ERROR'],
] as const) {
  test(`creating for ${amount} is answered ${status} ${code}, and leaves no code`, async (t) => {
    const sandbox = await start(t);
    const answer = await call(sandbox, 'POST', '/qr_codes', newQrCode({ amount }));
    assert.equal(answer.status, status);
    assert.equal(answer.body.error_code, code);
    assert.equal((await call(sandbox, 'GET', '/qr_codes/order-1')).status, 404);
  });
}

test('a fee rule comes back as a header of the created code', async (t) => {
  const sandbox = await start(t);
  const created = await call(sandbox, 'POST', '/qr_codes', newQrCode(), { 'with-fee-rule': 'xpfeeru_1' });
  assert.equal(created.headers.get('fee_rule_id'), 'xpfeeru_1');
  const without = await call(sandbox, 'POST', '/qr_codes', newQrCode({ external_id: 'order-2' }));
  assert.equal(without.headers.get('fee_rule_id'), null);
});
