import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, isJsonObject, objectOf, parseJson, scalarText, textOf } from '../../src/model/json.ts';

const sameAfterRoundTrip = [
  '10000.01',
  '9007199254740993',
  '0.1',
  '1e400',
  '-0',
  '1.0',
  '1E+2',
  '0.30000000000000004',
  '12345678901234567890.123456789',
  '{"amount":10000.10,"nested":[{"big":9007199254740993}]}',
  '{"__proto__":{"a":1}}',
  '"\\u0000"',
  '"\\ud800"',
  'null',
  '[]',
];

for (const text of sameAfterRoundTrip) {
  test(`${text} is the same after a round trip`, () => {
    assert.equal(JSON.stringify(parseJson(text)), text);
  });
}

/** JSON as text, its numbers in every way that they can be written; `blank` stands around each mark. */
function jsonText(blank: string): fc.Arbitrary<string> {
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.stringMatching(/^-?(0|[1-9]\d{0,17})(\.\d{1,3})?([eE][+-]?\d{1,3})?$/),
      fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
      fc.constantFrom('null', 'true', '":-0"', '",1.0"', '"[12345678901234567"'),
      fc.array(tie('value'), { maxLength: 4 }).map((all) => `[${blank}${all.join(`${blank},${blank}`)}${blank}]`),
      fc
        .array(tie('value'), { maxLength: 4 })
        .map((all) => `{${all.map((one, index) => `"k${index}"${blank}:${blank}${one}`).join(`${blank},`)}}`),
    ),
  }));
  return value;
}

test('whatever is written, and however its numbers are, is the same after a round trip', () => {
  fc.assert(
    fc.property(jsonText(''), (text) => {
      assert.equal(JSON.stringify(parseJson(text)), text);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(jsonText(' \n'), (text) => {
      const numbers = (written: string) => written.replace(/"(\\.|[^"])*"/g, '').match(/-?\d[\d.eE+-]*/g);
      assert.deepEqual(numbers(JSON.stringify(parseJson(text))), numbers(text));
    }),
    { numRuns: 2_000 },
  );
});

test('a number that a double holds is a number', () => {
  assert.deepEqual(parseJson('[15000, 0.5, -1]'), [15000, 0.5, -1]);
});

for (const text of ['', '{', '{"a":}', "{'a':1}", '01', 'NaN', '[1,]', '\u00a0']) {
  test(`${JSON.stringify(text)} is no JSON`, () => assert.throws(() => parseJson(text), SyntaxError));
}

const big = parseJson('9007199254740993');
const texts: [unknown, string | undefined, string | undefined][] = [
  // value, scalarText, textOf
  ['text', 'text', 'text'],
  ['', '', undefined],
  [15000, '15000', undefined],
  [big, '9007199254740993', undefined],
  [true, undefined, undefined],
  [null, undefined, undefined],
  [undefined, undefined, undefined],
  [{}, undefined, undefined],
  [['a'], undefined, undefined],
];

for (const [value, scalar, text] of texts) {
  test(`${JSON.stringify(value)} as a scalar is ${scalar}, as a text ${text}`, () => {
    assert.equal(scalarText(value), scalar);
    assert.equal(textOf(value), text);
  });
}

test('only an object is an object', () => {
  for (const other of [null, undefined, [], 'text', 1, big]) {
    assert.equal(isJsonObject(other), false);
    assert.equal(objectOf(other), undefined);
  }
  assert.equal(isJsonObject({}), true);
  assert.deepEqual(objectOf({ a: 1 }), { a: 1 });
});

test('canonical text is the same for the same content, whatever the order of its keys', () => {
  const one = { b: 1, a: { d: [1, { f: 1, e: 2 }], c: undefined } };
  const other = { a: { d: [1, { e: 2, f: 1 }] }, b: 1 };
  assert.equal(canonicalJson(one), '{"a":{"d":[1,{"e":2,"f":1}]},"b":1}');
  assert.equal(canonicalJson(other), canonicalJson(one));
  assert.equal(canonicalJson({ n: big }), '{"n":9007199254740993}');
  assert.equal(canonicalJson({ b: new Date(0), a: '' }), '{"a":"","b":"1970-01-01T00:00:00.000Z"}');
  assert.equal(canonicalJson(parseJson('{"b":1,"__proto__":2}')), '{"__proto__":2,"b":1}');
  assert.notEqual(canonicalJson([1, 2]), canonicalJson([2, 1]));
});
