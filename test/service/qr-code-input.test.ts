import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidInputError } from '../../src/errors.ts';
import { parseJson } from '../../src/model/json.ts';
import { checkQrCode, checkSimulation, type NewQrCode } from '../../src/service/qr-code-input.ts';

const dynamic: NewQrCode = { externalId: 'order-1', type: 'DYNAMIC', amount: '15000' };

/** What is wrong, as `amount: must be …`. */
function problemsOf(check: () => unknown): string[] {
  try {
    check();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.fields.map(({ path: [input, ...rest], message }) => {
      assert.equal(input, 'input');
      return `${rest.join('.')}: ${message}`;
    });
  }
  return [];
}

function problems(changes: Partial<NewQrCode>, key = 'key'): string[] {
  return problemsOf(() => checkQrCode({ ...dynamic, ...changes }, key, 'NEARBY'));
}

const range = 'amount: must be within 1500 and 10000000';
const number = 'amount: must be a decimal number, such as 15000';
const amounts: [string | undefined, string[]][] = [
  ['1500', []],
  ['1500.00', []],
  ['1.5e3', []],
  ['10000000', []],
  ['1', [range]],
  ['1499.99', [range]],
  ['0', [range]],
  ['-1', [range]],
  ['10000001', [range]],
  ['10000000.01', [range]],
  ['10,000,001', [number]],
  ['NaN', [number]],
  ['Infinity', [number]],
  ['', [number]],
  ['1500 ', [number]],
  [undefined, ['amount: is needed for a DYNAMIC code']],
];

for (const [amount, expected] of amounts) {
  test(`the amount ${JSON.stringify(amount)}: ${expected[0] ?? 'is right'}`, () =>
    assert.deepEqual(problems({ amount }), expected));
}

const names: [string, string[]][] = [
  ['order/1?', []],
  ['Bestellung ☂', []],
  ['x'.repeat(255), []],
  ['x'.repeat(256), ['externalId: must have 1 to 255 characters']],
  ['', ['externalId: must have 1 to 255 characters']],
  ['order\n1', ['externalId: must have no control characters']],
  ['order\u0000', ['externalId: must have no control characters']],
  ['order\u0085', ['externalId: must have no control characters']],
  ['order\ud800', ['externalId: must have no control characters']],
];

for (const [externalId, expected] of names) {
  test(`the external id ${JSON.stringify(externalId.slice(0, 12))}…: ${expected[0] ?? 'is right'}`, () => {
    assert.deepEqual(problems({ externalId }), expected);
  });
}

const urls: [string, boolean][] = [
  ['https://merchant.test/hook?a=b', true],
  ['http://127.0.0.1:4000/webhooks/xendit', true],
  ['ftp://merchant.test', false],
  ['javascript:alert(1)', false],
  ['https://user:secret@merchant.test', false],
  ['https://user@merchant.test', false],
  ['merchant.test', false],
  ['', false],
];

for (const [url, isRight] of urls) {
  test(`the callback URL ${JSON.stringify(url)} is ${isRight ? 'right' : 'wrong'}`, () => {
    const expected = isRight ? [] : ['callbackUrl: must be a web address without credentials'];
    assert.deepEqual(problems({ callbackUrl: url }), expected);
  });
}

function keys(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${index}`, 'value']));
}

const metadatas: [string, unknown, string[]][] = [
  ['none', undefined, []],
  ['null', null, []],
  ['fifty keys', keys(50), []],
  ['fifty-one keys', keys(51), ['metadata: must have at most 50 keys']],
  ['a key of 40', { ['k'.repeat(40)]: 1 }, []],
  ['a key of 41', { ['k'.repeat(41)]: 1 }, ['metadata: keys must have at most 40 characters']],
  ['a value of 500', { k: 'v'.repeat(500) }, []],
  ['a value of 501', { k: 'v'.repeat(501) }, ['metadata.k: must have at most 500 characters']],
  ['a nested value of 501', { k: ['v'.repeat(501)] }, ['metadata.k: must have at most 500 characters']],
  ['a great number', { k: parseJson(`1${'0'.repeat(500)}`) }, ['metadata.k: must have at most 500 characters']],
  ['a list', ['a'], ['metadata: must be an object']],
  ['a text', 'text', ['metadata: must be an object']],
];

for (const [name, metadata, expected] of metadatas) {
  test(`metadata, ${name}: ${expected[0] ?? 'is right'}`, () => assert.deepEqual(problems({ metadata }), expected));
}

test('all mistakes are told at once', () => {
  const wrong = { externalId: '', amount: 'much', callbackUrl: 'here', metadata: 1 };
  assert.deepEqual(
    problems(wrong, 'k'.repeat(101)).map((problem) => problem.split(':')[0]),
    ['externalId', 'idempotencyKey', 'amount', 'callbackUrl', 'metadata'],
  );
});

test('what is right is what is sent', () => {
  const metadata = { order: '1' };
  const sent = { externalId: 'order-1', type: 'DYNAMIC', amount: '15000', metadata };
  assert.deepEqual(checkQrCode({ ...dynamic, amount: '1.50e4', metadata }, 'key', 'NEARBY'), sent);
  assert.deepEqual(checkQrCode({ externalId: 's', type: 'STATIC', callbackUrl: 'http://a.test/' }, 'key', 'NEARBY'), {
    externalId: 's',
    type: 'STATIC',
    callbackUrl: 'http://a.test/',
  });
});

test('the amount of a STATIC code is the payer’s: none is checked or sent', () => {
  for (const amount of ['15000', '1', 'much', undefined]) {
    const code = { externalId: 's', type: 'STATIC' } as const;
    assert.deepEqual(checkQrCode({ ...code, amount }, 'key', 'NEARBY'), code);
  }
});

test('card data in the metadata is refused by name', () => {
  const cardData = "card data must not pass through here: use Xendit's own components";
  assert.deepEqual(problems({ metadata: { order: '1', cardNumber: '4000' } }), [`metadata.cardNumber: ${cardData}`]);
});

test('a simulation’s amount may be absent, and is bounded when it is there', () => {
  assert.deepEqual(checkSimulation({ externalId: 'order-1' }), { externalId: 'order-1' });
  assert.deepEqual(checkSimulation({ externalId: 'order-1', amount: '1500.0' }), {
    externalId: 'order-1',
    amount: '1500',
  });
  assert.deepEqual(
    problemsOf(() => checkSimulation({ externalId: '', amount: '1' })),
    ['externalId: must have 1 to 255 characters', range],
  );
});
