import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareDecimals, toDecimal, toMoney } from '../../src/model/money.ts';

const spellings: [string | undefined, string | undefined][] = [
  ['15000', '15000'],
  ['10000.01', '10000.01'],
  ['10000.10', '10000.1'],
  ['10000.00', '10000'],
  ['0010', '10'],
  ['1e3', '1000'],
  ['1E+3', '1000'],
  ['15e-1', '1.5'],
  ['-5.50', '-5.5'],
  ['0', '0'],
  ['-0', '0'],
  ['-0.00', '0'],
  ['9007199254740993', '9007199254740993'],
  ['0.000000000000000000000000000001', undefined], // 31 digits with the leading zero
  ['0.00000000000000000000000000001', '0.00000000000000000000000000001'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['1234567890123456789012345678901', undefined],
  ['1e29', '100000000000000000000000000000'],
  ['1e30', undefined],
  ['1e999', undefined],
  ['NaN', undefined],
  ['Infinity', undefined],
  ['', undefined],
  [' 1', undefined],
  ['1\n', undefined],
  ['1,000', undefined],
  ['1_000', undefined],
  ['+1', undefined],
  ['.5', undefined],
  ['5.', undefined],
  ['0x10', undefined],
  ['१', undefined],
  [undefined, undefined],
];

for (const [text, plain] of spellings) {
  test(`${JSON.stringify(text)} as a decimal is ${plain}`, () => assert.equal(toDecimal(text), plain));
}

const comparisons: [string, string, number][] = [
  ['1', '2', -1],
  ['2', '1', 1],
  ['10000.1', '10000.10', 0],
  ['9007199254740993', '9007199254740992', 1],
  ['0.1', '0.10000000000000000000000000001', -1],
  ['-1', '0', -1],
];

for (const [a, b, order] of comparisons) {
  test(`${a} beside ${b} is ${order}`, () => assert.equal(Math.sign(compareDecimals(a, b)), order));
}

test('money needs both an amount and a currency', () => {
  assert.deepEqual(toMoney('1e4', 'IDR'), { amount: '10000', currency: 'IDR' });
  assert.equal(toMoney('1', undefined), undefined);
  assert.equal(toMoney(undefined, 'IDR'), undefined);
  assert.equal(toMoney('much', 'IDR'), undefined);
});
