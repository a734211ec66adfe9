import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getOperationAST, parse } from 'graphql';
import { costOf } from '../../../src/graphql/limits/cost.ts';
import { createSchema } from '../../../src/graphql/schema.ts';

const schema = createSchema();

function cost(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  const operation = getOperationAST(document);
  assert.ok(operation);
  return costOf(schema, document, operation, variables);
}

const thirty = Array.from({ length: 30 }, () => 'id').join(' ');
const inVariables = (type: string) => `query ($n: ${type}) { activity(first: $n) { edges { cursor } } }`;

const drawn = (variables: string) => `query (${variables}) { qrCode(externalId: "1") { image(format: $f, size: $s) } }`;

const representations = (byDefault: string) =>
  `query ($r: [_Any!]!${byDefault}) { _entities(representations: $r) { ... on Payment { refunds { edges { cursor } } } } }`;

const costs: [name: string, requested: number, query: string, variables?: Record<string, unknown>][] = [
  ['a field', 1, '{ __typename }'],
  ['fields within a field', 3, '{ qrCode(externalId: "1") { id status } }'],
  ['a list', 1 + 10 * 2, '{ xenditBudget { limit remaining } }'],
  ['a list of words', 2, '{ paymentSession(id: "1") { allowedPaymentChannels } }'],
  ['a page of the usual size', 2 + 20, '{ activity { edges { cursor } } }'],
  ['a page whose usual size is another', 2 + 10, '{ qrPayments(externalId: "1") { edges { cursor } } }'],
  ['a page of 3', 2 + 3, '{ activity(first: 3) { edges { cursor } } }'],
  ['a page by variable', 2 + 7, inVariables('Int'), { n: 7 }],
  ['a page by the default of a variable', 2 + 5, inVariables('Int = 5')],
  ['a page by a variable that is null', 2 + 20, inVariables('Int = 5'), { n: null }],
  ['a page by a variable that isn’t given', 2 + 20, inVariables('Int')],
  ['a page by a variable that is no number', 2 + 20, inVariables('Int'), { n: 'many' }],
  ['a page of none', 2 + 1, '{ activity(first: 0) { edges { cursor } } }'],
  ['a page of fewer than none', 2 + 1, inVariables('Int'), { n: -99 }],
  ['a page of any size', 2 + 2_147_483_647, '{ activity(first: 2147483647) { edges { cursor } } }'],
  ['what a page has once', 4, '{ activity(first: 100) { pageInfo { hasNextPage endCursor } } }'],
  ['a page of 100 with 30 fields', 2 + 100 * 31, `{ paymentRequests(first: 100) { edges { node { ${thirty} } } } }`],
  [
    'pages within a page',
    2 + 4 * (2 + 2 + 5 * 2),
    '{ qrCodes(first: 4) { edges { cursor node { payments(first: 5) { edges { node { id } } } } } } }',
  ],
  ['a list within a page', 2 + 3 * (2 + 10), '{ paymentRequests(first: 3) { edges { node { actions { value } } } } }'],
  [
    'an alias',
    2 * (2 + 3),
    '{ a: activity(first: 3) { edges { cursor } } b: activity(first: 3) { edges { cursor } } }',
  ],
  ['a fragment below', 2 + 3, '{ activity(first: 3) { ...F } } fragment F on ActivityConnection { edges { cursor } }'],
  [
    'one fragment below two pages',
    2 * 2 + 3 + 9,
    '{ a: activity(first: 3) { ...F } b: activity(first: 9) { ...F } } fragment F on ActivityConnection { edges { ... { cursor } } }',
  ],
  ['a picture in SVG', 1 + 1 + 20, '{ qrCode(externalId: "1") { image } }'],
  ['a picture in PNG', 1 + 1 + 33, '{ qrCode(externalId: "1") { image(format: PNG) } }'],
  ['the largest picture', 1 + 1 + 525, '{ qrCode(externalId: "1") { image(format: PNG, size: 1024) } }'],
  ['a picture by variables', 1 + 1 + 525, drawn('$f: ImageFormat, $s: Int'), { f: 'PNG', s: 1_024 }],
  ['a picture by the defaults of variables', 1 + 1 + 525, drawn('$f: ImageFormat = PNG, $s: Int = 1024')],
  ['a picture by variables that are null', 1 + 1 + 20, drawn('$f: ImageFormat, $s: Int'), { f: null, s: null }],
  ['a page of codes with a picture each', 2 + 20 * (1 + 1 + 20), '{ qrCodes { edges { node { image } } } }'],
  [
    'a page of 100 with the largest picture each',
    2 + 100 * (1 + 1 + 525),
    '{ qrCodes(first: 100) { edges { node { image(format: PNG, size: 1024) } } } }',
  ],
  ['either of two types', 2 + 1 + 1, '{ node(id: "1") { id ... on Refund { status } ... on Payment { status } } }'],
  ['three representations', 1 + 3 * 2, '{ _entities(representations: [{}, {}, {}]) { ... on Payment { id status } } }'],
  [
    'representations by a variable',
    1 + 50 * (2 + 20),
    representations(''),
    { r: Array.from({ length: 50 }, () => ({})) },
  ],
  ['representations by the default of a variable', 1 + 2 * (2 + 20), representations(' = [{}, {}]')],
  ['a representation that stands for a list', 1 + 1 * (2 + 20), representations(''), { r: {} }],
  ['the contract of a subgraph', 2, '{ _service { sdl } }'],
  ['the contract', 4, '{ __schema { types { fields { name } } } }'],
  ['a subscription', 3, 'subscription { qrCodeChanged(externalId: "1") { qrCode { status } } }'],
];

for (const [name, requested, query, variables] of costs) {
  test(`${name} comes to ${requested}`, () => assert.equal(cost(query, variables), requested));
}
