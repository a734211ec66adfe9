import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GraphQLType, getNamedType, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { createSchema } from '../../src/graphql/schema.ts';
import { onSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { sample } from '../support/samples.ts';
import { json, playXendit } from '../xendit/playing-xendit.ts';

const testTogether = onSharedGateway();

const types = Object.values(createSchema().getTypeMap());
/** Our own word, which has no raw one. */
const own = ['Payment.family'];

function hasUnknown({ type }: { type: GraphQLType }): boolean {
  const named = getNamedType(type);
  return isEnumType(named) && named.getValue('UNKNOWN') !== undefined;
}

test('every word of Xendit that the graph has a list for can be read as it came too', () => {
  const without = types.filter(isObjectType).flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => {
      const raw = `xendit${field.name[0]?.toUpperCase()}${field.name.slice(1)}`;
      return !hasUnknown(field) || type.getFields()[raw] ? [] : [`${type.name}.${field.name}`];
    }),
  );
  assert.deepEqual(without, own);
});

test('nothing that is created or asked for in words can be UNKNOWN', () => {
  const can = types
    .filter(isInputObjectType)
    .filter(({ name }) => !name.endsWith('Filter'))
    .flatMap((type) => Object.values(type.getFields()).filter(hasUnknown));
  assert.deepEqual(can, []);
  assert.ok(types.some((type) => isEnumType(type) && type.getValue('UNKNOWN') !== undefined));
});

const session = 'sessionType xenditSessionType mode xenditMode allowSavePaymentMethod xenditAllowSavePaymentMethod';
const captured = 'type xenditType captureMethod xenditCaptureMethod';

const told: [what: string, body: object, id: string, selection: string, expected: object][] = [
  [
    'a payment in known words',
    sample('payment.capture.v3', { payment_id: 'py-known', payment_request_id: 'pr-known' }),
    'py-known',
    `... on Payment { ${captured} }`,
    { type: 'PAY', xenditType: 'PAY', captureMethod: 'AUTOMATIC', xenditCaptureMethod: 'AUTOMATIC' },
  ],
  [
    'a payment in strange ones',
    sample('payment.capture.v3', {
      payment_id: 'py-strange',
      payment_request_id: 'pr-strange',
      type: 'SINGLE_PAYMENT',
      capture_method: 'LATER',
    }),
    'py-strange',
    `... on Payment { ${captured} }`,
    { type: 'UNKNOWN', xenditType: 'SINGLE_PAYMENT', captureMethod: 'UNKNOWN', xenditCaptureMethod: 'LATER' },
  ],
  [
    'a request in strange words',
    sample('payment_request.expiry.v3', { payment_request_id: 'pr-new', type: 'PAY_TWICE', capture_method: 'LATER' }),
    'pr-new',
    `... on PaymentRequest { ${captured} }`,
    { type: 'UNKNOWN', xenditType: 'PAY_TWICE', captureMethod: 'UNKNOWN', xenditCaptureMethod: 'LATER' },
  ],
  [
    'a session that leaves some words out',
    sample('payment_session.completed', { id: 'ps-few' }),
    'ps-few',
    `... on PaymentSession { ${session} }`,
    {
      ...{ sessionType: 'SAVE', xenditSessionType: 'SAVE', mode: 'PAYMENT_LINK', xenditMode: 'PAYMENT_LINK' },
      ...{ allowSavePaymentMethod: null, xenditAllowSavePaymentMethod: null },
    },
  ],
  [
    'a session in strange words',
    sample('payment_session.completed', {
      id: 'ps-strange',
      session_type: 'AUTHORIZATION',
      mode: 'CARDS_SESSION_JS',
      allow_save_payment_method: 'PERHAPS',
    }),
    'ps-strange',
    `... on PaymentSession { ${session} }`,
    {
      ...{
        sessionType: 'UNKNOWN',
        xenditSessionType: 'AUTHORIZATION',
        mode: 'UNKNOWN',
        xenditMode: 'CARDS_SESSION_JS',
      },
      ...{ allowSavePaymentMethod: 'UNKNOWN', xenditAllowSavePaymentMethod: 'PERHAPS' },
    },
  ],
  [
    'a session for a subscription that was begun elsewhere',
    sample('payment_session.completed', { id: 'ps-sub', session_type: 'SUBSCRIPTION' }),
    'ps-sub',
    '... on PaymentSession { sessionType xenditSessionType }',
    { sessionType: 'SUBSCRIPTION', xenditSessionType: 'SUBSCRIPTION' },
  ],
  [
    'a refund for a known reason',
    sample('refund.succeeded', { id: 'rfd-known' }),
    'rfd-known',
    '... on Refund { reason xenditReason }',
    { reason: 'CANCELLATION', xenditReason: 'CANCELLATION' },
  ],
  [
    'a refund for a strange reason',
    sample('refund.succeeded', { id: 'rfd-strange', reason: 'WHIM' }),
    'rfd-strange',
    '... on Refund { reason xenditReason }',
    { reason: 'UNKNOWN', xenditReason: 'WHIM' },
  ],
  [
    'a token that failed',
    sample('payment_token.failure.v3', { payment_token_id: 'pt-failed', failure_code: 'CARD_DECLINED' }),
    'pt-failed',
    '... on PaymentToken { status failureCode }',
    { status: 'FAILED', failureCode: 'CARD_DECLINED' },
  ],
  [
    'the same token once it is active after all',
    sample('payment_token.activation.v3', { payment_token_id: 'pt-failed' }),
    'pt-failed',
    '... on PaymentToken { status failureCode }',
    { status: 'ACTIVE', failureCode: null },
  ],
];

