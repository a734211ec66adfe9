import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { onEachSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { readMetrics } from '../support/metrics.ts';
import { callsTo, createCode, payCode, sandboxOf } from '../support/qr-codes.ts';
import { sample } from '../support/samples.ts';

const testOnBoth = onEachSharedGateway();

const ofCode = /* GraphQL */ `query ($externalId: ID!) { qrCode(externalId: $externalId) { id status version } }`;

interface CodeAnswer {
  qrCode: { id: string; status: string; version: number } | null;
}

async function findCode(gateway: TestGateway, externalId: string): Promise<CodeAnswer['qrCode']> {
  const { data, errors } = await gateway.ask<CodeAnswer>(ofCode, { externalId });
  return data ? data.qrCode : assert.fail(JSON.stringify(errors));
}

testOnBoth('a code that nobody knows is null, and Xendit was asked', async (_t, gateway) => {
  sandboxOf(gateway).record.requests.length = 0;
  assert.equal(await findCode(gateway, 'nobody-knows'), null);
  assert.deepEqual(callsTo(sandboxOf(gateway)), ['GET /qr_codes/nobody-knows']);
});

testOnEachDatabase('a code that is settled costs no call, one that is not costs one', async (t, database) => {
  const gateway = await startGateway(t, { READ_MAX_AGE_MS: '0' }, database);
  const sandbox = sandboxOf(gateway);
  await createCode(gateway, 'order-1');
  sandbox.record.requests.length = 0;

  assert.equal((await findCode(gateway, 'order-1'))?.status, 'ACTIVE');
  assert.deepEqual(callsTo(sandbox), ['GET /qr_codes/order-1']);

  await payCode(gateway, 'order-1');
  await sandbox.idle();
  sandbox.record.requests.length = 0;
  assert.equal((await findCode(gateway, 'order-1'))?.status, 'INACTIVE');
  assert.deepEqual(callsTo(sandbox), []);
});

test('the ledger answers for as long as READ_MAX_AGE_MS says', async (t) => {
  const maxAgeMs = 300;
  const gateway = await startGateway(t, { READ_MAX_AGE_MS: String(maxAgeMs) });
  const { record } = sandboxOf(gateway);
  await createCode(gateway, 'order-1');
  const heardAt = record.requests[0]?.receivedAt ?? assert.fail();

  await eventually('the gateway asks again', async () => {
    await findCode(gateway, 'order-1');
    return record.requests.length > 1;
  });
  const askedAgainAfterMs = (record.requests[1]?.receivedAt ?? 0) - heardAt;
  assert.ok(askedAgainAfterMs >= maxAgeMs, `asked again after ${askedAgainAfterMs} ms`);
});

testOnEachDatabase(
  'what Xendit says again costs no transaction, and what it says anew is kept',
  async (t, database) => {
    const gateway = await startGateway(t, { READ_MAX_AGE_MS: '0', RECONCILE_EVERY_MS: '3600000' }, database);
    const { faults, record } = sandboxOf(gateway);
    const externalId = 'order-1';
    await createCode(gateway, externalId);
    const asked = 'xendit_graphql_ledger_transaction_duration_seconds_count{outcome="committed"}';
    const transactions = async () => (await readMetrics(gateway.url)).value(asked);
    const first = await findCode(gateway, externalId);
    const before = await transactions();
    const calls = record.requests.length;
    for (let time = 0; time < 5; time += 1) assert.deepEqual(await findCode(gateway, externalId), first);
    assert.equal(record.requests.length, calls + 5, 'Xendit is asked each time');
    assert.equal(await transactions(), before);

    const more = { id: first?.id, external_id: externalId, status: 'ACTIVE', description: 'a word more' };
    faults.next('GET /qr_codes/:external_id', { kind: 'invalidBody', body: JSON.stringify(more) });
    assert.equal((await findCode(gateway, externalId))?.version, (first?.version ?? 0) + 1);
  },
);

test('equal questions at the same moment are one call', async (t) => {
  const gateway = await startGateway(t, { READ_MAX_AGE_MS: '0' });
  const sandbox = sandboxOf(gateway);
  await createCode(gateway, 'order-1');
  sandbox.record.requests.length = 0;
  sandbox.faults.next('GET /qr_codes/:external_id', { kind: 'delay', ms: 500 });

  const answers = await Promise.all(Array.from({ length: 30 }, () => findCode(gateway, 'order-1')));
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
  assert.deepEqual(callsTo(sandbox), ['GET /qr_codes/order-1']);
});

testOnBoth('node finds every type by its id', async (_t, gateway) => {
  const names = ['qr.payment.v1', 'payment.capture.v3', 'payment.awaiting_capture.v2', 'payment.succeeded.v2'];
  const others = ['capture.succeeded.v2', 'ewallet.capture', 'refund.succeeded', 'payment_method.activated.v2'];
  const sessions = ['payment_session.completed', 'payment_token.activation.v3', 'payment_request.expiry.v3'];
  const told = await Promise.all([...names, ...others, ...sessions].map((name) => gateway.deliver(sample(name))));
  const { id: eventId = '' } = ((await told[0]?.json()) ?? {}) as { id?: string };

  const expected: Record<string, string> = {
    'qr_8182837te-87st-49ing-8696-1239bd4d759c': 'QrCode',
    'qrpy_8182837te-87st-49ing-8696-1239bd4d759c': 'QrPayment',
    'pr-ced7965b-d588-49f1-ba41-d499277e5395': 'PaymentRequest',
    'pr-f16f1655-89f1-48d7-b9e8-e3454d689974': 'PaymentRequest',
    'py-97716cc2-2840-4ead-949b-db60e9aeb55e': 'Payment',
    ca_62fd91b51f9b98001ba724c7: 'Payment',
    'pymt-2e9badf8-1473-4e8a-a1cf-d1e3214afc0f': 'Payment',
    'ewc_95d47d3a-db03-4b4b-9b6c-71077157cbc8': 'Payment',
    'ddpy-3cd658ae-25b9-4659-aa36-596ae41a809f': 'Payment',
    'cap-48d749c9-dd46-462c-bece-c3e73cd94125': 'Capture',
    'ps-579c8d61f23fa4ca35e52da4': 'PaymentSession',
    'pt-1402feb0-bb79-47ae-9d1e-e69394d3949c': 'PaymentToken',
    'ptkn-6d1c8be4-f4d9-421c-9f0b-ab3b2b6bbc39': 'PaymentToken',
    'pm-6ff0b6f2-f5de-457f-b08f-bc98fbae485a': 'PaymentToken',
    'rfd-6f4a377d-a201-437f-9119-f8b00cbbe857': 'Refund',
    [eventId]: 'WebhookEvent',
  };
  const found = await Promise.all(
    Object.keys(expected).map(async (id) => {
      const { data } = await gateway.ask<{ node: { __typename: string; id: string } | null }>(
        'query ($id: ID!) { node(id: $id) { __typename id } }',
        { id },
      );
      return [data?.node?.id, data?.node?.__typename];
    }),
  );
  assert.deepEqual(found, Object.entries(expected));

  const unknown = await gateway.ask(
    `{ a: node(id: "qr_nobody") { id } b: node(id: "what") { id } c: node(id: "wh_0") { id } }`,
  );
  assert.deepEqual(unknown, { data: { a: null, b: null, c: null } });
});

interface PaymentsPage {
  qrPayments: {
    edges: { cursor: string; node: { id: string; created: string } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
  };
}

const ofPayments = /* GraphQL */ `
  query ($externalId: ID!, $from: DateTime, $to: DateTime, $first: Int, $after: Cursor) {
    qrPayments(externalId: $externalId, from: $from, to: $to, first: $first, after: $after) {
      edges { cursor node { id created } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
`;

testOnBoth('payments come in pages, newest first, within bounds of time', async (_t, gateway) => {
  await createCode(gateway, 'counter', 'STATIC');
  const paid: string[] = [];
  for (let amount = 2001; amount <= 2007; amount += 1) paid.unshift(await payCode(gateway, 'counter', String(amount)));
  const page = async (variables: object) => {
    const { data, errors } = await gateway.ask<PaymentsPage>(ofPayments, { externalId: 'counter', ...variables });
    return data?.qrPayments ?? assert.fail(JSON.stringify(errors));
  };

  const whole = await page({ first: 100 });
  const payments = whole.edges.map(({ node }) => node);
  assert.deepEqual(payments.map(({ id }) => id).sort(), [...paid].sort());
  assert.deepEqual(
    payments.map(({ created }) => created),
    payments
      .map(({ created }) => created)
      .sort()
      .reverse(),
  );
  assert.equal(whole.pageInfo.hasNextPage, false);
  assert.equal((await page({ first: 7 })).pageInfo.hasNextPage, false);
  assert.equal((await page({ first: 6 })).pageInfo.hasNextPage, true);

  const inPages: string[] = [];
  let pages = 0;
  for (let after: string | undefined, more = true; more; pages += 1) {
    const { edges, pageInfo } = await page({ first: 3, after });
    assert.equal(pageInfo.hasPreviousPage, pages > 0);
    inPages.push(...edges.map(({ node }) => node.id));
    after = pageInfo.endCursor;
    more = pageInfo.hasNextPage;
  }
  assert.equal(pages, 3);
  assert.deepEqual(
    inPages,
    payments.map(({ id }) => id),
  );

  const [from, to] = [payments[5]?.created ?? '', payments[2]?.created ?? ''];
  const within = payments.filter(({ created }) => created >= from && created <= to);
  assert.deepEqual(
    (await page({ from, to, first: 100 })).edges.map(({ node }) => node),
    within,
  );
  assert.deepEqual(
    (await page({ from, to, first: 2 })).edges.map(({ node }) => node),
    within.slice(0, 2),
  );
  const rest = await page({ from, to, first: 100, after: whole.edges[2]?.cursor });
  assert.deepEqual(
    rest.edges.map(({ node }) => node),
    within.slice(1),
  );
});

test('a page that can not be is refused with its reason', async (t) => {
  const gateway = await startGateway(t);
  await createCode(gateway, 'counter', 'STATIC');
  await createCode(gateway, 'other', 'STATIC');
  await payCode(gateway, 'other', '2000');
  const refusal = async (variables: object) => {
    const { errors } = await gateway.ask(ofPayments, { externalId: 'counter', ...variables });
    return [errors?.[0]?.extensions.code, errors?.[0]?.extensions.fields];
  };
  const outOfRange = [{ path: ['first'], message: 'must be within 1 and 100' }];
  assert.deepEqual(await refusal({ first: 0 }), ['INVALID_INPUT', outOfRange]);
  assert.deepEqual(await refusal({ first: 101 }), ['INVALID_INPUT', outOfRange]);
  assert.deepEqual(await refusal({ after: 'made up' }), ['CURSOR_INVALID', undefined]);
  const { data } = await gateway.ask<PaymentsPage>(ofPayments, { externalId: 'other' });
  assert.deepEqual(await refusal({ after: data?.qrPayments.edges[0]?.cursor }), ['CURSOR_INVALID', undefined]);
});
