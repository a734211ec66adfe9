import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { saveCard } from '../sandbox/v3.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { callsTo } from '../support/qr-codes.ts';
import { sample } from '../support/samples.ts';
import { startXendit } from '../support/xendit.ts';

const paymentCount = 50;
const knownToXendit = 5;
const unknownToAll = 5;

interface Started {
  gateway: TestGateway;
  sandbox: Sandbox;
  /** Tokens that Xendit knows. */
  known: string[];
  /** Tokens that nobody knows. */
  gone: string[];
}

/** A gateway that has heard of payments, and not of their tokens. */
async function startWithPayments(t: TestContext): Promise<Started> {
  const { xendit: sandbox, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, GRAPHQL_MAX_DEPTH: '11' });
  const known: string[] = [];
  while (known.length < knownToXendit) known.push(await saveCard(sandbox));
  const gone = Array.from({ length: unknownToAll }, () => `pt-${crypto.randomUUID()}`);
  const tokens = [...known, ...gone];
  for (let n = 0; n < paymentCount; n += 1) await hearOf(gateway, String(n), tokens[n % tokens.length]);
  return { gateway, sandbox, known, gone };
}

/** Tells a gateway of a payment by webhook; its request is known by that alone. */
async function hearOf({ deliver }: TestGateway, name: string, token: string | undefined, changes = {}): Promise<void> {
  const ids = { payment_id: `py-${name}`, payment_request_id: `pr-${name}`, payment_token_id: token ?? null };
  const { status } = await deliver(sample('payment.capture.v3.with_token', { ...ids, ...changes }));
  assert.equal(status, 200);
}

const nested = /* GraphQL */ `
  query ($gone: ID!, $slow: ID!) {
    paymentToken(id: $gone) { id }
    paymentRequest(id: $slow) { latestPayment { paymentToken { id } } }
    payments(first: ${paymentCount}) {
      edges {
        node {
          paymentToken { id }
          paymentRequest {
            id
            latestPayment {
              paymentToken { id }
              paymentRequest { payments(first: 1) { edges { node { paymentToken { id } paymentRequest { id } } } } }
            }
          }
        }
      }
    }
  }
`;

interface Linked {
  paymentToken: { id: string } | null;
}

interface Nested extends Linked {
  paymentRequest: { latestPayment: Linked };
  payments: {
    edges: {
      node: Linked & {
        paymentRequest: {
          latestPayment: Linked & { paymentRequest: { payments: { edges: { node: Linked }[] } } };
        };
      };
    }[];
  };
}

test('a nested query over 50 payments and their requests asks once about each that is unknown', async (t) => {
  const { gateway, sandbox, known, gone } = await startWithPayments(t);
  // Older than the page, and linked from a request that Xendit is slow to say it doesn't know.
  const lonely = `pt-${crypto.randomUUID()}`;
  await hearOf(gateway, 'slow', lonely, { created: '2020-01-01T00:00:00Z', updated: '2020-01-01T00:00:00Z' });
  const ask = async () => {
    const calls = sandbox.record.requests.length;
    // By the time that it is answered, all that is linked elsewhere has been.
    sandbox.faults.next('GET /v3/payment_requests/:payment_request_id', { kind: 'delay', ms: 500 });
    const { data, errors } = await gateway.ask<Nested>(nested, { gone: lonely, slow: 'pr-slow' });
    assert.equal(errors, undefined);
    return { data, calls: callsTo(sandbox).slice(calls).toSorted() };
  };
  const callsAbout = (tokens: string[]) =>
    ['GET /v3/payment_requests/pr-slow', ...tokens.map((id) => `GET /v3/payment_tokens/${id}`)].toSorted();

  const first = await ask();
  assert.deepEqual(first.calls, callsAbout([...known, ...gone, lonely]));
  assert.equal(first.data?.paymentToken, null);
  assert.equal(first.data?.paymentRequest.latestPayment.paymentToken, null);
  const nodes = first.data?.payments.edges.map(({ node }) => node) ?? [];
  assert.equal(nodes.length, paymentCount);
  const atEachDepth = nodes.map(({ paymentToken, paymentRequest: { latestPayment } }) => [
    paymentToken?.id,
    latestPayment.paymentToken?.id,
    latestPayment.paymentRequest.payments.edges[0]?.node.paymentToken?.id,
  ]);
  for (const found of atEachDepth) assert.equal(new Set(found).size, 1);
  const foundIds = new Set(atEachDepth.flat().filter((id) => id !== undefined));
  assert.deepEqual([...foundIds].toSorted(), known.toSorted());

  assert.deepEqual(
    (await ask()).calls,
    callsAbout([...gone, lonely]),
    'another operation asks again, as they may be known by now',
  );
});

test('each message of a stream asks again about what was unknown to the one before', async (t) => {
  const { xendit: sandbox, environment } = await startXendit(t);
  const gateway = await startGateway(t, environment);
  const token = await saveCard(sandbox);
  const ids = { payment_id: 'py-1', payment_request_id: 'pr-1', payment_token_id: token };
  await gateway.deliver(sample('payment.authorization.v3', ids));
  sandbox.faults.next('GET /v3/payment_tokens/:payment_token_id', { kind: 'status', status: 404 });
  const calls = sandbox.record.requests.length;
  sandbox.faults.next('GET /v3/payments/:payment_id', { kind: 'status', status: 503 }, 10);
  const changes = gateway.subscribe<{
    paymentChanged: { payment: Linked & { paymentRequest: { latestPayment: Linked } } };
  }>(`subscription {
    paymentChanged(id: "py-1") {
      payment { paymentToken { id } paymentRequest { latestPayment { paymentToken { id } } } }
    }
  }`);
  t.after(() => changes.leave());
  const tokens = async () => {
    const { payment } = (await changes.next())?.paymentChanged ?? assert.fail('the stream ended');
    return [payment.paymentToken, payment.paymentRequest.latestPayment.paymentToken];
  };
  assert.deepEqual(await tokens(), [null, null]);
  await gateway.deliver(sample('payment.capture.v3.with_token', ids));
  assert.deepEqual(await tokens(), [{ id: token }, { id: token }]);
  const asked = callsTo(sandbox).slice(calls);
  assert.equal(asked.filter((call) => call.startsWith('GET /v3/payment_tokens/')).length, 2);
});
