import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { embedded, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createRequest } from '../support/payments.ts';
import { createCode } from '../support/qr-codes.ts';
import { watchCode, watchRequest } from '../support/subscriptions.ts';
import { callXendit, startXendit } from '../support/xendit.ts';

interface Shown {
  status: string;
  version: number;
}

async function show(gateway: TestGateway, field: string): Promise<Shown | undefined> {
  const { data, errors } = await gateway.ask<{ shown: Shown }>(`{ shown: ${field} { status version } }`);
  assert.equal(errors, undefined);
  return data?.shown;
}

async function start(t: Parameters<typeof startXendit>[0], settings: Record<string, string>, database = embedded(t)) {
  const { xendit, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, READ_MAX_AGE_MS: '0', ...settings }, await database);
  xendit.webhookUrl = `${gateway.url}/webhooks/xendit`;
  return { xendit, gateway, environment };
}

/** The next GET sees what there is at once, and its answer takes two seconds to arrive. */
function delayNext(xendit: Sandbox, endpoint: Endpoint): { hasBeenRead(): boolean } {
  const before = xendit.record.requests.length;
  xendit.faults.next(endpoint, { kind: 'delay', ms: 2_000, afterProcessing: true });
  const sinceThen = () => xendit.record.requests.slice(before);
  return { hasBeenRead: () => sinceThen().some((one) => one.endpoint === endpoint && one.isProcessed) };
}

/** Asks, and tells whether an answer has come yet. */
function asking(gateway: TestGateway, field: string) {
  const state = { isOver: false, answer: show(gateway, field).finally(() => (state.isOver = true)) };
  return state;
}

testOnEachDatabase(
  'an answer about a code from before its payment arrives after it and changes nothing',
  async (t, on) => {
    const { xendit, gateway } = await start(t, {}, Promise.resolve(on));
    await createCode(gateway, 'order-1');
    const watching = watchCode(gateway, 'order-1');
    assert.equal((await watching.next())?.status, 'ACTIVE');
    const late = delayNext(xendit, 'GET /qr_codes/:external_id');
    const question = asking(gateway, 'qrCode(externalId: "order-1")');
    await eventually('Xendit has read the code', late.hasBeenRead);

    await callXendit(xendit, 'POST', '/qr_codes/order-1/payments/simulate', {});
    const paid = await watching.next();
    assert.deepEqual([paid?.kind, paid?.status, question.isOver], ['PAYMENT', 'INACTIVE', false]);

    const shown = { status: 'INACTIVE', version: paid?.version };
    assert.deepEqual(await question.answer, shown);
    assert.deepEqual(await show(gateway, 'qrCode(externalId: "order-1")'), shown);
    assert.deepEqual(await watching.rest(), []);
  },
);

testOnEachDatabase('an answer about a request from before its payment changes nothing either', async (t, on) => {
  const { xendit, gateway } = await start(t, {}, Promise.resolve(on));
  const { id } = await createRequest(gateway);
  const watching = watchRequest(gateway, id);
  assert.equal((await watching.next())?.status, 'REQUIRES_ACTION');
  const late = delayNext(xendit, 'GET /v3/payment_requests/:payment_request_id');
  const question = asking(gateway, `paymentRequest(id: "${id}")`);
  await eventually('Xendit has read the request', late.hasBeenRead);

  await xendit.payer.pay(id);
  const paid = await watching.next();
  assert.deepEqual([paid?.kind, paid?.status, question.isOver], ['PAYMENT', 'SUCCEEDED', false]);

  const shown = { status: 'SUCCEEDED', version: paid?.version };
  assert.deepEqual(await question.answer, shown);
  assert.deepEqual(await show(gateway, `paymentRequest(id: "${id}")`), shown);
  assert.deepEqual(await watching.rest(), []);
});

test('what the reconciler asked before a payment and hears after it changes nothing', async (t) => {
  const place = await embedded(t);
  const { xendit, gateway, environment } = await start(t, { RECONCILE_EVERY_MS: '100' }, Promise.resolve(place));
  const late = delayNext(xendit, 'GET /v3/payment_requests/:payment_request_id');
  const { id } = await createRequest(gateway);
  await eventually('the reconciler has asked', late.hasBeenRead, 20_000);

  await xendit.payer.pay(id);
  const paid = async (of: TestGateway) => {
    const { data } = await of.ask<{ node: Shown }>(
      `{ node(id: "${id}") { ... on PaymentRequest { status version } } }`,
    );
    return data?.node;
  };
  await eventually('its webhook has been taken in', async () => (await paid(gateway))?.status === 'SUCCEEDED');
  const known = await paid(gateway);
  const asked = xendit.record.requests.find(({ fault }) => fault === 'delay');
  assert.equal(asked?.status, undefined, 'the reconciler is still waiting');
  // Closing waits until the reconciler has taken in what it was told.
  await gateway.close();
  assert.equal(asked?.status, 200);
  assert.deepEqual(await paid(await startGateway(t, environment, place)), known);
});