testTogether('what webhooks tell is shown in words of the graph, and as it came', async (_t, gateway) => {
  for (const [what, body, id, selection, expected] of told) {
    assert.equal((await gateway.deliver(body)).status, 200);
    assert.deepEqual(await nodeOf(gateway, id, selection), expected, what);
  }
});

async function nodeOf(gateway: TestGateway, id: string, selection: string): Promise<unknown> {
  const { data, errors } = await gateway.ask<{ node: object }>(`query ($id: ID!) { node(id: $id) { ${selection} } }`, {
    id,
  });
  return data?.node ?? errors;
}

const transaction = /* GraphQL */ `
  ... on Transaction {
    type xenditType status xenditStatus cashflow xenditCashflow channelCategory xenditChannelCategory
    settlementStatus xenditSettlementStatus fee { status xenditStatus }
  }
`;

const answers: Record<string, object> = {
  '/transactions/txn_known': {
    ...{ id: 'txn_known', type: 'PAYMENT', status: 'SUCCESS', cashflow: 'MONEY_IN', channel_category: 'QR_CODE' },
    ...{ settlement_status: null, fee: { status: 'COMPLETED' } },
  },
  '/transactions/txn_strange': {
    ...{ id: 'txn_strange', type: 'GIFT', status: 'DREAMT', cashflow: 'ROUND', channel_category: 'MAGIC' },
    ...{ settlement_status: 'SOON', fee: { status: 'WAIVED' } },
  },
  '/customers/cust-strange': { id: 'cust-strange', type: 'ROBOT' },
};

test('what Xendit answers is shown in words of the graph, and as it came', async (t) => {
  const xendit = await playXendit(t, (response, { url }) =>
    answers[url] ? json(response, 200, answers[url]) : json(response, 404, { error_code: 'DATA_NOT_FOUND' }),
  );
  const gateway = await startGateway(t, { XENDIT_BASE_URL: xendit.url, XENDIT_SECRET_KEY: 'xnd_development_test' });
  assert.deepEqual(await nodeOf(gateway, 'txn_known', transaction), {
    ...{ type: 'PAYMENT', xenditType: 'PAYMENT', status: 'SUCCESS', xenditStatus: 'SUCCESS' },
    ...{ cashflow: 'MONEY_IN', xenditCashflow: 'MONEY_IN' },
    ...{ channelCategory: 'QR_CODE', xenditChannelCategory: 'QR_CODE' },
    ...{ settlementStatus: null, xenditSettlementStatus: null },
    fee: { status: 'COMPLETED', xenditStatus: 'COMPLETED' },
  });
  assert.deepEqual(await nodeOf(gateway, 'txn_strange', transaction), {
    ...{ type: 'UNKNOWN', xenditType: 'GIFT', status: 'UNKNOWN', xenditStatus: 'DREAMT' },
    ...{ cashflow: 'UNKNOWN', xenditCashflow: 'ROUND', channelCategory: 'UNKNOWN', xenditChannelCategory: 'MAGIC' },
    ...{ settlementStatus: 'UNKNOWN', xenditSettlementStatus: 'SOON' },
    fee: { status: 'UNKNOWN', xenditStatus: 'WAIVED' },
  });
  const { data } = await gateway.ask<object>('{ customer(id: "cust-strange") { type xenditType } }');
  assert.deepEqual(data, { customer: { type: 'UNKNOWN', xenditType: 'ROBOT' } });
});
