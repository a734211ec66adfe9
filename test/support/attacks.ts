import type { LimitName } from '../../src/graphql/limits/limits.ts';

/** An operation that is meant to cost more than it may. */
export interface Attack {
  name: string;
  query: string;
  variables?: Record<string, unknown>;
  /** The limit that it breaks; otherwise the code that graphql itself refuses it with. */
  refusedBy: LimitName | 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED' | 'BAD_USER_INPUT';
}

const tooLong = 'GRAPHQL_PARSE_FAILED';
const wrong = 'GRAPHQL_VALIDATION_FAILED';

/** Attacks by what refuses them, with the limits that a gateway has unless told otherwise. */
const byRefusal: [Attack['refusedBy'], Record<string, string>][] = [
  [
    'aliases',
    {
      '16 aliases': `{ ${times(16, (n) => `a${n}: xenditBudget { limit }`)} }`,
      '16 aliased __typename': `{ ${times(16, (n) => `a${n}: __typename`)} }`,
      '101 aliases': `{ ${times(101, (n) => `a${n}: __typename`)} }`,
      'aliases in a fragment': `{ ${times(4, () => '...F')} } ${fragment('F', 'a: x b: x c: x d: x')}`,
      '60 aliased payments': `mutation { ${times(60, (n) => pay(`a${n}:`))} }`,
      '60 aliased guesses': `{ ${times(60, (n) => `a${n}: node(id: "${n}") { id }`)} }`,
    },
  ],
  [
    'selections',
    {
      '301 times the same field': `{ ${times(301, () => '__typename')} }`,
      '500 times the same field': `{ ${times(500, () => '__typename')} }`,
      'fields that don’t exist': `{ ${times(301, (n) => `a${n}`)} }`,
      '15 × 15 inline fragments': `{ ${times(15, () => `... { ${times(15, () => '... { a }')} }`)} }`,
      'a fragment that nothing spreads': `{ a } ${fragment(
        'F',
        times(301, () => 'a'),
      )}`,
      '30 fragments, each twice the next': `{ ...F0 } ${doublings('F', 30)}`,
      '30 fragments called after __schema': `query __schema { ...__schema0 } ${doublings('__schema', 30)}`,
    },
  ],
  [
    'depth',
    {
      '11 levels': nested(11),
      '299 levels': nested(299),
      '11 levels through a fragment': `{ a { a { a { a { a { ...F } } } } } } ${fragment('F', nested(6).slice(1, -1))}`,
      '11 levels in an operation called __schema': `query __schema ${nested(11)}`,
      '11 levels in a fragment called __schema': `{ ...__schema } ${fragment('__schema', nested(11).slice(1, -1))}`,
      '12 levels below the alias __schema': `{ __schema: a ${nested(11)} }`,
    },
  ],
  [
    'introspectionDepth',
    {
      '21 levels from __schema on': `{ __schema ${nested(20)} }`,
      '21 levels from __type on, in a fragment': `{ ...F } ${fragment('F', `__type(name: "Query") ${nested(20)}`)}`,
    },
  ],
  [
    'directives',
    {
      '21 directives': `{ __typename ${times(21, () => '@skip(if: false)')} }`,
      '51 directives': `{ __typename ${times(51, () => '@skip(if: false)')} }`,
      '21 directives in all places': `query ($a: ID @b) @a { ...F @c ... @d { a @e } } ${fragment(
        'F',
        times(16, () => 'a @f'),
      )}`,
    },
  ],
  [
    'list',
    {
      '101 entries written': `{ activity(filter: { kinds: [${times(101, () => 'CREATED')}] }) { __typename } }`,
      '101 representations written': `{ _entities(representations: [${times(101, () => '{}')}]) { __typename } }`,
    },
  ],
  [
    'nesting',
    {
      '21 lists written': `{ activity(filter: ${'['.repeat(21)}${']'.repeat(21)}) { __typename } }`,
      '200 objects written': `{ activity(filter: ${'{a:'.repeat(200)}1${'}'.repeat(200)}) { __typename } }`,
    },
  ],
  [
    'moneyMovingFields',
    {
      'two payments': `mutation { ${pay('a:')} ${pay('b:')} }`,
      'the same payment twice': `mutation { ${pay()} ${pay()} }`,
      'two kinds of moving money':
        'mutation { cancelRefund(id: "1") { __typename } cancelPayment(id: "1") { __typename } }',
      'payments in fragments': `mutation { ...F ... { ... on Mutation { ${pay('b:')} } } } fragment F on Mutation { ${pay('a:')} }`,
      'a fragment with a payment, twice': `mutation { ...F ...F } fragment F on Mutation { ${pay()} }`,
    },
  ],
  [
    'cost',
    {
      'a page of 99,999,999': '{ activity(first: 99999999) { edges { cursor } } }',
      'pages of 100 within a page of 100':
        '{ paymentRequests(first: 100) { edges { node { payments(first: 100) { edges { cursor } } } } } }',
      'pages of 100 of 50 representations': `{ _entities(representations: [${times(50, () => '{}')}]) {
        ... on PaymentRequest { payments(first: 100) { edges { cursor } } }
      } }`,
    },
  ],
  [
    tooLong,
    {
      '20,000 aliases': `{ ${times(20_000, (n) => `a${n}: __typename`)} }`,
      '1,000 times the same field': `{ ${times(1_000, () => '__typename')} }`,
      '30,000 times the same field': `{ ${times(30_000, () => '__typename')} }`,
      '20 × 20 inline fragments': `{ ${times(20, () => `... { ${times(20, () => '... { a }')} }`)} }`,
      '200 × 100 inline fragments': `{ ${times(200, () => `... { ${times(100, () => '... { a }')} }`)} }`,
      '1,000 levels': nested(1_000),
      '5,000 levels': nested(5_000),
      '2,000 directives': `{ __typename ${times(2_000, () => '@a')} }`,
      '100 aliased payments': `mutation { ${times(100, (n) => pay(`a${n}:`))} }`,
      '1,001 tokens': `{ ${times(999, () => 'a')} }`,
      'a comment of 16 KiB': `#${' '.repeat(16_384)}\n{ __typename }`,
      'comments of 16 KiB': `${'#\n'.repeat(8_192)}{ __typename }`,
      'commas of 16 KiB': `{ __typename ${','.repeat(16_384)} }`,
    },
  ],
  [
    wrong,
    {
      '10 unknown directives': `{ __typename ${times(10, (n) => `@a${n}`)} }`,
      'fragments that spread each other': `{ ...A } ${fragment('A', '...B')} ${fragment('B', '...A')}`,
      'a fragment that spreads itself': `{ ...A } ${fragment('A', 'node(id: "1") { ...A }')}`,
      'unknown variables in an operation with a long name': `query ${'q'.repeat(8_000)} { ${times(60, () => 'node(id: $a) { id }')} }`,
    },
  ],
];

