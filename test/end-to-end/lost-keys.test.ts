import assert from 'node:assert/strict';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';
import type { ApiFault } from '../../src/sandbox/faults.ts';
import { createRequest as createRequestAtXendit } from '../sandbox/v3.ts';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { type Asking, mutate, refusal } from '../support/mutations.ts';
import { activeToken, askForRequest, heldPayment, newName, paidRequest, qris } from '../support/payments.ts';
import { callsTo, createCode, payCode, sandboxOf } from '../support/qr-codes.ts';
import { callXendit } from '../support/xendit.ts';

const testTogether = onSharedGateway();

const capturing = 'POST /v3/payments/:payment_id/capture';
const asking = 'POST /v3/payment_requests';
/** The answer gets lost, and nothing was done. */
const notDone: ApiFault = { kind: 'reset' };
/** The answer gets lost, and it was done. */
const isDone: ApiFault = { kind: 'reset', afterProcessing: true };
const answered = (status: number, errorCode: string): ApiFault => ({ kind: 'status', status, errorCode });

interface Captured {
  alreadyProcessed: boolean;
  payment: { captures: { amount: { amount: string } }[] };
}

/** What a call tells: its type, and whether it says that it was done before. */
type Told = [type: string, alreadyProcessed: boolean | undefined];

async function capture(gateway: Asking, id: string, amount: string, idempotencyKey: string): Promise<Told> {
  const fields = 'alreadyProcessed payment { captures { amount { amount } } }';
  const answer = await mutate<Captured>(gateway, 'capturePayment', fields, { id, amount, idempotencyKey });
  return [answer.__typename, answer.alreadyProcessed];
}

const unknown: Told = ['OutcomeUnknown', undefined];
const done: Told = ['CapturePaymentPayload', false];
const foundDone: Told = ['CapturePaymentPayload', true];

function lose(gateway: TestGateway, endpoint: Endpoint, fault: ApiFault): void {
  sandboxOf(gateway).faults.next(endpoint, fault);
}

testTogether(
  'a capture that was lost is not told by an equal one of another key, earlier or later',
  async (_t, gateway) => {
    const { paymentId } = await heldPayment(gateway);
    const take = (amount: string, key: string) => capture(gateway, paymentId, amount, `${key} of ${paymentId}`);
    assert.deepEqual(await take('5000', 'first'), done);
    lose(gateway, capturing, notDone);
    assert.deepEqual(await take('5000', 'second'), unknown);
    assert.deepEqual(await take('5000', 'second'), unknown, 'the first is not the second');

    lose(gateway, capturing, notDone);
    assert.deepEqual(await take('7777', 'third'), unknown);
    assert.deepEqual(await take('7777', 'fourth'), done);
    assert.deepEqual(await take('7777', 'third'), unknown, 'the fourth is not the third');
  },
);

testTogether('of two equal captures that were lost nobody can tell whose it was that was done', async (_t, gateway) => {
  const { paymentId } = await heldPayment(gateway);
  const take = (amount: string, key: string) => capture(gateway, paymentId, amount, `${key} of ${paymentId}`);
  lose(gateway, capturing, notDone);
  assert.deepEqual(await take('6000', 'first'), unknown);
  lose(gateway, capturing, isDone);
  assert.deepEqual(await take('6000', 'second'), unknown);
  for (const key of ['first', 'second']) assert.deepEqual(await take('6000', key), unknown);

  lose(gateway, capturing, isDone);
  assert.deepEqual(await take('6001', 'third'), unknown);
  assert.deepEqual(await take('6001', 'third'), foundDone, 'one that is alone is found');
});

testTogether('equal captures one after the other are each done once', async (_t, gateway) => {
  const { paymentId } = await heldPayment(gateway);
  const take = (key: string) => capture(gateway, paymentId, '4000', `${key} of ${paymentId}`);
  assert.deepEqual([await take('first'), await take('second'), await take('third')], [done, done, done]);
  assert.deepEqual([await take('first'), await take('second')], [foundDone, foundDone]);
  const { data } = await gateway.ask<{ payment: { captures: object[] } }>(
    'query ($id: ID!) { payment(id: $id) { captures { captureId } } }',
    { id: paymentId },
  );
  assert.equal(data?.payment.captures.length, 3);
});

