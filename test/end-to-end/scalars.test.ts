import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { sandboxOf } from '../support/qr-codes.ts';
import { judgementOf, openTransports, type Sent, type Verdict } from '../support/transports.ts';

const testTogether = onSharedGateway();

const result =
  '__typename ... on CreateQrCodePayload { qrCode { amount { amount } } } ... on InvalidInput { fields { path } }';
const byVariable = `mutation ($input: CreateQrCodeInput!) { createQrCode(input: $input) { ${result} } }`;

interface Creation {
  createQrCode?: { __typename: string; qrCode?: { amount: { amount: string } }; fields?: { path: string[] }[] };
}

const newInput = () => {
  const externalId = crypto.randomUUID();
  return { externalId, idempotencyKey: externalId, type: 'DYNAMIC' };
};

/** An amount as GraphQL writes it in a document. */
function written(literal: string): Sent {
  const { externalId } = newInput();
  const input = `{ externalId: "${externalId}", idempotencyKey: "${externalId}", type: DYNAMIC, amount: ${literal} }`;
  return { query: `mutation { createQrCode(input: ${input}) { ${result} } }` };
}

function given(amount: unknown): Sent {
  return { query: byVariable, variables: { input: { ...newInput(), amount } } };
}

/** The answer, the same on each transport. */
async function verdictOn(t: TestContext, gateway: TestGateway, name: string, request: Sent): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const [, send] of openTransports(t, gateway.url)) verdicts.push(await send(request));
  const [first, ...others] = verdicts;
  for (const other of others) assert.deepEqual(judgementOf(other), judgementOf(first as Verdict), name);
  return first ?? assert.fail(name);
}

const nonsense: [name: string, request: Sent][] = [
  ...['1e2', 'NaN', 'Infinity', '-Infinity', '-15000', '-0', '', ' 15000', '15000\n', '+15000', '0x3A98', '15,000'].map(
    (text): [string, Sent] => [JSON.stringify(text), given(text)],
  ),
  ['2^53 + 1 as text', given('9007199254740993')],
  ['an exponent beyond all amounts', given('1e99')],
  ['more digits than any amount has', given('1'.repeat(31))],
  ['digits of another script', given('١٥٠٠٠')],
  ['digits turned round', given('\u202e00051')],
  ['digits and a NUL', given('15000\u0000')],
  ['a number below zero', given(-15_000)],
  ['2^53 + 2 as a number', given(9_007_199_254_740_994)],
  ['a number that is no decimal any more', given(0.1 + 0.2)],
  ['an operator', given({ not: '' })],
  ['an operator that sets', given({ set: '15000' })],
  ['a list', given(['15000'])],
  ['a truth', given(true)],
  ['2^53 + 1 written', written('9007199254740993')],
  ['less than nothing, written', written('-15000')],
  ['an operator, written', written('{ not: "" }')],
  ['a word, written', written('NaN')],
];

testTogether(
  'what is no amount is refused by name or code on every transport, and nothing is sent',
  async (t, gateway) => {
    for (const [name, request] of nonsense) {
      const { data, errors, status } = await verdictOn(t, gateway, name, request);
      const { createQrCode } = (data ?? {}) as Creation;
      if (createQrCode !== undefined) {
        assert.deepEqual(
          [createQrCode.__typename, createQrCode.fields],
          ['InvalidInput', [{ path: ['input', 'amount'] }]],
        );
      } else {
        const code = errors[0]?.extensions.code ?? '';
        assert.ok(['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED'].includes(code), `${name}: ${code}`);
        assert.equal(status, 400, name);
      }
    }
    assert.deepEqual(sandboxOf(gateway).record.requests, []);
  },
);

const places: [query: string, place: (value: unknown) => Record<string, unknown>][] = [
  ['query ($id: ID!) { node(id: $id) { id } }', (id) => ({ id })],
  ['query ($id: ID!) { qrCode(externalId: $id) { id } }', (id) => ({ id })],
  ['query ($id: String!) { customers(referenceId: $id) { id } }', (id) => ({ id })],
  [
    'query ($filter: PaymentFilter) { payments(filter: $filter) { edges { cursor } } }',
    (referenceId) => ({ filter: { referenceId } }),
  ],
  [
    'query ($filter: PaymentFilter) { payments(filter: $filter) { edges { cursor } } }',
    (statuses) => ({ filter: { statuses: [statuses] } }),
  ],
  [
    'query ($filter: PaymentFilter) { payments(filter: $filter) { edges { cursor } } }',
    (minAmount) => ({ filter: { minAmount } }),
  ],
  ['query ($after: Cursor) { activity(after: $after) { edges { cursor } } }', (after) => ({ after })],
  ['query ($first: Int) { activity(first: $first) { edges { cursor } } }', (first) => ({ first })],
  ['query ($from: DateTime) { qrPayments(externalId: "a", from: $from) { edges { cursor } } }', (from) => ({ from })],
  ['mutation ($id: ID!) { cancelPaymentRequest(id: $id) { __typename } }', (id) => ({ id })],
  ['mutation ($id: ID!) { redriveWebhookEvent(id: $id) { __typename } }', (id) => ({ id })],
];
const operators: unknown[] = [{ not: '' }, { contains: '' }, { OR: [{}] }, { $ne: null }, [['a']], { toString: 'a' }];

testTogether(
  'an object where a scalar is expected is refused everywhere, and reaches no question to the database',
  async (t, gateway) => {
    for (const [query, place] of places) {
      for (const operator of operators) {
        const name = `${query} ${JSON.stringify(operator)}`;
        const { data, errors, status } = await verdictOn(t, gateway, name, { query, variables: place(operator) });
        assert.deepEqual([data, errors[0]?.extensions.code, status], [null, 'BAD_USER_INPUT', 400], name);
      }
    }
    assert.deepEqual(sandboxOf(gateway).record.requests, []);
  },
);

/** From 1,500 to 9,999,999, which a code may hold, with up to 20 decimals. */
const amount = fc
  .tuple(fc.integer({ min: 1_500, max: 9_999_999 }), fc.stringMatching(/^\d{0,19}[1-9]$/), fc.boolean())
  .map(([whole, fraction, hasFraction]) => (hasFraction ? `${whole}.${fraction}` : String(whole)));

testTogether(
  'every amount goes to Xendit and comes back to the last digit, however it was sent',
  async (t, gateway) => {
    const ways = openTransports(t, gateway.url);
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(amount, async (text) => {
        for (const request of [given(text), written(text), written(`"${text}"`)]) {
          turn += 1;
          const [, send] = ways[turn % ways.length] ?? assert.fail();
          const { data } = await send(request);
          assert.equal((data as Creation | null)?.createQrCode?.qrCode?.amount.amount, text);
          const sent = sandboxOf(gateway).record.requests.at(-1)?.body ?? '';
          assert.ok(sent.endsWith(`"amount":${text}}`), sent);
        }
      }),
      { numRuns: 15 },
    );
  },
);
