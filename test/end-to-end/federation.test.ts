import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertCompositionSuccess, composeServices, sortSDL } from '@theguild/federation-composition';
import { buildSchema, parse, print } from 'graphql';
import { jwtSecret, signToken } from '../support/callers.ts';
import type { Scope } from '../support/database.ts';
import { startGateway } from '../support/gateway.ts';
import { codeOf, type Line, linesWith, type Told, transports } from '../support/lines.ts';
import { ordersSdl, type Representation, referencesOf } from '../support/orders.ts';
import { createRequest, newName, onShared } from '../support/payments.ts';
import { createCode, sandboxOf } from '../support/qr-codes.ts';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/federation.md');

/** A gateway for which nothing that it knows is fresh, and that knows its callers. */
const testOnGateway = onShared((t: Scope) =>
  startGateway(t, { AUTH_JWT_SECRET: jwtSecret, READ_MAX_AGE_MS: '0', WATCH_TOKEN_SECRET: jwtSecret }),
);

const shown = /* GraphQL */ `
  __typename
  ... on PaymentRequest { id amount { amount currency } }
  ... on QrCode { id externalId status }
`;

type Entity = { __typename: string; [field: string]: unknown } | null;

function find(
  { ask }: Pick<Line, 'ask'>,
  representations: readonly unknown[],
  selection = shown,
): Promise<Told<{ _entities: Entity[] }>> {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;
  return ask<{ _entities: Entity[] }>(query, { representations });
}

/** Composed by the names of its types, so that what is the same reads the same. */
function supergraphOf(payments: string, orders = ordersSdl): string {
  const composed = composeServices([
    { name: 'payments', url: 'http://localhost:4000/graphql', typeDefs: parse(payments) },
    { name: 'orders', url: 'http://localhost:4001/graphql', typeDefs: parse(orders) },
  ]);
  assertCompositionSuccess(composed);
  buildSchema(composed.publicSdl);
  return print(sortSDL(composed.supergraphDocumentNode));
}