const listed = 'query ($kinds: [ChangeKind!]) { activity(filter: { kinds: $kinds }) { __typename } }';

const byVariables: Attack[] = [
  { name: 'a list of 101 given', refusedBy: 'list', query: listed, variables: { kinds: Array(101).fill('CREATED') } },
  { name: 'a list of 100,000 given', refusedBy: 'list', query: listed, variables: { kinds: Array(100_000).fill(1) } },
  {
    name: 'a list of 100,000 within an input',
    refusedBy: 'list',
    query: 'query ($filter: ActivityFilter) { activity(filter: $filter) { __typename } }',
    variables: { filter: { kinds: Array(100_000).fill(1) } },
  },
  {
    name: '10,000 representations',
    refusedBy: 'list',
    query: 'query ($given: [_Any!]!) { _entities(representations: $given) { __typename } }',
    variables: { given: Array(10_000).fill({ __typename: 'Payment', id: 'py-1' }) },
  },
  { name: 'lists nested 21 deep', refusedBy: 'nesting', query: listed, variables: { kinds: nestedList(21) } },
  { name: 'lists nested 10,000 deep', refusedBy: 'nesting', query: listed, variables: { kinds: nestedList(10_000) } },
  {
    name: '11 lists of 100 given',
    refusedBy: 'variableValues',
    query: listed,
    variables: { kinds: Array(11).fill(Array(100).fill(1)) },
  },
  {
    name: 'variables that nobody asked for',
    refusedBy: 'variableValues',
    query: '{ __typename }',
    variables: Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`v${n}`, n])),
  },
  {
    name: '100 wrong values',
    refusedBy: 'BAD_USER_INPUT',
    query: listed,
    variables: { kinds: Array(100).fill('…'.repeat(400)) },
  },
  ...['; Value "', ' does not exist in ', '"; Expected ', 'value: ', ' at "'].map(
    (words): Attack => ({
      name: `240,000 characters of ${JSON.stringify(words)} as the name of a field`,
      refusedBy: 'BAD_USER_INPUT',
      query: 'query ($filter: ActivityFilter) { activity(filter: $filter) { __typename } }',
      variables: { filter: { [words.repeat(240_000 / words.length)]: 1 } },
    }),
  ),
  {
    name: '240,000 characters as a time',
    refusedBy: 'BAD_USER_INPUT',
    query: 'query ($from: DateTime) { qrPayments(externalId: "1", from: $from) { __typename } }',
    variables: { from: '; Value "'.repeat(26_000) },
  },
  {
    name: 'a page of 99,999,999 given',
    refusedBy: 'cost',
    query: 'query ($first: Int) { activity(first: $first) { edges { cursor } } }',
    variables: { first: 99_999_999 },
  },
];

export const attacks: Attack[] = [
  ...byRefusal.flatMap(([refusedBy, queries]) =>
    Object.entries(queries).map(([name, query]) => ({ name, query, refusedBy })),
  ),
  ...byVariables,
];

function times(count: number, write: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => write(n)).join(' ');
}

function nested(levels: number): string {
  return '{ a '.repeat(levels) + '}'.repeat(levels);
}

function nestedList(levels: number): unknown[] {
  let list: unknown[] = [];
  for (let level = 1; level < levels; level++) list = [list];
  return list;
}

function fragment(name: string, selections: string): string {
  return `fragment ${name} on Query { ${selections} }`;
}

function doublings(name: string, count: number): string {
  return (
    times(count, (n) => fragment(`${name}${n}`, `...${name}${n + 1} ...${name}${n + 1}`)) +
    fragment(`${name}${count}`, 'a')
  );
}

function pay(alias = ''): string {
  return `${alias} simulateQrPayment(input: { externalId: "1" }) { __typename }`;
}
