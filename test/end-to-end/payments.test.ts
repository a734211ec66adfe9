import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, objectOf } from '../../src/model/json.ts';
import { v3 } from '../sandbox/v3.ts';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { type Asking, mutate, mutateById, refusal, wrongFields } from '../support/mutations.ts';
import { createRequest, heldPayment, newName, paidRequest, startOnClock } from '../support/payments.ts';
import { callsTo, sandboxOf } from '../support/qr-codes.ts';
import { marked, sample } from '../support/samples.ts';

const testTogether = onSharedGateway();
const testOfCalls = onSharedGateway();

const dayMs = 24 * 3_600_000;
const payload = 'payment { id status amount { amount } captures { captureId amount { amount currency } } }';

interface ShownPayment {
  id: string;
  status: string;
  amount: { amount: string };
  captures: { captureId: string; amount: { amount: string; currency: string } }[];
}

interface Captured {
  alreadyProcessed: boolean;
  payment: ShownPayment;
}

function capture(gateway: Asking, id: string, amount: string, idempotencyKey = newName('capture')) {
  const input = { id, amount, idempotencyKey };
  return mutate<Captured>(gateway, 'capturePayment', `alreadyProcessed ${payload}`, input);
}

function cancel(gateway: Asking, id: string) {
  return mutateById<Captured>(gateway, 'cancelPayment', payload, id);
}

function watchPayment(gateway: TestGateway, id: string) {
  return gateway.subscribe<{ paymentChanged: { kind: string; version: number; payment: { status: string } } }>(
    'subscription ($id: ID!) { paymentChanged(id: $id) { kind version payment { status } } }',
    { id },
  );
}

testTogether('a held card payment is captured as a whole, and told', async (t, gateway) => {
  const { id, paymentId } = await heldPayment(gateway);
  const { data } = await gateway.ask<object>(
    `query ($id: ID!, $payment: ID!) {
      paymentRequest(id: $id) { status captureMethod }
      payment(id: $payment) { status family channelCode captures { captureId } paymentRequest { id } paymentToken { status } }
    }`,
    { id, payment: paymentId },
  );
  assert.deepEqual(data, {
    paymentRequest: { status: 'AUTHORIZED', captureMethod: 'MANUAL' },
    payment: {
      status: 'AUTHORIZED',
      family: 'PAYMENTS_V3',
      channelCode: 'CARDS',
      captures: [],
      paymentRequest: { id },
      paymentToken: { status: 'ACTIVE' },
    },
  });
  const changes = watchPayment(gateway, paymentId);
  t.after(() => changes.leave());
  assert.equal((await changes.next())?.paymentChanged.kind, 'SNAPSHOT');

  const captured = await capture(gateway, paymentId, '150000');
  assert.equal(captured.payment?.status, 'SUCCEEDED');
  assert.deepEqual(
    captured.payment?.captures.map(({ amount }) => amount),
    [{ amount: '150000', currency: 'IDR' }],
  );
  const told = await changes.rest();
  assert.deepEqual(
    told.map(({ paymentChanged: { kind, payment } }) => [kind, payment.status]),
    [['STATUS_CHANGED', 'SUCCEEDED']],
  );
});

testTogether('a held payment is captured in parts, each once by its key, and never beyond it', async (_t, gateway) => {
  const { paymentId } = await heldPayment(gateway);
  const { record } = sandboxOf(gateway);
  const key = newName('part');
  const amounts = ({ payment }: { payment?: ShownPayment }) => payment?.captures.map(({ amount }) => amount.amount);

  const first = await capture(gateway, paymentId, '50000', key);
  assert.deepEqual([first.alreadyProcessed, amounts(first)], [false, ['50000']]);
  const calls = record.requests.length;
  const again = await capture(gateway, paymentId, '50000', key);
  assert.deepEqual([again.alreadyProcessed, amounts(again)], [true, ['50000']]);
  assert.equal((await capture(gateway, paymentId, '60000', key)).__typename, 'Conflict');
  assert.equal(record.requests.length, calls);

  const tooMuch = await capture(gateway, paymentId, '100000.01');
  assert.deepEqual(refusal(tooMuch), ['InvalidInput', 'CAPTURE_AMOUNT_EXCEEDED']);
  assert.deepEqual(wrongFields(tooMuch), ['input.amount']);
  assert.doesNotMatch(tooMuch.message, /POST|v3|40\d/, 'Xendit’s own sentence');
  const rest = await capture(gateway, paymentId, '100000');
  assert.deepEqual(amounts(rest), ['50000', '100000']);
  assert.deepEqual(refusal(await capture(gateway, paymentId, '1')), ['WrongState', 'INELIGIBLE_TRANSACTION_STATUS']);
});

