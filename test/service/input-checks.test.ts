import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidInputError } from '../../src/errors.ts';
import * as check from '../../src/service/input-checks.ts';

/** What is wrong, as `amount: must be …`. */
function problemsOf(checks: readonly check.Check[]): string[] {
  try {
    check.refuse(checks);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.fields.map(({ path: [input, ...rest], message }) => {
      assert.equal(input, 'input');
      return `${rest.join('.')}: ${message}`;
    });
  }
  return [];
}

const scarce = 'a: must have 1 to 3 characters';
const controls = 'a: must have no control characters';
const decimal = 'a: must be a decimal number, such as 15000';
const web = 'a: must be a web address without credentials';
const table: [string, check.Check, string[]][] = [
  ['no name', check.checkName('a', undefined, 3), []],
  ['a name', check.checkName('a', 'abc', 3), []],
  ['an empty name', check.checkName('a', '', 3), [scarce]],
  ['a long name', check.checkName('a', 'abcd', 3), [scarce]],
  ['a name with a line break', check.checkName('a', 'a\n', 3), [controls]],
  ['a name with half a character', check.checkName('a', '\ud800', 3), [controls]],
  ['a name further in', check.checkName(['a', 'b'], '', 3), ['a.b: must have 1 to 3 characters']],
  ['no text', check.checkText('a', undefined, 3), []],
  ['a text with a line break', check.checkText('a', 'a\nb', 3), []],
  ['an empty text', check.checkText('a', '', 3), [scarce]],
  ['a long text', check.checkText('a', 'abcd', 3), [scarce]],
  ['a text with half a character', check.checkText('a', '\udc00', 3), [scarce]],
  ['no amount', check.checkAmount('a', undefined, { min: '1' }), []],
  ['the least amount', check.checkAmount('a', '1.0', { min: '1', max: '3' }), []],
  ['the greatest amount', check.checkAmount('a', '3', { min: '1', max: '3' }), []],
  ['too little', check.checkAmount('a', '0.99', { min: '1', max: '3' }), ['a: must be within 1 and 3']],
  ['too much', check.checkAmount('a', '3.01', { min: '1', max: '3' }), ['a: must be within 1 and 3']],
  ['too little without a greatest', check.checkAmount('a', '-1', { min: '0' }), ['a: must be at least 0']],
  ['too much without a least', check.checkAmount('a', '4', { max: '3' }), ['a: must be at most 3']],
  [
    'a digit beyond a double',
    check.checkAmount('a', '9007199254740993', { max: '9007199254740992' }),
    ['a: must be at most 9007199254740992'],
  ],
  ['no number', check.checkAmount('a', '1,5', {}), [decimal]],
  ['a number without an end', check.checkAmount('a', 'Infinity', {}), [decimal]],
  ['no address', check.checkUrl('a', undefined, 'INTERNET'), []],
  ['an address', check.checkUrl('a', 'http://shop.example/done?a=b', 'NEARBY'), []],
  ['another scheme', check.checkUrl('a', 'javascript:alert(1)', 'NEARBY'), [web]],
  ['credentials', check.checkUrl('a', 'https://user@shop.example', 'NEARBY'), [web]],
  [
    'http where it must be https',
    check.checkUrl('a', 'http://shop.example', 'NEARBY', ['https:']),
    ['a: must be an https address without credentials'],
  ],
  [
    'a nearby address where it must be the internet',
    check.checkUrl('a', 'https://10.0.0.1', 'INTERNET'),
    ['a: must lead to a host on the internet'],
  ],
  [
    'return addresses at any depth',
    check.checkReturnUrls(
      {
        a_url: 'http://10.0.0.1',
        note: 'http://10.0.0.1',
        CARDS: { deep: [{ returnUrl: 7 }], ok_url: 'https://a.id' },
      },
      'INTERNET',
      ['p'],
    ),
    ['p.a_url: must be an https address without credentials', 'p.CARDS.deep.0.returnUrl: must be a text'],
  ],
  ['no metadata', check.checkMetadata(undefined), []],
  ['metadata of its own limits', check.checkMetadata({ a: 'b' }, { entries: 1, keyLength: 1, valueLength: 1 }), []],
  [
    'too many entries',
    check.checkMetadata({ a: 1, b: 2 }, { entries: 1, keyLength: 1, valueLength: 1 }),
    ['metadata: must have at most 1 keys'],
  ],
  ['a list as metadata', check.checkMetadata([]), ['metadata: must be an object']],
  ['none at all', [undefined, [], [[undefined]]], []],
  ['several, nested', [check.problem('a', 'b'), [[check.problem(['c', 'd'], 'e')]]], ['a: b', 'c.d: e']],
];

