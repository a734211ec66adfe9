import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type ExecutionResult, execute, parse } from 'graphql';
import { GatewayError } from '../../src/errors.ts';
import { createExecute } from '../../src/graphql/compiling.ts';
import { maskError } from '../../src/graphql/masking.ts';

const schema = makeExecutableSchema({
  typeDefs: /* GraphQL */ `
    interface Node { id: ID! }
    enum Status { OPEN PAID }
    scalar Time
    type Money { amount: String! currency: String! }
    type Code implements Node { id: ID! status: Status! amount: Money lines: [Line!]! broken: String! refused: String late: Int! at: Time }
    type Line implements Node { id: ID! text: String code: Code }
    type Mutation { echo: String }
    type Subscription { codeChanged(id: ID): Code }
    type Query { node(id: ID!): Node code(id: ID = "code-1", status: Status, first: Int): Code echo(text: String): String }
  `,
  resolvers: {
    Node: { __resolveType: ({ lines }: { lines?: unknown }) => (lines === undefined ? 'Line' : 'Code') },
    Query: {
      node: (_, { id }) => find(id),
      code: async (_, { id, status, first }) => ({ ...find(id), ...(status && { status }), first }),
      echo: (_, { text }) => text,
    },
    Mutation: { echo: () => 'echo' },
    Subscription: { codeChanged: { resolve: (told) => told } },
    Code: {
      broken: () => {
        throw new Error('a fault of ours');
      },
      refused: async () => {
        throw new GatewayError('NOT_FOUND', 'There is none');
      },
      late: async () => null,
    },
    Line: { code: () => find('code-1') },
  },
});

function find(id: string): object | null {
  if (id.startsWith('line')) return { id, text: null };
  if (!id.startsWith('code')) return null;
  const lines = ['line-1', 'line-2'].map((line) => ({ id: line, text: `text of ${line}` }));
  return { id, status: 'OPEN', amount: { amount: '15000', currency: 'IDR' }, lines, at: { toString: () => 'no time' } };
}

const told = find('code-1');

const operations: [what: string, text: string, variables?: Record<string, unknown>][] = [
  [
    'fields, aliases and lists',
    '{ a: code { id status amount { amount currency } lines { id text code { id } } } b: code { __typename } }',
  ],
  ['nothing', 'query ($id: ID!) { node(id: $id) { id } }', { id: 'nobody' }],
  [
    'an interface, by fragments',
    'query ($id: ID!) { node(id: $id) { __typename id ... on Code { status ...Lines } ... on Line { text } } } fragment Lines on Code { lines { id } }',
    { id: 'code-1' },
  ],
  [
    'what is left out and put in',
    'query ($with: Boolean!) { code { id @skip(if: $with) lines @include(if: $with) { id } status @include(if: true) } }',
    { with: true },
  ],
  [
    'arguments',
    'query ($status: Status, $first: Int = 3) { code(status: $status, first: $first) { status } }',
    { status: 'PAID' },
  ],
  ['a variable that is null', 'query ($id: ID) { code(id: $id) { id } }', {}],
  ['the words of an enum and numbers', '{ code(status: PAID, first: 12) { status } }'],
  ['a refusal', '{ code { id refused } }'],
  ['a fault where nothing may be missing', '{ code { id broken } }'],
  ['a null where nothing may be missing', '{ code { id late lines { id } } }'],
  [
    'what a stream tells',
    'subscription ($id: ID) { codeChanged(id: $id) { id lines { id text } refused } }',
    { id: 'code-1' },
  ],
  [
    'the contract',
    '{ __schema { queryType { name } } __type(name: $name) { name } }'.replace('(name: $name)', '(name: "Code")'),
  ],
];

/** As a caller would have it. */
function asCallersHaveIt({ data, errors }: ExecutionResult): unknown {
  return JSON.parse(JSON.stringify({ data, errors: errors?.map((error) => maskError(error, 'request')) }));
}

for (const [what, text, variableValues = {}] of operations) {
  test(`${what}: a function made for it answers as graphql does`, async () => {
    const args = { schema, document: parse(text), rootValue: told, variableValues, contextValue: {} };
    const expected = asCallersHaveIt(await execute(args));
    const compiled = createExecute(1);
    for (let time = 0; time < 3; time += 1)
      assert.deepEqual(withoutPlaces(asCallersHaveIt(await compiled(args))), withoutPlaces(expected));
  });
}

/** Of an error that graphql-jit itself finds it keeps no place in the document. */
function withoutPlaces(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer, (name, value) => (name === 'locations' ? undefined : value)));
}

test('a text that is written in a document is never taken for code', async () => {
  const magic = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d';
  const text = `${magic}0)+(globalThis.isTaken=true`;
  const execute = createExecute(1);
  for (const document of [`{ echo(text: "${text}") }`, `query ($text: String = "${text}") { echo(text: $text) }`]) {
    assert.deepEqual(asCallersHaveIt(await execute({ schema, document: parse(document) })), { data: { echo: text } });
  }
  assert.equal('isTaken' in globalThis, false);
});

test('an answer may have any name', async () => {
  const answer = await createExecute(1)({ schema, document: parse('{ __proto__: echo constructor: echo }') });
  assert.equal(JSON.stringify(answer.data), '{"__proto__":null,"constructor":null}');
});

for (const [kind, text, last] of [
  ['a query', '{ code { id } }', 'function'],
  ['what a stream tells', 'subscription { codeChanged { id } }', 'function'],
  ['a mutation', 'mutation { echo }', 'graphql'],
] as const) {
  test(`${kind} that was executed nine times is executed by ${last === 'graphql' ? 'graphql still' : 'a function'}`, async () => {
    const asked = parse(text);
    const compiled = createExecute();
    const kinds = [];
    for (let time = 1; time <= 11; time += 1) {
      const { data } = await compiled({ schema, document: asked, rootValue: told });
      // graphql's own answers have no prototype.
      kinds.push(Object.getPrototypeOf(data) === null ? 'graphql' : 'function');
    }
    assert.deepEqual(kinds, [...Array(9).fill('graphql'), last, last]);
  });
}
