import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type GraphQLError, getIntrospectionQuery } from 'graphql';
import { readRules } from '../../src/app/rules.ts';
import { type Environment, readConfig } from '../../src/config.ts';
import { createAdmission } from '../../src/graphql/admission.ts';
import { maskError } from '../../src/graphql/masking.ts';
import type { OperationRequest } from '../../src/graphql/operation.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { attacks } from '../support/attacks.ts';
import { anyone } from '../support/callers.ts';

const schema = createSchema();
const rules = await readRules(readConfig({}));

function mistakesIn(request: OperationRequest, rulesOfAll = rules): readonly GraphQLError[] {
  const operation = createAdmission(schema, rulesOfAll).read(request, anyone);
  return Array.isArray(operation) ? operation : [];
}

/** The CPU that it took, in milliseconds. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

for (const { name, refusedBy, query, variables } of attacks) {
  test(`${name}: refused by ${refusedBy}, cheaply and in few words`, () => {
    let mistakes: readonly GraphQLError[] = [];
    let told = '';
    const spentMs = cpuMs(() => {
      mistakes = mistakesIn({ query, variables });
      told = JSON.stringify({ errors: mistakes.map((error) => maskError(error, crypto.randomUUID())) });
    });
    const [first] = mistakes;
    assert.ok(first, 'it was let through');
    const limit = first.extensions.limit as { name: string } | undefined;
    assert.equal(limit?.name ?? first.extensions.code, refusedBy);
    if (limit !== undefined) assert.equal(mistakes.length, 1);
    assert.ok(spentMs < 250, `${spentMs} ms`);
    assert.ok(Buffer.byteLength(told) < 16_384, `${Buffer.byteLength(told)} bytes`);
  });
}

/** Every operation of a text, by the backquotes or the fences that it stands between. */
async function operationsIn(path: string, pattern: RegExp): Promise<string[]> {
  const text = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  return [...text.matchAll(pattern)].map(([, operation = '']) => operation);
}

test('what the README and the demo ask is within the limits, with much to spare', async () => {
  const operations = [
    ...(await operationsIn('README.md', /```graphql\n([\s\S]*?)```/g)),
    ...(await operationsIn('src/demo.ts', /`((?:query|mutation|subscription) [^`]*)`/g)),
  ];
  assert.equal(operations.length, 9);
  for (const query of operations) {
    const variables = { id: 'order-1', input: { externalId: 'order-1', type: 'DYNAMIC', idempotencyKey: 'order-1' } };
    const operation = createAdmission(schema, rules).read({ query, variables }, anyone);
    assert.ok('document' in operation, query);
    assert.ok(operation.cost.requested * 10 < operation.cost.limit, `${operation.cost.requested}: ${query}`);
  }
});

const introspection = getIntrospectionQuery({
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

test('the query that every tool asks about the contract is within the limits', () => {
  assert.deepEqual(mistakesIn({ query: introspection }), []);
});

test('where the contract isn’t told, no question about it is answered and no name suggested', () => {
  const closed = { ...rules, introspection: false };
  const [first] = mistakesIn({ query: introspection }, closed);
  assert.match(first?.message ?? '', /introspection has been disabled/);
  assert.equal(first?.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  const misspelt = { query: '{ xenditBudge { limit } }' };
  assert.match(mistakesIn(misspelt)[0]?.message ?? '', /Did you mean "xenditBudget"\?/);
  assert.equal(mistakesIn(misspelt, closed)[0]?.message, 'Cannot query field "xenditBudge" on type "Query".');
  assert.deepEqual(mistakesIn({ query: '{ __typename }' }, closed), []);
});

const justWithin: [name: string, environment: Environment, query: string][] = [
  ['15 aliases', {}, `{ ${Array.from({ length: 15 }, (_, n) => `a${n}: __typename`).join(' ')} }`],
  ['300 fields', {}, `{ ${'__typename '.repeat(300)} }`],
  ['20 directives', {}, `{ ${'__typename @skip(if: false) '.repeat(20)} }`],
  ['100 entries', {}, `{ activity(filter: { kinds: [${'CREATED '.repeat(100)}] }) { __typename } }`],
  [
    '6 levels',
    { GRAPHQL_MAX_DEPTH: '6' },
    '{ qrCode(externalId: "1") { payments { edges { node { amount { amount } } } } } }',
  ],
  ['one payment', {}, 'mutation { createQrCode: simulateQrPayment(input: { externalId: "1" }) { __typename } }'],
  [
    'one refund, and what moves no money',
    {},
    'mutation { cancelRefund(id: "1") { __typename } redriveWebhookEvent(id: "1") { __typename } }',
  ],
  [
    'a payment in each of two operations',
    {},
    'mutation a { cancelRefund(id: "1") { __typename } } mutation b { cancelRefund(id: "1") { __typename } }',
  ],
  [
    '1,000 tokens',
    { GRAPHQL_MAX_LIST: '1000' },
    `{ activity(filter: { kinds: [${'CREATED '.repeat(984)}] }) { __typename } }`,
  ],
  ['10,000 characters', {}, `{ __typename }${' '.repeat(10_000 - 14)}`],
];

for (const [name, environment, query] of justWithin) {
  test(`${name}: allowed`, async () => {
    const own = await readRules(readConfig(environment));
    assert.deepEqual(mistakesIn({ query, operationName: query.includes('mutation b') ? 'b' : undefined }, own), []);
  });
}