testOnGateway('what the gateway serves, and its contract, compose with another subgraph', async (_t, { ask }) => {
  const { data } = await ask<{ _service: { sdl: string } }>('{ _service { sdl } }');
  const sdl = data?._service.sdl ?? '';
  const files = readdirSync(join(root, 'schema')).map((name) => readFileSync(join(root, 'schema', name), 'utf8'));
  const supergraph = supergraphOf(sdl);
  assert.equal(supergraph, supergraphOf(files.join('\n')));
  const [, documented = ''] = /```graphql\n(extend schema[\s\S]*?)```/.exec(readFileSync(page, 'utf8')) ?? [];
  assert.match(supergraphOf(sdl, documented), /order\(id: ID!\): Order @join__field\(graph: ORDERS\)/);
  for (const part of [
    /type PaymentRequest [^{]*@join__type\(graph: ORDERS, key: "id", resolvable: false\)/,
    /type PaymentRequest [^{]*@join__type\(graph: PAYMENTS, key: "id"\)/,
    /type QrCode [^{]*@join__type\(graph: PAYMENTS, key: "externalId"\)/,
    /order: Order @join__field\(graph: ORDERS\)/,
    /type Money @join__type\(graph: ORDERS\) @join__type\(graph: PAYMENTS\)/,
    /qrCodeChanged\([^)]*\): QrCodeChange!/,
    /"""\s*An amount in major units of its currency/,
    /"""\s*A moment in UTC/,
    /UNKNOWN @join__enumValue\(graph: PAYMENTS\)/,
    /input RefundedInput [^{]*@oneOf/,
  ])
    assert.match(supergraph, part);
  assert.doesNotMatch(supergraph, /@(access|movesMoney|draws)|_entities|_service/);
});

testOnGateway('what another subgraph refers to is found at once, and Xendit isn’t asked', async (_t, gateway) => {
  const orders: { requestId: string; externalId: string }[] = [];
  for (const _ of Array.from({ length: 10 })) {
    const [{ id }, { externalId }] = await Promise.all([createRequest(gateway), createCode(gateway, newName('code'))]);
    orders.push({ requestId: id, externalId });
  }
  const { record } = sandboxOf(gateway);
  const before = record.requests.length;
  const { data, errors } = await find(gateway, await referencesOf(orders));
  assert.equal(errors, undefined);
  assert.partialDeepStrictEqual(
    data?._entities,
    orders.flatMap(({ requestId, externalId }) => [
      { __typename: 'PaymentRequest', id: requestId, amount: { amount: '15000', currency: 'IDR' } },
      { __typename: 'QrCode', externalId, status: 'ACTIVE' },
    ]),
  );
  assert.equal(record.requests.length, before);
});

/** What isn't there, for whoever asks. */
const unknown: [name: string, representation: Representation][] = [
  ['an id that nothing has', { __typename: 'PaymentRequest', id: 'pr-11111111-1111-4111-8111-111111111111' }],
  ['an empty id', { __typename: 'Payment', id: '' }],
  ['an id of another type', { __typename: 'Refund', id: 'pr-11111111-1111-4111-8111-111111111111' }],
  ['a path', { __typename: 'Customer', id: '../balance' }],
  ['what the database can’t hold', { __typename: 'PaymentSession', id: 'ps-\0\ud800' }],
  ['a name that the database can’t hold', { __typename: 'QrCode', externalId: 'a\0\ud800' }],
  ['a very long name', { __typename: 'QrCode', externalId: 'x'.repeat(5_000) }],
  ['an id called as a prototype', { __typename: 'PaymentToken', id: '__proto__' }],
];

/** What names nothing, with the field that is wrong. */
const malformed: [name: string, representation: unknown, wrong: string][] = [
  ['nothing in it', {}, '__typename'],
  ['no object', 7, '__typename'],
  ['a text', 'PaymentRequest', '__typename'],
  ['a list', [[]], '__typename'],
  ['a type that there is none of', { __typename: 'Order', id: '1' }, '__typename'],
  ['a type without a key', { __typename: 'Money', amount: '1', currency: 'IDR' }, '__typename'],
  ['an interface', { __typename: 'Node', id: 'py-1' }, '__typename'],
  ['a root', { __typename: 'Query', id: '1' }, '__typename'],
  ['a type called as a prototype', { __typename: '__proto__', id: '1' }, '__typename'],
  ['a type called as a method', { __typename: 'toString', id: '1' }, '__typename'],
  ['a type that is no text', { __typename: { toString: 'Payment' }, id: '1' }, '__typename'],
  ['no key', { __typename: 'Payment', externalId: 'py-1' }, 'id'],
  ['a key that is null', { __typename: 'Payment', id: null }, 'id'],
  ['neither of two keys', { __typename: 'QrCode', status: 'ACTIVE' }, 'id or externalId'],
  ['a number for a key', { __typename: 'Payment', id: 7 }, 'id'],
  ['an object for a key', { __typename: 'Payment', id: { not: 'py-1' } }, 'id'],
  ['a list for a name', { __typename: 'QrCode', externalId: ['a'] }, 'externalId'],
];

testOnGateway('what names nothing is refused by name or null, and spoils nothing beside it', async (t, gateway) => {
  const { id } = await createRequest(gateway);
  const good = { __typename: 'PaymentRequest', id };
  const representations = [...[...unknown, ...malformed].map(([, one]) => one), good];
  const lines = linesWith(t, gateway.url, await signToken());
  for (const transport of transports) {
    const { data, errors = [] } = await find(lines[transport], representations);
    assert.deepEqual(data?._entities.slice(0, -1), Array(representations.length - 1).fill(null), transport);
    assert.equal(data?._entities.at(-1)?.id, id, transport);
    const told = errors.map(({ path, extensions }) => {
      const fields = (extensions?.fields ?? []) as { path: string[] }[];
      return [path, extensions?.code, fields.map((field) => field.path)];
    });
    const wanted = malformed.map(([, , field], index) => {
      const at = unknown.length + index;
      return [['_entities', at], 'INVALID_INPUT', [['representations', String(at), field]]];
    });
    assert.deepEqual(told, wanted, transport);
  }
  // A body of HTTP that has such a name isn't read at all.
  const poisoned = JSON.parse(`{ "__typename": "PaymentRequest", "__proto__": { "id": "${id}" } }`);
  assert.equal(codeOf(await find(lines.WebSocket, [poisoned])), 'INVALID_INPUT');
  const without = '{ _entities { __typename } }';
  assert.equal(codeOf(await gateway.ask(without)), 'GRAPHQL_VALIDATION_FAILED');
  assert.equal(codeOf(await find(gateway, [null])), 'BAD_USER_INPUT');
});

testOnGateway('entities are shown to whom they are for', async (t, gateway) => {
  const { id, externalId } = await createCode(gateway, newName('code'));
  const { id: otherId, externalId: otherName } = await createCode(gateway, newName('code'));
  const { id: requestId } = await createRequest(gateway);
  const { data } = await gateway.ask<{ made: { watchToken: { token: string } } }>(
    `mutation ($id: ID!) {
      made: createWatchToken(input: { id: $id }) { ... on CreateWatchTokenPayload { watchToken { token } } }
    }`,
    { id },
  );
  const as = (token: string) => linesWith(t, gateway.url, token).HTTP;
  const watcher = as(data?.made.watchToken.token ?? '');
  const representations = [
    { __typename: 'QrCode', id },
    { __typename: 'QrCode', externalId },
    { __typename: 'QrCode', id: otherId },
    { __typename: 'QrCode', externalId: otherName },
    { __typename: 'PaymentRequest', id: requestId },
    { __typename: 'Customer', id },
  ];
  const idsFor = async (caller: Line) => {
    const told = await find(caller, representations);
    assert.equal(told.errors, undefined);
    return told.data?._entities.map((entity) => entity?.id);
  };
  const { record } = sandboxOf(gateway);
  const whole = as(await signToken({ scope: 'payments:read' }));
  assert.deepEqual(await idsFor(whole), [id, id, otherId, otherName && otherId, requestId, undefined]);
  const before = record.requests.length;
  assert.deepEqual(await idsFor(watcher), [id, id, undefined, undefined, undefined, undefined]);
  const asked = record.requests.slice(before).map(({ path }) => path);
  assert.ok(
    asked.every((path) => path.includes(externalId)),
    String(asked),
  );
  const stranger = as(await signToken({ account: 'sub-a' }));
  assert.deepEqual(await idsFor(stranger), Array(representations.length).fill(undefined));

  for (const [caller, selection] of [
    [watcher, '... on QrCode { metadata }'],
    [watcher, '... on Customer { id }'],
    [as(await signToken({ scope: 'payments:write' })), '__typename'],
  ] as const) {
    assert.equal(codeOf(await find(caller, representations, selection)), 'FORBIDDEN', selection);
  }
  assert.equal(codeOf(await watcher.ask('{ _service { sdl } }')), 'FORBIDDEN');
});
