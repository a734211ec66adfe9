import assert from 'node:assert/strict';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { sample } from '../support/samples.ts';

const testTogether = onSharedGateway();

interface WireError {
  message: string;
  extensions: { code: string; requestId: string };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function post(gateway: TestGateway, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

/** The first error of an operation, over HTTP and over a WebSocket. */
async function errorsOf(gateway: TestGateway, query: string): Promise<WireError[]> {
  const answer = await post(gateway, JSON.stringify({ query }));
  const { errors } = (await answer.json()) as { errors?: WireError[] };
  const overSocket = await gateway
    .subscribe(query)
    .next()
    .then(
      () => assert.fail('no error over the socket'),
      (error: WireError[] | { errors: WireError[] }) => (Array.isArray(error) ? error : error.errors),
    );
  const [one, other] = [errors?.[0] ?? assert.fail(query), overSocket[0] ?? assert.fail(query)];
  assert.equal(one.extensions.requestId, answer.headers.get('x-request-id'));
  return [one, other];
}

testTogether('an error has a code and the id of its request, the same over HTTP and WebSocket', async (_t, gateway) => {
  await gateway.deliver(sample('qr.payment.v1'));
  const mistakes: [query: string, code: string][] = [
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ qrCode { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ activity(first: 1.5) { edges { cursor } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ activity(first: 0) { edges { cursor } } }', 'INVALID_INPUT'],
    ['{ webhookEvents(first: 101) { edges { cursor } } }', 'INVALID_INPUT'],
    ['{ activity(after: "x") { edges { cursor } } }', 'CURSOR_INVALID'],
    ['{ webhookEvents(after: "x") { edges { cursor } } }', 'CURSOR_INVALID'],
    [
      '{ qrPayments(externalId: "testing_id_123", from: "yesterday") { edges { cursor } } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['{ qrCode(externalId: "testing_id_123") { history(first: 0) { edges { cursor } } } }', 'INVALID_INPUT'],
  ];
  for (const [query, code] of mistakes) {
    const both = await errorsOf(gateway, query);
    for (const { extensions } of both) {
      assert.equal(extensions.code, code, query);
      assert.match(extensions.requestId, uuid);
      assert.deepEqual(
        Object.keys(extensions).filter((key) => key.startsWith('stack') || key === 'exception'),
        [],
      );
    }
    assert.equal(both[0]?.message, both[1]?.message);
  }
});

testTogether(
  'a request that is no operation, or has wrong variables, has a code on either transport',
  async (_t, gateway) => {
    const payments = 'query ($from: DateTime) { qrPayments(externalId: "a", from: $from) { edges { cursor } } }';
    const code = 'mutation ($input: CreateQrCodeInput!) { createQrCode(input: $input) { __typename } }';
    const input = { externalId: 'a', idempotencyKey: 'k', type: 'DYNAMIC', amount: '1500' };
    const mistakes: [query: string, variables: object, code: string][] = [
      ['{ unclosed', {}, 'GRAPHQL_PARSE_FAILED'],
      ['type A { b: Int }', {}, 'GRAPHQL_VALIDATION_FAILED'],
      ['fragment a on Node { id }', {}, 'GRAPHQL_VALIDATION_FAILED'],
      [payments, { from: 'yesterday' }, 'BAD_USER_INPUT'],
      [payments, { from: 5 }, 'BAD_USER_INPUT'],
      [code, {}, 'BAD_USER_INPUT'],
      [code, { input: { ...input, type: 'ROUND' } }, 'BAD_USER_INPUT'],
      [code, { input: { ...input, metadata: 'text' } }, 'BAD_USER_INPUT'],
      [code, { input: { ...input, amount: 1234567890123456 } }, 'BAD_USER_INPUT'],
      [code, { input: { ...input, amount: true } }, 'BAD_USER_INPUT'],
      [code, { input: { ...input, idempotencyKey: null } }, 'BAD_USER_INPUT'],
    ];
    for (const [query, variables, expected] of mistakes) {
      const answer = await post(gateway, JSON.stringify({ query, variables }));
      const { errors } = (await answer.json()) as { errors: WireError[] };
      const refused = gateway.subscribe(query, variables).next();
      const overSocket = (await refused.catch((error: unknown) => error)) as WireError[];
      const codes = [errors[0]?.extensions.code, overSocket[0]?.extensions.code];
      assert.deepEqual(codes, [expected, expected], `${query} ${JSON.stringify(variables)}`);
      assert.match(overSocket[0]?.extensions.requestId ?? '', uuid);
    }
  },
);

testTogether('a request that can not be read is answered with an error in JSON', async (_t, gateway) => {
  const bodies: [body: string, headers: Record<string, string>, status: number][] = [
    ['{"query":', {}, 400],
    ['', {}, 400],
    ['null', {}, 400],
    ['[]', {}, 400],
    ['{}', {}, 400],
    ['{"query":5}', {}, 400],
    ['{"query":"{ __typename }","variables":"x"}', {}, 400],
    ['{ __typename }', { 'content-type': 'application/xml' }, 415],
    [JSON.stringify({ query: `{ __typename } #${'x'.repeat(262_144)}` }), {}, 413],
  ];
  for (const [body, headers, status] of bodies) {
    const answer = await post(gateway, body, headers);
    const shown = `${body.slice(0, 30)} gave ${answer.status}`;
    assert.match(answer.headers.get('content-type') ?? '', /^application\/(graphql-response\+)?json/, shown);
    const { code, requestId, errors } = (await answer.json()) as {
      code?: string;
      requestId?: string;
      errors?: WireError[];
    };
    assert.equal(answer.status, status, shown);
    assert.ok(code ?? errors?.[0]?.extensions.code, shown);
    assert.equal(requestId ?? errors?.[0]?.extensions.requestId, answer.headers.get('x-request-id'), shown);
  }
});

testTogether('a request from another site without a preflight is refused', async (_t, gateway) => {
  const answers = [
    await post(gateway, '{"query":"{ __typename }"}', { 'content-type': 'text/plain' }),
    await fetch(`${gateway.url}/graphql?query=%7B__typename%7D`),
  ];
  for (const { status } of answers) assert.ok(status === 400 || status === 415, String(status));
  const mutation = `${gateway.url}/graphql?query=mutation%7B__typename%7D`;
  const overGet = await fetch(mutation, { headers: { 'apollo-require-preflight': 'yes' } });
  assert.equal(overGet.status, 405);
});
