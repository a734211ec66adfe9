import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { createAccess, isAllowed, ruleOf, withRulesOnly } from '../../src/graphql/access.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { type Caller, type Scope, scopes } from '../../src/model/caller.ts';

const contract = join(import.meta.dirname, '../../schema');
const schema = createSchema();

function callerWith(...allowed: Scope[]): Caller {
  return { name: 'test', account: '', scopes: new Set(allowed), watched: undefined, expiresAt: undefined };
}

const watcher: Caller = { ...callerWith(), watched: { type: 'QrCode', id: 'qr_1', reference: 'order-1' } };

/** Every field of every type that has fields, as `Type.field`. */
function fieldsOf(graph: GraphQLSchema): string[] {
  return Object.values(graph.getTypeMap())
    .filter((type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'))
    .flatMap((type) => Object.keys((type as GraphQLObjectType).getFields()).map((field) => `${type.name}.${field}`))
    .sort();
}

/** What one caller may ask for, as `Type.field`. */
function shownTo(caller: Caller, typeName?: string): string[] {
  return fieldsOf(schema).filter((name) => {
    const [type = '', field = ''] = name.split('.');
    if (typeName !== undefined && type !== typeName) return false;
    const rule = ruleOf((schema.getType(type) as GraphQLObjectType).getFields()[field] ?? assert.fail());
    return isAllowed(rule ?? assert.fail(`${name} has no rule`), caller);
  });
}

function refusal(query: string, caller: Caller, operationName?: string): string | undefined {
  const document = parse(query);
  assert.deepEqual(validate(schema, document), []);
  const operation = getOperationAST(document, operationName) ?? assert.fail();
  try {
    createAccess(schema).check(document, operation, caller);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('every field of the contract has a rule, which the printed schema shows', () => {
  const texts = readdirSync(contract).map((name) => readFileSync(join(contract, name), 'utf8'));
  const whole = buildSubgraphSchema(parse(texts.join('\n')));
  assert.deepEqual(fieldsOf(schema), fieldsOf(whole));
  const printed = printSchemaWithDirectives(schema);
  assert.match(printed, /qrCode\(externalId: ID!\): QrCode @access\(scopes: \["payments:read"\], watch: true\)/);
  assert.match(printed, /type WebhookEvent implements Node @access\(scopes: \["webhooks:manage"\]\)/);
});

test('a field without a rule is not in the graph, and a scope that there is none of is a mistake', () => {
  const directive = 'directive @access(scopes: [String!], watch: Boolean! = false) on OBJECT | FIELD_DEFINITION\n';
  const typeDefs = `${directive} type Query { open: Secret @access forgotten: Int }
    type Secret @access(scopes: ["payments:read"]) { one: Int two: Int @access }`;
  const served = withRulesOnly(makeExecutableSchema({ typeDefs }));
  assert.deepEqual(fieldsOf(served), ['Query.open', 'Secret.one', 'Secret.two']);
  const mistaken = `${directive} type Query { open: Int @access(scopes: ["payments:raed"]) }`;
  assert.throws(() => withRulesOnly(makeExecutableSchema({ typeDefs: mistaken })), /payments:raed/);
});

test('each scope opens its own way into the graph, and none opens another', () => {
  const mutations = shownTo(callerWith('payments:write')).filter((name) => name.startsWith('Mutation.'));
  assert.ok(mutations.length >= 14, String(mutations));
  assert.ok(mutations.every((name) => !/simulate|redrive/.test(name)));
  const ways = (scope: Scope) =>
    shownTo(callerWith(scope)).filter((name) => /^(Query|Mutation|Subscription)\./.test(name));
  assert.deepEqual(ways('payments:simulate'), [
    'Mutation.simulatePayment',
    'Mutation.simulateQrPayment',
    'Query._service',
  ]);
  assert.deepEqual(ways('activity:read'), ['Query._service', 'Query.activity', 'Subscription.activity']);
  assert.deepEqual(ways('webhooks:manage'), [
    'Mutation.redriveWebhookEvent',
    'Query._service',
    'Query.webhookEvent',
    'Query.webhookEvents',
    'Query.xenditBudget',
  ]);
  assert.deepEqual(
    ways('payments:read').filter((name) => name.startsWith('Mutation.')),
    ['Mutation.createWatchToken'],
  );
  assert.deepEqual(shownTo(callerWith(...scopes)), fieldsOf(schema));
});

test('people, metadata, history and what a resource is linked with need payments:read', () => {
  const hidden =
    /\.(metadata|history|payments|refunds|customer|customerId|payerName|accountDetails|paymentDetails|tokenDetails|channelProperties|transaction)$/;
  const others = scopes.filter((scope) => scope !== 'payments:read');
  assert.deepEqual(
    shownTo(callerWith(...others)).filter((name) => hidden.test(name)),
    // Whoever makes a customer sees what was made.
    ['CreateCustomerPayload.customer', 'Customer.metadata'],
  );
  assert.ok(shownTo(callerWith('payments:read')).filter((name) => hidden.test(name)).length > 20);
});

test('a watch token shows what a checkout needs, and nothing else', () => {
  assert.deepEqual(
    shownTo(watcher).filter((name) => /^(Query|Mutation|Subscription)\./.test(name)),
    [
      // Refused below unless a sandbox plays Xendit.
      'Mutation.simulatePayment',
      'Mutation.simulateQrPayment',
      'Query._entities',
      'Query.node',
      'Query.payment',
      'Query.paymentRequest',
      'Query.paymentSession',
      'Query.paymentToken',
      'Query.qrCode',
      'Query.refund',
      'Subscription.paymentChanged',
      'Subscription.paymentRequestChanged',
      'Subscription.paymentSessionChanged',
      'Subscription.paymentTokenChanged',
      'Subscription.qrCodeChanged',
      'Subscription.refundChanged',
    ],
  );
  const fields = (type: string) => shownTo(watcher, type).map((name) => name.slice(type.length + 1));
  assert.deepEqual(fields('QrPayment'), [
    'amount',
    'channelCode',
    'created',
    'externalId',
    'id',
    'status',
    'version',
    'xenditStatus',
  ]);
  assert.deepEqual(fields('QrCodeChange'), ['cursor', 'kind', 'occurredAt', 'origin', 'payment', 'qrCode', 'version']);
  for (const type of [
    'Customer',
    'Transaction',
    'Balance',
    'WebhookEvent',
    'Activity',
    'PaymentConnection',
    'XenditBudget',
  ]) {
    assert.deepEqual(fields(type), [], type);
  }
});

test('whoever may see a field of an interface may see it on each of its types, or it is an id that was given', () => {
  const everybody = [watcher, callerWith(), ...scopes.map((scope) => callerWith(scope))];
  for (const type of Object.values(schema.getTypeMap()).filter(isInterfaceType)) {
    for (const [name, field] of Object.entries(type.getFields())) {
      if (`${type.name}.${name}` === 'Node.id') continue;
      for (const { name: typeName, getFields } of schema.getPossibleTypes(type).map((each) => ({
        name: each.name,
        getFields: () => each.getFields(),
      }))) {
        const rule = ruleOf(getFields()[name] ?? assert.fail()) ?? assert.fail();
        for (const caller of everybody) {
          const isWider = isAllowed(ruleOf(field) ?? assert.fail(), caller) && !isAllowed(rule, caller);
          assert.equal(isWider, false, `${type.name}.${name} shows ${typeName}.${name}`);
        }
      }
    }
  }
});

test('an operation with one field that its caller may not see is refused, wherever the field stands', () => {
  const read = callerWith('payments:read');
  const table: [query: string, caller: Caller, refused: RegExp | undefined][] = [
    ['{ qrCode(externalId: "1") { id metadata } }', read, undefined],
    ['{ qrCode(externalId: "1") { id metadata } }', callerWith('activity:read'), /Query.qrCode needs payments:read/],
    ['{ qrCode(externalId: "1") { id } }', watcher, undefined],
    ['{ qrCode(externalId: "1") { id metadata } }', watcher, /does not show QrCode.metadata/],
    [
      '{ qrCode(externalId: "1") { ...a } } fragment a on QrCode { ...b } fragment b on QrCode { history { edges { cursor } } }',
      watcher,
      /QrCode.history/,
    ],
    [
      '{ webhookEvents { edges { node { resource { id } } } } }',
      callerWith('webhooks:manage'),
      /WebhookEvent.resource needs payments:read/,
    ],
    ['{ node(id: "wh_1") { id ... on WebhookEvent { body } } }', read, /WebhookEvent.body needs webhooks:manage/],
    ['{ __typename harmless: __typename qrCode(externalId: "1") { __typename } }', watcher, undefined],
    ['query ($skip: Boolean = true) { qrCode(externalId: "1") { id metadata @skip(if: $skip) } }', watcher, /metadata/],
    [
      '{ activity { edges { node { resource { ... on QrPayment { payerName } } } } } }',
      callerWith('activity:read'),
      /QrPayment.payerName/,
    ],
  ];
  for (const [query, caller, refused] of table) {
    const message = refusal(query, caller);
    if (refused === undefined) assert.equal(message, undefined, query);
    else assert.match(message ?? 'it was let through', refused, query);
  }
});

test('of several operations only the one that is executed counts', () => {
  const both = 'query mine { qrCode(externalId: "1") { id } } query other { balance { amount } }';
  assert.equal(refusal(both, watcher, 'mine'), undefined);
  assert.match(refusal(both, watcher, 'other') ?? '', /Query.balance/);
});
