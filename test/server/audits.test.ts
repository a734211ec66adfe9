import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { signToken } from '../support/callers.ts';
import { startGateway } from '../support/gateway.ts';
import { startXendit } from '../support/xendit.ts';

/** What Apollo answers with 400 by choice: what can't be parsed, isn't valid, or has wrong variables. */
const asApolloChooses = { '572B': 'warn', FDE2: 'warn', '7B9B': 'warn' };
/** A link without a preflight, which any page could cause. */
const againstForgery = { '5A70': 'notice', D6D5: 'notice', '6A70': 'notice' };
/** They ask about the contract, which isn't told with a live key. */
const aboutTheContract = { BF61: 'error', '28B9': 'error', '2EA1': 'warn' };

/** The audits that don't end with ok, by their ids. */
async function audit(url: string, fetchFn: typeof fetch = fetch): Promise<Record<string, string>> {
  const others: Record<string, string> = {};
  const audits = serverAudits({ url: `${url}/graphql`, fetchFn });
  assert.equal(audits.length, 61);
  for (const { id, fn } of audits) {
    const { status } = await fn();
    if (status !== 'ok') others[id] = status;
  }
  return others;
}

test('all 61 audits of GraphQL over HTTP find no error, and nothing but what was chosen', async (t) => {
  const gateway = await startGateway(t);
  assert.deepEqual(await audit(gateway.url), { ...asApolloChooses, ...againstForgery });
});

test('with a live key the audits find nothing more than that the contract is not told', async (t) => {
  const { environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, XENDIT_SECRET_KEY: 'xnd_production_test' });
  const authorization = `Bearer ${await signToken()}`;
  const asCaller: typeof fetch = (url, init) =>
    fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), authorization } });
  assert.deepEqual(await audit(gateway.url, asCaller), {
    ...asApolloChooses,
    ...againstForgery,
    ...aboutTheContract,
  });
});
