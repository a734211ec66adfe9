import assert from 'node:assert/strict';
import { newApiKey } from '../../src/auth/api-keys.ts';
import { writeApiKey } from '../../src/model/api-key.ts';
import { type Scope as Permission, scopes } from '../../src/model/caller.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import type { Scope } from '../support/database.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { codeOf, linesWith, streaming, transports } from '../support/lines.ts';
import { onShared } from '../support/payments.ts';
import { startXendit } from '../support/xendit.ts';

/** A key of the owner's for each permission alone, and one of a sub-account for all of them. */
const keys = scopes.map((scope) => newApiKey(scope.replace(':', '-'), [scope], ''));
const branch = newApiKey('branch', scopes, 'sub-a');

interface Guarded {
  gateway: TestGateway;
  xendit: Sandbox;
}

async function open(t: Scope): Promise<Guarded> {
  const { xendit, environment } = await startXendit(t);
  const API_KEYS = [...keys, branch].map(({ kept }) => writeApiKey(kept)).join();
  return { xendit, gateway: await startGateway(t, { ...environment, API_KEYS }) };
}

const testGuarded = onShared(open);

const read: Permission[] = ['payments:read'];
const write: Permission[] = ['payments:write'];
/** What may be asked for with which of the permissions. None of it is there, so that an answer is quick and nothing stays. */
const operations: [query: string, allowed: Permission[]][] = [
  ['{ paymentRequest(id: "pr-nobody") { id metadata } }', read],
  ['{ qrCodes { edges { cursor } } }', read],
  ['{ balance { amount } }', read],
  ['{ customers(referenceId: "nobody") { id } }', read],
  ['{ node(id: "pr-nobody") { id } }', ['payments:read']],
  ['{ activity { edges { cursor } } }', ['activity:read']],
  ['{ webhookEvent(id: "wh_nobody") { id } }', ['webhooks:manage']],
  ['{ webhookEvents { edges { cursor } } }', ['webhooks:manage']],
  ['subscription { paymentChanged(id: "py-nobody") { cursor } }', read],
  ['subscription { activity(after: "none") { cursor } }', ['activity:read']],
  ['mutation { cancelPaymentRequest(id: "pr-nobody") { __typename } }', write],
  [
    'mutation { createRefund(input: { of: { paymentRequestId: "pr-nobody" }, reason: OTHERS, idempotencyKey: "k" }) { __typename } }',
    write,
  ],
  ['mutation { createWatchToken(input: { id: "pr-nobody" }) { __typename } }', ['payments:read', 'payments:write']],
  ['mutation { simulateQrPayment(input: { externalId: "nobody" }) { __typename } }', ['payments:simulate']],
  ['mutation { redriveWebhookEvent(id: "wh_nobody") { __typename } }', ['webhooks:manage']],
  ['{ __typename }', [...scopes]],
];

testGuarded(
  'each key may do what its scopes say, on every transport, and for the rest nothing is begun',
  async (t, { gateway, xendit }) => {
    for (const [index, scope] of scopes.entries()) {
      const lines = linesWith(t, gateway.url, keys[index]?.key ?? '');
      for (const [query, allowed] of operations) {
        for (const transport of query.startsWith('subscription') ? streaming : transports) {
          const from = xendit.record.requests.length;
          const code = codeOf(await lines[transport].ask(query));
          const isRefused = code === 'FORBIDDEN';
          assert.equal(isRefused, !allowed.includes(scope), `${query} with ${scope}, ${transport}: ${code}`);
          if (isRefused) assert.equal(xendit.record.requests.length, from);
        }
      }
    }
  },
);

testGuarded(
  'what a key of a sub-account has done is done there, on every transport',
  async (t, { gateway, xendit }) => {
    const lines = linesWith(t, gateway.url, branch.key);
    const from = xendit.record.requests.length;
    for (const transport of transports) {
      const create = `mutation ($name: ID!, $key: String!) {
      createQrCode(input: { externalId: $name, type: STATIC, idempotencyKey: $key }) { __typename }
    }`;
      const name = `code over ${transport}`;
      const { data } = await lines[transport].ask(create, { name, key: name });
      assert.deepEqual(data, { createQrCode: { __typename: 'CreateQrCodePayload' } });
      assert.ok((await lines[transport].ask('{ balance { amount } }')).data);
    }
    const calls = xendit.record.requests.slice(from);
    assert.ok(calls.length >= 2 * transports.length);
    assert.deepEqual([...new Set(calls.map(({ headers }) => headers['for-user-id']))], ['sub-a']);
    const owner = linesWith(t, gateway.url, keys[0]?.key ?? '');
    assert.deepEqual((await owner.HTTP.ask('{ qrCodes { edges { cursor } } }')).data, { qrCodes: { edges: [] } });
    assert.equal(xendit.record.requests.at(-1)?.headers['for-user-id'], 'sub-a');
  },
);
