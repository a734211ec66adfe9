import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { open } from '../store/support.ts';
import { embedded, type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { callbackToken, startGateway, type TestGateway } from '../support/gateway.ts';
import { mutateById } from '../support/mutations.ts';
import { qrPayment, sample } from '../support/samples.ts';
import { startXendit } from '../support/xendit.ts';

const tokens = { 'sub-a': 'a-token', 'sub-b': 'b-token' };
const ACCOUNT_CALLBACK_TOKENS = Object.entries(tokens)
  .map((entry) => entry.join('='))
  .join();

/** The token of each account, as Xendit sends them. */
function tokenOf(account: string): string {
  return (tokens as Record<string, string>)[account] ?? callbackToken;
}

/** Delivers with an account's own token to an account's own address. */
async function deliver(gateway: TestGateway, account: string, body: object): Promise<{ outcome: string; id: string }> {
  const path = `/webhooks/xendit${account === '' ? '' : `/${account}`}`;
  const answer = await gateway.deliver(body, { 'x-callback-token': tokenOf(account) }, path);
  assert.equal(answer.status, 200);
  return (await answer.json()) as { outcome: string; id: string };
}

function capture(business: string, id: string): object {
  return sample('payment.capture.v3', { business_id: business, payment_id: id }, { business_id: business });
}

/** What is left when the gateway is gone: each resource, change and webhook, by its account. */
async function remains(t: TestContext, place: TestDatabase) {
  const { prisma, close } = await open(t, place);
  const resources = await prisma.resource.findMany({ where: { type: { in: ['Payment', 'QrPayment'] } } });
  const changes = await prisma.change.findMany({ where: { type: { in: ['Payment', 'QrPayment'] } } });
  const events = await prisma.webhookEvent.findMany({ orderBy: { receivedAt: 'asc' } });
  await close();
  return {
    resources: resources.map(({ account, id }) => `${account} ${id}`).sort(),
    changes: changes.map(({ account, resourceId }) => `${account} ${resourceId}`).sort(),
    events: events.map(({ account, businessId, outcome }) => [account, businessId, outcome]),
  };
}

testOnEachDatabase('what names another account’s business is kept and applied to nothing', async (t, place) => {
  const { environment } = await startXendit(t);
  const settings = { ...environment, ACCOUNT_CALLBACK_TOKENS };
  const gateway = await startGateway(t, settings, place);
  const deliveries = [
    ['sub-a', 'sub-b', 'QUARANTINED'],
    ['sub-a', 'own', 'QUARANTINED'],
    ['', 'sub-a', 'QUARANTINED'],
    ['sub-a', 'sub-a', 'APPLIED'],
    ['', 'own', 'APPLIED'],
  ] as const;
  for (const [account, business, outcome] of deliveries) {
    const { outcome: told, id } = await deliver(gateway, account, capture(business, 'py-1'));
    assert.equal(told, outcome, `${business} to ${account}`);
    assert.equal((await deliver(gateway, account, capture(business, 'py-1'))).id, id);
  }
  // Version 1 names no business.
  assert.equal(
    (await deliver(gateway, 'sub-b', qrPayment({ id: 'qr_1', externalId: 'counter' }, 'qrpy_1'))).outcome,
    'APPLIED',
  );
  await gateway.close();
  const taken = [' py-1', 'sub-a py-1', 'sub-b qrpy_1'];
  assert.deepEqual(await remains(t, place), {
    resources: taken,
    changes: taken,
    events: [...deliveries, ['sub-b', null, 'APPLIED']],
  });
});

testOnEachDatabase(
  'it stays held when it is read again, until the owner’s own business is set right',
  async (t, place) => {
    const { environment } = await startXendit(t);
    const mistaken = await startGateway(t, { ...environment, XENDIT_BUSINESS_ID: 'mistaken' }, place);
    const { id, outcome } = await deliver(mistaken, '', capture('own', 'py-1'));
    assert.equal(outcome, 'QUARANTINED');
    const redrive = async (gateway: TestGateway) => {
      const shown = 'webhookEvent { outcome reason attempts }';
      const { webhookEvent } = await mutateById<{ webhookEvent: object }>(gateway, 'redriveWebhookEvent', shown, id);
      return webhookEvent;
    };
    const reason = 'It names a business other than the account that it came for';
    assert.deepEqual(await redrive(mistaken), { outcome: 'QUARANTINED', reason, attempts: 1 });
    const { data } = await mistaken.ask('{ activity { edges { cursor } } }');
    assert.deepEqual(data, { activity: { edges: [] } });
    await mistaken.close();

    const gateway = await startGateway(t, { ...environment, XENDIT_BUSINESS_ID: 'own' }, place);
    assert.deepEqual(await redrive(gateway), { outcome: 'APPLIED', reason: null, attempts: 2 });
    assert.equal((await deliver(gateway, '', capture('somebody', 'py-2'))).outcome, 'QUARANTINED');
  },
);

/** Xendit tells of a payment in each of these accounts; all of them are taken in. */
async function payInEach(sandbox: Sandbox, accounts: readonly string[]): Promise<void> {
  for (const account of accounts) {
    await sandbox.send('payment.capture', { payment_id: 'py-1' }, { account });
    await sandbox.send(
      'qr.payment',
      { id: 'qrpy_1', qr_code: { id: 'qr_1', external_id: 'counter', type: 'STATIC' } },
      { account },
    );
  }
  await sandbox.idle();
  const answers = sandbox.record.deliveries.map(({ url, status }) => `${status} ${url.split('/xendit')[1]}`);
  assert.deepEqual(
    answers,
    accounts.flatMap((account) => Array(2).fill(`200 ${account && `/${account}`}`)),
  );
}

for (const [what, more] of [
  ['in sandbox mode', {}],
  ['in sandbox mode, where some accounts have tokens of their own', { ACCOUNT_CALLBACK_TOKENS }],
] as const) {
  test(`the same payment in each account is one in each, ${what}`, async (t) => {
    const place = await embedded(t);
    const gateway = await startGateway(t, more, place);
    const { sandbox } = gateway;
    assert.ok(sandbox !== undefined);
    const accounts = ['', 'sub-a', 'sub-b', 'sub-c'];
    await payInEach(sandbox, accounts);
    await gateway.close();
    const { resources, events } = await remains(t, place);
    assert.deepEqual(
      resources,
      accounts.flatMap((account) => [`${account} py-1`, `${account} qrpy_1`]),
    );
    assert.deepEqual([...new Set(events.map(([, , outcome]) => outcome))], ['APPLIED']);
  });
}

test('the same payment in each account is one in each, with a key and Xendit’s own token for each', async (t) => {
  const { xendit, environment } = await startXendit(t, { callbackToken: tokenOf });
  const gateway = await startGateway(t, { ...environment, ACCOUNT_CALLBACK_TOKENS });
  xendit.webhookUrl = (account) => `${gateway.url}/webhooks/xendit${account && `/${account}`}`;
  await payInEach(xendit, ['', 'sub-a', 'sub-b']);
  // At Xendit an account without a token here proves nothing.
  await xendit.send('payment.capture', {}, { account: 'sub-c' });
  assert.deepEqual([xendit.record.deliveries.at(-1)?.status, gateway.refusals()], [401, 1]);
});
