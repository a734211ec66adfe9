import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createCode } from '../support/qr-codes.ts';
import { qrPayment, sample } from '../support/samples.ts';

interface Happening {
  cursor: string;
  version: number;
  kind: string;
  fromStatus: string | null;
  toStatus: string;
  recordedAt: string;
  origin: string;
  resource: { __typename: string; id: string };
  cause: { id: string } | null;
}

const happening = 'cursor version kind fromStatus toStatus recordedAt origin resource { __typename id } cause { id }';

function watch(gateway: TestGateway, variables: { filter?: object; after?: string | undefined } = {}) {
  const stream = gateway.subscribe<{ activity: Happening }>(
    `subscription ($filter: ActivityFilter, $after: Cursor) { activity(filter: $filter, after: $after) { ${happening} } }`,
    variables,
  );
  return {
    async take(count: number): Promise<Happening[]> {
      const told: Happening[] = [];
      while (told.length < count) told.push((await stream.next())?.activity ?? assert.fail('it ended'));
      return told;
    },
    leave: () => stream.leave(),
  };
}

interface Page {
  activity: { edges: { cursor: string; node: Happening }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
}

async function readPage(gateway: TestGateway, variables: object): Promise<Page['activity']> {
  const { data, errors } = await gateway.ask<Page>(
    `query ($filter: ActivityFilter, $first: Int, $after: Cursor) {
      activity(filter: $filter, first: $first, after: $after) {
        edges { cursor node { ${happening} } } pageInfo { hasNextPage endCursor }
      }
    }`,
    variables,
  );
  return data?.activity ?? assert.fail(JSON.stringify(errors));
}

/** The whole log by the query, oldest first, in pages. */
async function readAll(gateway: TestGateway, filter?: object, first = 7): Promise<Happening[]> {
  const all: Happening[] = [];
  let after: string | undefined;
  for (let more = true; more; ) {
    const { edges, pageInfo } = await readPage(gateway, { filter, first, after });
    for (const { cursor, node } of edges) {
      assert.equal(cursor, node.cursor);
      all.unshift(node);
    }
    after = pageInfo.endCursor;
    more = pageInfo.hasNextPage;
  }
  return all;
}

const key = ({ resource, version, kind }: Happening) => `${resource.id} ${version} ${kind}`;
const counter = { id: 'qr_1', externalId: 'counter' };

testOnEachDatabase(
  'activity tells everything once and in one order, live, in pages and from any cursor',
  async (t, database) => {
    const gateway = await startGateway(t, {}, database);
    await gateway.deliver(sample('qr.payment.v2'));
    // Other work on the same Postgres, even in another database, may hold changes back for a moment.
    await eventually('the first payment is released', async () => (await readAll(gateway)).length === 2);
    const [begin] = await readAll(gateway);
    const live = watch(gateway, { after: begin?.cursor });
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    await Promise.all(numbers.map((number) => gateway.deliver(qrPayment(counter, `qrpy_${number}`))));

    await eventually('all is released', async () => (await readAll(gateway)).length === 2 + 2 * numbers.length);
    const log = await readAll(gateway);
    const told = await live.take(log.length - 1);
    assert.deepEqual(told, log.slice(1));
    const ofCode = log.filter(({ resource }) => resource.id === counter.id).map(({ version }) => version);
    assert.deepEqual(
      ofCode,
      numbers.map((number) => number + 1),
    );

    for (const [index, { cursor }] of log.slice(0, -1).entries()) {
      if (index % 4 !== 0) continue;
      const replay = watch(gateway, { after: cursor });
      assert.deepEqual((await replay.take(1)).map(key), log.slice(index + 1, index + 2).map(key));
      await replay.leave();
    }
  },
);

testOnEachDatabase(
  'without a cursor activity begins now, and a filter lets through what it names',
  async (t, database) => {
    const gateway = await startGateway(t, {}, database);
    await createCode(gateway, 'order-1');
    await eventually('that is released', async () => (await readAll(gateway)).length === 1);
    const everything = watch(gateway);
    const filters: [filter: object, expected: (one: Happening) => boolean][] = [
      [{ types: ['Payment', 'Refund'] }, ({ resource }) => ['Payment', 'Refund'].includes(resource.__typename)],
      [{ kinds: ['PAYMENT', 'REFUND'] }, ({ kind }) => kind === 'PAYMENT' || kind === 'REFUND'],
      [{ statuses: ['SUCCEEDED', 'COMPLETED', 'a\0b'] }, ({ toStatus }) => /^(SUCCEEDED|COMPLETED)$/.test(toStatus)],
      [{ origins: ['WEBHOOK'] }, ({ origin }) => origin === 'WEBHOOK'],
      [{ resourceId: 'qr_1' }, ({ resource }) => resource.id === 'qr_1'],
      [{ types: ['QrCode'], kinds: ['PAYMENT'], resourceId: 'qr_1' }, ({ resource }) => resource.id === 'qr_1'],
    ];
    const streams = filters.map(([filter]) => watch(gateway, { filter }));
    while (gateway.listeners() < 1 + filters.length) await new Promise((resolve) => setImmediate(resolve));

    const names = [
      'payment.authorization.v3',
      'payment.capture.v3.reference',
      'refund.succeeded',
      'payment_session.completed',
    ];
    for (const name of names) await gateway.deliver(sample(name));
    for (const id of ['qrpy_1', 'qrpy_2']) await gateway.deliver(qrPayment(counter, id));

    const told = await everything.take(13);
    const log = (await readAll(gateway)).slice(1);
    assert.deepEqual(told, log);
    assert.ok(told.every(({ recordedAt }) => Math.abs(Date.now() - Date.parse(recordedAt)) < 60_000));
    for (const [index, [filter, isExpected]] of filters.entries()) {
      const expected = log.filter(isExpected).map(key);
      assert.ok(expected.length >= 2);
      assert.deepEqual((await streams[index]?.take(expected.length))?.map(key), expected);
      assert.deepEqual((await readAll(gateway, filter, 2)).slice(-expected.length).map(key), expected);
    }
  },
);

const six: [name: string, subscription: string, message: object][] = [
  [
    'qrCodeChanged',
    'qrCodeChanged(externalId: "counter") { kind payment { id } qrCode { id } }',
    { kind: 'PAYMENT', payment: { id: 'qrpy_2' }, qrCode: { id: 'qr_1' } },
  ],
  [
    'paymentRequestChanged',
    'paymentRequestChanged(id: "pr-1fdaf346-dd2e-4b6c-b938-124c7167a822") { kind payment { status } paymentRequest { status } }',
    { kind: 'PAYMENT', payment: { status: 'SUCCEEDED' }, paymentRequest: { status: 'SUCCEEDED' } },
  ],
  [
    'paymentChanged',
    'paymentChanged(id: "py-1fdaf346-dd2e-4b6c-b938-124c7167a822") { kind origin payment { status } }',
    { kind: 'STATUS_CHANGED', origin: 'WEBHOOK', payment: { status: 'SUCCEEDED' } },
  ],
  [
    'paymentSessionChanged',
    'paymentSessionChanged(id: "ps-579c8d61f23fa4ca35e52da4") { kind paymentSession { status } }',
    { kind: 'STATUS_CHANGED', paymentSession: { status: 'COMPLETED' } },
  ],
  [
    'refundChanged',
    'refundChanged(id: "rfd-6f4a377d-a201-437f-9119-f8b00cbbe857") { kind refund { status } }',
    { kind: 'STATUS_CHANGED', refund: { status: 'SUCCEEDED' } },
  ],
  [
    'activity',
    'activity(filter: { types: [QrPayment] }) { kind toStatus resource { id } }',
    { kind: 'CREATED', toStatus: 'COMPLETED', resource: { id: 'qrpy_2' } },
  ],
];

test('each of the six subscriptions tells the present and then what changes, without being polled', async (t) => {
  const gateway = await startGateway(t, { FEED_POLL_MS: '60000' });
  const refunding = sample('refund.succeeded', { status: 'PENDING', updated: '2020-08-30T09:00:00Z' });
  const first = [
    qrPayment(counter, 'qrpy_1'),
    sample('payment.authorization.v3', { type: 'PAY' }),
    sample('payment_session.expired'),
    refunding,
  ];
  for (const body of first) await gateway.deliver(body);
  const streams = six.map(([name, subscription]) => ({
    name,
    stream: gateway.subscribe<Record<string, { kind: string }>>(`subscription { ${subscription} }`),
  }));
  for (const { name, stream } of streams.slice(0, -1)) {
    assert.equal((await stream.next())?.[name]?.kind, 'SNAPSHOT', name);
  }
  const activity = streams.at(-1)?.stream.next();
  while (gateway.listeners() < six.length) await new Promise((resolve) => setImmediate(resolve));

  const news = [
    qrPayment(counter, 'qrpy_2'),
    sample('payment.capture.v3.reference', { type: 'PAY' }),
    sample('payment_session.completed'),
    sample('refund.succeeded'),
  ];
  for (const body of news) await gateway.deliver(body);
  for (const [index, [name, , message]] of six.entries()) {
    const told = name === 'activity' ? activity : streams[index]?.stream.next();
    assert.deepEqual((await told)?.[name], message, name);
  }
  const ended = streams.slice(1, -1).map(({ stream }) => stream.next());
  assert.deepEqual(
    await Promise.all(ended),
    ended.map(() => undefined),
  );
});
