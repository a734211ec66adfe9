import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channels, checkAmount, findChannel } from '../../src/model/channels.ts';
import { compareDecimals, toDecimal } from '../../src/model/money.ts';

test('every row of the table is whole', () => {
  assert.equal(channels.length, 80);
  for (const { code, currency, minAmount, maxAmount } of channels) {
    assert.match(code, /^[A-Z0-9_]{2,40}$/);
    assert.match(currency, /^[A-Z]{3}$/, code);
    for (const amount of [minAmount, maxAmount]) assert.equal(toDecimal(amount), amount, code);
    if (minAmount && maxAmount) assert.ok(compareDecimals(minAmount, maxAmount) < 0, code);
  }
  const names = channels.map(({ code, currency }) => `${code} ${currency}`);
  assert.equal(new Set(names).size, names.length, 'none is there twice');
});

test('a channel is known by its code and its currency', () => {
  assert.deepEqual(findChannel('QRIS', 'IDR'), {
    code: 'QRIS',
    currency: 'IDR',
    minAmount: '1',
    maxAmount: '20000000',
    isReusable: true,
    canSetExpiry: false,
  });
  assert.deepEqual(findChannel('SGQR', 'SGD'), {
    code: 'SGQR',
    currency: 'SGD',
    minAmount: '0.01',
    maxAmount: '200000',
    isReusable: false,
    canSetExpiry: true,
  });
  assert.deepEqual(
    [findChannel('SHOPEEPAY', 'VND')?.minAmount, findChannel('SHOPEEPAY', 'PHP')?.minAmount],
    ['1000', '1'],
  );
  assert.equal(findChannel('CARDS', 'SGD')?.maxAmount, undefined);
  assert.equal(findChannel('LINEPAY', 'THB')?.isReusable, undefined, 'the manual is silent');
  assert.equal(findChannel('QRIS', 'USD'), undefined);
});

test('an amount is compared exactly, bounds included', () => {
  const table: [code: string, currency: string, amount: string, problem: string | undefined][] = [
    ['BCA_VIRTUAL_ACCOUNT', 'IDR', '10000', undefined],
    ['BCA_VIRTUAL_ACCOUNT', 'IDR', '9999.99', 'must be at least 10000 IDR for BCA_VIRTUAL_ACCOUNT'],
    ['BCA_VIRTUAL_ACCOUNT', 'IDR', '50000000.00', undefined],
    [
      'BCA_VIRTUAL_ACCOUNT',
      'IDR',
      '50000000.000000000000000001',
      'must be at most 50000000 IDR for BCA_VIRTUAL_ACCOUNT',
    ],
    ['QRPH', 'PHP', '1e5', 'must be at most 50000 PHP for QRPH'],
    ['SGQR', 'SGD', '0.01', undefined],
    ['SGQR', 'SGD', '0', 'must be at least 0.01 SGD for SGQR'],
    ['CARDS', 'IDR', '999999999999', undefined],
    ['QRIS', 'USD', '0.0001', undefined],
    ['A_CHANNEL_OF_TOMORROW', 'IDR', '-1', undefined],
    ['QRIS', 'IDR', 'NaN', 'must be a decimal number, such as 15000'],
  ];
  for (const [code, currency, amount, problem] of table) {
    assert.equal(checkAmount(code, currency, amount), problem, `${code} ${amount}`);
  }
});
