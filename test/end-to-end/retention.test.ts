import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { open, openSession } from '../store/support.ts';
import { ageBy } from '../support/ages.ts';
import { hasPostgres, postgres, type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { qrPayment } from '../support/samples.ts';
import { refusalOf, watchCode } from '../support/subscriptions.ts';

const secret = { CURSOR_SECRET: 'the same for all' };
const counter = { id: 'qr_counter', externalId: 'counter' };
const order = { id: 'qr_order', externalId: 'order', type: 'DYNAMIC' };

interface Entry {
  cursor: string;
  node: { version: number };
}

/** What the graph's lists tell, newest first; all of them page after page. */
async function listOf(gateway: TestGateway, list: 'activity' | 'history'): Promise<Entry[]> {
  const page = `(first: 2, after: $after) { edges { cursor node { version } } pageInfo { hasNextPage endCursor } }`;
  const document = {
    activity: `query ($after: Cursor) { list: activity${page} }`,
    history: `query ($after: Cursor) { code: node(id: "qr_counter") { ... on QrCode { list: history${page} } } }`,
  }[list];
  interface List {
    edges: Entry[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  }
  const entries: Entry[] = [];
  for (let after: string | null | undefined; ; ) {
    const { data, errors } = await gateway.ask<{ list?: List; code?: { list: List } }>(document, { after });
    const found: List = data?.list ?? data?.code?.list ?? assert.fail(JSON.stringify(errors));
    entries.push(...found.edges);
    if (!found.pageInfo.hasNextPage) return entries;
    after = found.pageInfo.endCursor;
  }
}

function watchActivity(gateway: TestGateway, after?: string) {
  return gateway.subscribe<{ activity: { cursor: string; version: number } }>(
    'subscription ($after: Cursor) { activity(after: $after) { cursor version } }',
    { after },
  );
}

async function pay(gateway: TestGateway, code: typeof counter, paymentId: string): Promise<void> {
  assert.equal((await gateway.deliver(qrPayment(code, paymentId))).status, 200);
}

/** Goes on after all changes of some kind have become older by that many days, and what is too old is gone. */
async function restartOlder(
  t: TestContext,
  place: TestDatabase,
  gateway: TestGateway,
  where: string,
): Promise<TestGateway> {
  await gateway.close();
  const database = await open(t, place);
  await ageBy(database, 91, where);
  await database.close();
  return startGateway(t, secret, place);
}

testOnEachDatabase('whoever was away too long is told so, and starts again with the present', async (t, place) => {
  const before = await startGateway(t, secret, place);
  for (const n of [1, 2, 3, 4, 5]) await pay(before, counter, `qrpy_${n}`);
  await pay(before, order, 'qrpy_order');
  const present = await watchCode(before, 'counter').next();
  // A payment is a change, and so is its news at the code.
  await eventually('all activity is released', async () => (await listOf(before, 'activity')).length === 12);
  const activity = (await listOf(before, 'activity')).reverse();
  const history = (await listOf(before, 'history')).reverse();
  assert.deepEqual(
    history.map(({ node }) => node.version),
    [1, 2, 3, 4, 5],
  );

  const gateway = await restartOlder(t, place, before, `"resourceId" <> 'qr_counter' OR version <= 4`);
  await eventually('what is too old is gone', async () => (await listOf(gateway, 'history')).length === 2);
  assert.deepEqual(
    (await listOf(gateway, 'history')).map(({ node }) => node.version),
    [5, 4],
  );
  assert.equal((await listOf(gateway, 'activity')).length, 9, 'each resource has its last change');

  for (const { cursor } of history.slice(0, 2)) {
    assert.equal(await refusalOf(watchCode(gateway, 'counter', cursor)), 'CURSOR_EXPIRED');
  }
  for (const { cursor } of activity.slice(0, 5)) {
    assert.equal(await refusalOf(watchActivity(gateway, cursor)), 'CURSOR_EXPIRED');
  }
  const again = watchCode(gateway, 'counter');
  const afterHistory = watchCode(gateway, 'counter', history[2]?.cursor);
  const afterPresent = watchCode(gateway, 'counter', present?.cursor);
  const afterActivity = watchActivity(gateway, activity[8]?.cursor);
  assert.partialDeepStrictEqual(await again.next(), { version: 5, kind: 'SNAPSHOT', paymentId: 'qrpy_5' });
  assert.deepEqual(
    (await afterHistory.take(2)).map(({ version }) => version),
    [4, 5],
  );
  for (const { cursor } of activity.slice(9)) {
    assert.equal((await afterActivity.next())?.activity.cursor, cursor);
  }
  await pay(gateway, counter, 'qrpy_6');
  for (const stream of [again, afterHistory, afterPresent]) {
    assert.partialDeepStrictEqual(await stream.next(), { version: 6, kind: 'PAYMENT', paymentId: 'qrpy_6' });
  }
});

testOnEachDatabase('a settled code is told with its payment, however long ago that was', async (t, place) => {
  const before = await startGateway(t, secret, place);
  await pay(before, order, 'qrpy_1');
  const described = qrPayment(order, 'qrpy_1', { payment_details: { receipt_id: 'R-2', source: 'OVO' } });
  assert.equal((await before.deliver(described)).status, 200);
  await eventually('three changes are released', async () => (await listOf(before, 'activity')).length === 3);
  const gateway = await restartOlder(t, place, before, 'true');
  await eventually('what is too old is gone', async () => (await listOf(gateway, 'activity')).length === 2);
  const told = await watchCode(gateway, 'order').rest();
  assert.deepEqual(
    told.map(({ kind, status, paymentId }) => [kind, status, paymentId]),
    [['SNAPSHOT', 'INACTIVE', 'qrpy_1']],
  );
});

test('streams that are open while two instances prune miss nothing', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const eager = { ...secret, PRUNE_EVERY_MS: '100', PRUNE_BATCH_SIZE: '3', FEED_POLL_MS: '50' };
  const gateways = [await startGateway(t, eager, place), await startGateway(t, eager, place)] as const;
  const session = await openSession(t, place.environment.DATABASE_URL);
  await pay(gateways[0], counter, 'qrpy_1');
  await eventually('it is released', async () => (await listOf(gateways[0], 'activity')).length === 2);
  const codes = gateways.map((gateway) => watchCode(gateway, 'counter'));
  const activities = gateways.map((gateway) => watchActivity(gateway));
  for (const stream of codes) assert.equal((await stream.next())?.version, 1);

  for (const gateway of gateways) await eventually('both streams listen', () => gateway.listeners() === 2);

  const count = 60;
  for (let n = 2; n <= count; n += 1) {
    await pay(gateways[n % 2 ? 1 : 0], counter, `qrpy_${n}`);
    // Everybody has heard of it before it grows old, as in life.
    for (const stream of codes)
      assert.partialDeepStrictEqual(await stream.next(), { version: n, paymentId: `qrpy_${n}` });
    for (const stream of activities) {
      const two = [await stream.next(), await stream.next()].map((message) => message?.activity.version);
      assert.deepEqual(two, [1, n]);
    }
    await session.query(
      `UPDATE "Change" SET "recordedAt" = "recordedAt" - interval '91 days' WHERE "recordedAt" > now() - interval '1 day'`,
    );
  }
  const left = `SELECT count(*)::int AS count FROM "Change" WHERE "resourceId" = 'qr_counter'`;
  await eventually(
    'only the last change of the code is left',
    async () => (await session.query(left)).rows[0].count === 1,
  );
  assert.partialDeepStrictEqual(await watchCode(gateways[0], 'counter').next(), {
    version: count,
    paymentId: `qrpy_${count}`,
  });
});