testTogether('a reusable code that was lost is not told by a request to pay once', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  const referenceId = newName('same');
  const code = {
    referenceId,
    kind: { reusablePaymentCode: { amount: '44000', channel: qris } },
    idempotencyKey: `code ${referenceId}`,
  };
  lose(gateway, asking, notDone);
  assert.equal((await askForRequest(gateway, code)).__typename, 'OutcomeUnknown');
  const elsewhere = await createRequestAtXendit(sandbox, { reference_id: referenceId, request_amount: 44_000 });
  await sandbox.payer.pay(elsewhere);
  await sandbox.idle();
  assert.equal((await askForRequest(gateway, code)).__typename, 'OutcomeUnknown');
});

const refusedByOthers = ['CHANNEL_UNAVAILABLE', 'ISSUER_UNAVAILABLE'];

testTogether(
  'a 503 that is a refusal leaves the key free; any other 5xx leaves the outcome unknown',
  async (_t, gateway) => {
    const input = { referenceId: newName('order'), idempotencyKey: newName('key') };
    for (const word of refusedByOthers) {
      lose(gateway, asking, answered(503, word));
      assert.deepEqual(refusal(await askForRequest(gateway, input)), ['Unavailable', word]);
    }
    const made = await askForRequest(gateway, input);
    assert.deepEqual([made.__typename, made.alreadyProcessed], ['CreatePaymentRequestPayload', false]);

    const other = { referenceId: newName('order'), idempotencyKey: newName('key') };
    lose(gateway, asking, answered(500, 'SERVER_ERROR'));
    assert.deepEqual(refusal(await askForRequest(gateway, other)), ['OutcomeUnknown', 'SERVER_ERROR']);
    const posts = () =>
      callsTo(sandboxOf(gateway)).filter((call) => call.startsWith('POST /v3/payment_requests')).length;
    const before = posts();
    assert.equal((await askForRequest(gateway, other)).__typename, 'OutcomeUnknown');
    assert.equal(posts(), before);
  },
);

testTogether('a customer that was lost is not told by another that has taken its reference', async (_t, gateway) => {
  const referenceId = newName('customer');
  const ask = (givenNames: string, idempotencyKey: string) =>
    mutate<{ alreadyProcessed: boolean; customer: { id: string } }>(
      gateway,
      'createCustomer',
      'alreadyProcessed customer { id }',
      { customer: { referenceId, givenNames }, idempotencyKey },
    );
  lose(gateway, 'POST /customers', notDone);
  assert.equal((await ask('Siti', `lost ${referenceId}`)).__typename, 'OutcomeUnknown');
  const body = { reference_id: referenceId, type: 'INDIVIDUAL', individual_detail: { given_names: 'Budi' } };
  await callXendit(sandboxOf(gateway), 'POST', '/customers', body);
  assert.deepEqual(refusal(await ask('Siti', `lost ${referenceId}`)), ['Conflict', 'DUPLICATE_ERROR']);
});

testTogether('one key is for one refund, of whichever kind', async (_t, gateway) => {
  const { id } = await paidRequest(gateway);
  const name = newName('order');
  await createCode(gateway, name);
  const qrPaymentId = await payCode(gateway, name);
  const input = { reason: 'OTHERS', amount: '1000', currency: 'IDR', idempotencyKey: newName('key') };
  const ask = (of: object) => mutate(gateway, 'createRefund', '__typename', { ...input, of });
  assert.equal((await ask({ paymentRequestId: id })).__typename, 'CreateRefundPayload');
  const calls = callsTo(sandboxOf(gateway)).length;
  assert.deepEqual(refusal(await ask({ qrPaymentId })), ['Conflict', null]);
  assert.equal(callsTo(sandboxOf(gateway)).length, calls);
});

testTogether('a payment by token that was lost is not told by a session of the same reference', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  const referenceId = newName('same');
  const paymentTokenId = await activeToken(gateway, 'DANA');
  const paying = {
    referenceId,
    kind: { payWithToken: { amount: '15000', paymentTokenId } },
    idempotencyKey: `pay ${referenceId}`,
  };
  lose(gateway, asking, notDone);
  assert.equal((await askForRequest(gateway, paying)).__typename, 'OutcomeUnknown');
  const session = await mutate<{ paymentSession: { id: string } }>(
    gateway,
    'createPaymentSession',
    'paymentSession { id }',
    {
      ...{ referenceId, country: 'ID', currency: 'IDR', sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '15000' },
      idempotencyKey: `session ${referenceId}`,
    },
  );
  await sandbox.payer.completeSession(session.paymentSession?.id ?? '', { channel_code: 'DANA' });
  await sandbox.idle();
  assert.equal((await askForRequest(gateway, paying)).__typename, 'OutcomeUnknown');
});