for (const [name, checks, expected] of table) {
  test(`${name}: ${expected[0] ?? 'is right'}`, () => assert.deepEqual(problemsOf([checks]), expected));
}

const cardMessage = "card data must not pass through here: use Xendit's own components";
const cardNames = [
  ...[
    'card_details',
    'cardDetails',
    'CARD-DETAILS',
    'card details',
    'card_number',
    'cardNumber',
    'card-number',
    'Card.Number',
  ],
  ...[
    'cardno',
    'pan',
    'PAN',
    'primary_account_number',
    'cvn',
    'CVN',
    'cvv',
    'cvv2',
    'c_v_v',
    'cvc',
    'cvc2',
    'card_cvn',
  ],
  ...['cardCvv', 'securityCode', 'expiry_month', 'expiryYear', 'ｃｖｖ'],
];

for (const name of cardNames) {
  test(`card data is refused by the name ${name}, at any depth`, () => {
    assert.deepEqual(problemsOf([check.checkNoCards({ [name]: '4000' })]), [`${name}: ${cardMessage}`]);
    const nested = { items: [{}, { metadata: { a: [{ [name]: null }] } }] };
    assert.deepEqual(problemsOf([check.checkNoCards(nested)]), [`items.1.metadata.a.0.${name}: ${cardMessage}`]);
  });
}

const harmless = [
  'mid_label',
  'skip_three_ds',
  'account_number',
  'mobileNumber',
  'description',
  'company',
  'expires_at',
  'card',
];
for (const name of harmless) {
  test(`${name} is no card data`, () => assert.deepEqual(problemsOf([check.checkNoCards({ [name]: 'cvn' })]), []));
}

const cards: [properties: object, found: string[]][] = [
  [
    { card: { number: 'x', expiry: 'x', exp_month: 1, expYear: 2 } },
    ['card.number', 'card.expiry', 'card.exp_month', 'card.expYear'],
  ],
  [{ a: '4000 0000 0000 1000' }, ['a']],
  [{ a: [{ b: '4000-0000-0000-1000' }] }, ['a.0.b']],
  [{ a: 4000000000001000 }, ['a']],
  [{ a: '4000000000001001' }, []],
  [{ a: '400000001000' }, []],
  [{ virtual_account_number: '4000000000001000', account_mobile_number: '4000000000001000' }, []],
  [{ number: '12', expiry: '12/30' }, []],
];

for (const [properties, found] of cards) {
  test(`${JSON.stringify(properties)} has ${found.length === 0 ? 'no card data' : `a card’s ${found}`}`, () => {
    assert.deepEqual(
      problemsOf([check.checkNoCards({ channelProperties: properties })]),
      found.map((path) => `channelProperties.${path}: ${cardMessage}`),
    );
  });
}

test('a number with a check digit is a card’s only in what a channel is told', () => {
  assert.deepEqual(problemsOf([check.checkNoCards({ metadata: { order: '4000000000001000' } })]), []);
});

test('every place of card data is named, and no value is repeated', () => {
  const secret = '4000000000002503';
  const problems = problemsOf([check.checkNoCards({ cvn: secret, a: { pan: secret } }, ['metadata'])]);
  assert.deepEqual(problems, [`metadata.cvn: ${cardMessage}`, `metadata.a.pan: ${cardMessage}`]);
});

test('card data is found deeper than the stack is', () => {
  let input: unknown = { cvv: '123' };
  for (let depth = 0; depth < 50_000; depth += 1) input = [input];
  assert.equal(problemsOf([check.checkNoCards(input)]).length, 1);
});

test('what is absent is no card data, and neither is what is no object', () => {
  for (const input of [{ cardDetails: undefined }, undefined, null, 'cvn', 4000, ['cvn', 'pan']])
    assert.deepEqual(problemsOf([check.checkNoCards(input)]), []);
});