testTogether('a held payment that is let go is canceled at once and can not be captured', async (_t, gateway) => {
  const { paymentId } = await heldPayment(gateway);
  const { record } = sandboxOf(gateway);
  const deliveries = record.deliveries.length;
  assert.equal((await cancel(gateway, paymentId)).payment?.status, 'CANCELED');
  await sandboxOf(gateway).idle();
  assert.equal(record.deliveries.length, deliveries);
  assert.deepEqual(refusal(await capture(gateway, paymentId, '150000')), [
    'WrongState',
    'INELIGIBLE_TRANSACTION_STATUS',
  ]);
  assert.deepEqual(refusal(await cancel(gateway, paymentId)), ['WrongState', 'INELIGIBLE_TRANSACTION_STATUS']);
});

testTogether('nothing else can be captured or let go', async (_t, gateway) => {
  const { paymentId } = await paidRequest(gateway);
  assert.equal((await capture(gateway, paymentId, '15000')).__typename, 'WrongState');
  assert.equal((await cancel(gateway, paymentId)).__typename, 'WrongState');
  assert.deepEqual(refusal(await capture(gateway, 'py-00000000-0000-4000-8000-000000000000', '15000')), [
    'NotFound',
    'DATA_NOT_FOUND',
  ]);
  assert.deepEqual(refusal(await cancel(gateway, 'py-00000000-0000-4000-8000-000000000000')), [
    'NotFound',
    'DATA_NOT_FOUND',
  ]);
  const { record } = sandboxOf(gateway);
  const calls = record.requests.length;
  assert.deepEqual(wrongFields(await capture(gateway, paymentId, 'much', '')), [
    'input.amount',
    'input.idempotencyKey',
  ]);
  assert.deepEqual(wrongFields(await capture(gateway, paymentId, '0')), ['input.amount']);
  assert.equal(record.requests.length, calls);
});

testTogether('a payment shows its fee and settlement, as Xendit has booked them', async (_t, gateway) => {
  const { id, paymentId } = await paidRequest(gateway);
  const { data } = await gateway.ask<{ payment: { transaction: object } }>(
    `query ($id: ID!) {
      payment(id: $id) {
        transaction {
          type status amount { amount currency } netAmount { amount } cashflow settlementStatus channelCategory productId
          fee { xenditFee { amount currency } valueAddedTax { amount } status } payment { paymentRequest { id } }
        }
      }
    }`,
    { id: paymentId },
  );
  assert.deepEqual(data?.payment.transaction, {
    type: 'PAYMENT',
    status: 'SUCCESS',
    amount: { amount: '15000', currency: 'IDR' },
    netAmount: { amount: '14883.45' },
    cashflow: 'MONEY_IN',
    settlementStatus: 'PENDING',
    channelCategory: 'QR_CODE',
    productId: paymentId,
    fee: { xenditFee: { amount: '105', currency: 'IDR' }, valueAddedTax: { amount: '11.55' }, status: 'PENDING' },
    payment: { paymentRequest: { id } },
  });
});

testTogether('a payment that its payer declines has failed, and is not booked', async (_t, gateway) => {
  const { payer } = sandboxOf(gateway);
  const channel = { ewallet: { code: 'DANA' } };
  const { id } = await createRequest(gateway, { kind: { pay: { amount: '20105', channel } } });
  await payer.pay(id);
  const { data } = await gateway.ask<object>(
    'query ($id: ID!) { paymentRequest(id: $id) { status latestPayment { status failureCode transaction { id } } } }',
    { id },
  );
  assert.deepEqual(data, {
    paymentRequest: {
      status: 'FAILED',
      latestPayment: { status: 'FAILED', failureCode: 'USER_DECLINED_PAYMENT', transaction: null },
    },
  });
});

test('a held payment that nobody captures expires after seven days', async (t) => {
  const { gateway, clock } = await startOnClock(t);
  const { paymentId } = await heldPayment(gateway);
  const changes = watchPayment(gateway, paymentId);
  t.after(() => changes.leave());
  await changes.next();
  await clock.advance(7 * dayMs);
  assert.equal((await changes.next())?.paymentChanged.payment.status, 'EXPIRED');
  assert.equal((await capture(gateway, paymentId, '150000')).__typename, 'WrongState');
});

