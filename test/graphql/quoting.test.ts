import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema } from 'graphql';
import { readRules } from '../../src/app/rules.ts';
import { readConfig } from '../../src/config.ts';
import { createAdmission } from '../../src/graphql/admission.ts';
import { maskError } from '../../src/graphql/masking.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { anyone } from '../support/callers.ts';

const schema = buildSchema(`
  enum Kind { PAID UNPAID }
  input Filter { kind: Kind, kinds: [Kind!], note: String, most: Int }
  type Query { list(first: Int, filter: Filter): String }
`);

const rules = await readRules(readConfig({}));
const admission = createAdmission(schema, rules);

/** What a caller is told of a request that is wrong. */
function told(query: string, variables?: Record<string, unknown>): string[] {
  const read = admission.read({ query, variables }, anyone);
  assert.ok(!('document' in read), 'nothing is wrong with it');
  return read.map((error) => maskError(error, 'id').message);
}

const withFirst = 'query ($first: Int) { list(first: $first) }';
const withFilter = 'query ($filter: Filter) { list(filter: $filter) }';
const secret = 'hush "; Expected it';
const literal = JSON.stringify(secret);
const ofFirst = 'Variable "$first" got invalid value [redacted]';
const ofFilter = 'Variable "$filter" got invalid value [redacted]';
const ofEnum = 'does not exist in "Kind" enum.';

const mistakes: [what: string, query: string, variables: Record<string, unknown> | undefined, message: string][] = [
  ['a variable', withFirst, { first: secret }, `${ofFirst}; Int cannot represent non-integer value: [redacted]`],
  [
    'a variable further in',
    withFilter,
    { filter: { note: { a: secret } } },
    `${ofFilter} at "filter.note"; String cannot represent a non string value: [redacted]`,
  ],
  [
    'a word of an enum that could be none',
    withFilter,
    { filter: { kinds: ['hush hush'] } },
    `${ofFilter} at "filter.kinds[0]"; Value [redacted] ${ofEnum}`,
  ],
  [
    'a word of an enum that could be one',
    withFilter,
    { filter: { kind: 'PAYED' } },
    `${ofFilter} at "filter.kind"; Value "PAYED" ${ofEnum} Did you mean the enum value "PAID"?`,
  ],
  ['a literal', `{ list(first: ${literal}) }`, undefined, 'Int cannot represent non-integer value: [redacted]'],
  ['what can not be parsed', `{ list ${literal} }`, undefined, 'Syntax Error: Expected Name, found String [redacted]'],
  ['what stands nowhere', '{ liste }', undefined, 'Cannot query field "liste" on type "Query". Did you mean "list"?'],
  [
    'a text that is too long to be read',
    withFirst,
    { first: `; Value "${'x'.repeat(1_000)}` },
    'Variable "$first" got invalid value [redacted]',
  ],
  [
    'an e-mail address as a name',
    withFilter,
    { filter: { 'budi@example.com': 1 } },
    `${ofFilter}; Field "[redacted]" is not defined by type "Filter".`,
  ],
];

test('a time that is none is told without its words', () => {
  const graph = createAdmission(createSchema(), rules);
  const query = 'query ($from: DateTime) { qrPayments(externalId: "1", from: $from) { __typename } }';
  const asked = [
    graph.read({ query, variables: { from: 'mary smith, jalan sudirman 5' } }, anyone),
    graph.read({ query: query.replaceAll('$from', '"mary smith"').replace('("mary smith": DateTime)', '') }, anyone),
  ];
  assert.deepEqual(
    asked.map((read) => ('document' in read ? assert.fail() : maskError(read[0] ?? assert.fail(), 'id').message)),
    [
      'Variable "$from" got invalid value [redacted]; DateTime cannot represent an invalid date-time-string',
      'DateTime cannot represent an invalid date-time-string',
    ],
  );
});

test('where the contract isn’t told, variables don’t tell it either', () => {
  const closed = createAdmission(schema, { ...rules, introspection: false });
  const read = closed.read({ query: withFilter, variables: { filter: { kind: 'PAYED', knd: 1 } } }, anyone);
  const messages = 'document' in read ? assert.fail() : read.map(({ message }) => message);
  assert.equal(messages.length, 2);
  for (const message of messages) assert.doesNotMatch(message, /Did you mean/);
});

for (const [what, query, variables, message] of mistakes) {
  test(`of ${what} a caller is told what is wrong, and no value`, () =>
    assert.deepEqual(told(query, variables), [message]));
}