const fiftyPayments = /* GraphQL */ `
  {
    payments(first: 50) { edges { node {
      id
      paymentRequest {
        status latestPayment { id }
        payments(first: 5) { edges { node {
          paymentToken { id }
          paymentRequest { paymentToken { id } }
        } } }
      }
      again: paymentRequest { id }
      paymentToken { id }
    } } }
  }
`;

interface Fifty {
  payments: {
    edges: {
      node: {
        id: string;
        paymentRequest: { status: string; latestPayment: { id: string } };
        paymentToken: { id: string } | null;
      };
    }[];
  };
}

async function deliverFifty(gateway: TestGateway, mark: string, changes: (index: number) => JsonObject): Promise<void> {
  const bodies = Array.from({ length: 50 }, (_, index) =>
    marked(sample('payment.capture.v3.reference', { payment_token_id: null, type: 'PAY' }), `-${mark}-${index}`),
  );
  const answers = await Promise.all(
    bodies.map((body, index) => gateway.deliver({ ...body, data: { ...objectOf(body.data), ...changes(index) } })),
  );
  assert.ok(answers.every(({ ok }) => ok));
}

testOfCalls('fifty payments and their requests cost no call when webhooks told of both', async (_t, gateway) => {
  await deliverFifty(gateway, 'known', () => ({}));
  const { data } = await gateway.ask<Fifty>(fiftyPayments);
  assert.equal(data?.payments.edges.length, 50);
  for (const { node } of data.payments.edges) {
    assert.deepEqual(node.paymentRequest, {
      ...node.paymentRequest,
      status: 'SUCCEEDED',
      latestPayment: { id: node.id },
    });
  }
  assert.deepEqual(callsTo(sandboxOf(gateway)), []);
});

testOfCalls(
  'fifty payments by five tokens that nobody told of cost five calls, however deep they are asked for',
  async (_t, gateway) => {
    const sandbox = sandboxOf(gateway);
    const tokens = await Promise.all(
      [0, 1, 2, 3, 4].map(async () => {
        const { body } = await v3(sandbox, 'POST', '/payment_tokens', {
          reference_id: newName('token'),
          country: 'ID',
          currency: 'IDR',
          channel_code: 'OVO',
          channel_properties: {},
        });
        return String(body.payment_token_id);
      }),
    );
    sandbox.record.requests.length = 0;
    const created = '2026-01-01T00:00:00Z';
    await deliverFifty(gateway, 'saved', (index) => ({
      payment_token_id: tokens[index % 5],
      created,
      updated: created,
    }));
    const { data } = await gateway.ask<Fifty>(fiftyPayments);
    assert.equal(data?.payments.edges.length, 50);
    assert.ok(data.payments.edges.every(({ node }) => tokens.includes(node.paymentToken?.id ?? '')));
    assert.deepEqual(callsTo(sandbox).sort(), tokens.map((id) => `GET /v3/payment_tokens/${id}`).sort());
  },
);

testOfCalls(
  'fifty sessions cost one call for each payment that nobody told of, and none for one that is known',
  async (_t, gateway) => {
    const { paymentId: known } = await paidRequest(gateway);
    const sandbox = sandboxOf(gateway);
    sandbox.record.requests.length = 0;
    const unknown = [0, 1, 2, 3, 4].map((index) => `py-unknown-${index}`);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        gateway.deliver(
          sample('payment_session.completed', {
            id: `ps-${index}`,
            payment_id: index < 25 ? known : unknown[index % 5],
            payment_request_id: null,
            payment_token_id: null,
          }),
        ),
      ),
    );
    assert.ok(answers.every(({ ok }) => ok));
    const { data } = await gateway.ask<{ paymentSessions: { edges: { node: { payment: object | null } }[] } }>(
      '{ paymentSessions(first: 50) { edges { node { payment { id } again: payment { status } } } } }',
    );
    const payments = data?.paymentSessions.edges.map(({ node }) => node.payment);
    assert.equal(payments?.filter((payment) => payment === null).length, 25, 'Xendit does not know them either');
    assert.deepEqual(
      callsTo(sandbox).sort(),
      unknown.map((id) => `GET /v3/payments/${id}`),
    );
  },
);
