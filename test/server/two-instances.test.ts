import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keyText } from '../../src/model/resource.ts';
import { openSession } from '../store/support.ts';
import { hasPostgres, postgres, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { figure, manyAtOnce, percentile, upTo } from '../support/figures.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { qrPayment } from '../support/samples.ts';

interface Pair {
  place: TestDatabase;
  one: TestGateway;
  other: TestGateway;
}

/** Two gateways on one Postgres; undefined without one, see `hasPostgres`. */
async function startPair(t: TestContext, environment: Record<string, string> = {}): Promise<Pair | undefined> {
  if (!(await hasPostgres(t))) return undefined;
  const place = await postgres(t);
  const secret = { CURSOR_SECRET: 'secret', ...environment };
  return { place, one: await startGateway(t, secret, place), other: await startGateway(t, secret, place) };
}

/** Rows of a query, past the gateways. */
async function rowsOf<T>(
  t: TestContext,
  { environment }: TestDatabase,
  sql: string,
  ...values: unknown[]
): Promise<T[]> {
  const session = await openSession(t, environment.DATABASE_URL);
  return (await session.query(sql, values)).rows as T[];
}

const code = { id: 'qr_1', externalId: 'counter' };
const changesOfCode = `SELECT version, "causeId" AS payment FROM "Change" WHERE "resourceId" = 'qr_1' ORDER BY version`;

test('a delivery that comes fifty times one after the other and fifty times at once is one payment', async (t) => {
  const pair = await startPair(t);
  if (pair === undefined) return;
  const { place, one, other } = pair;
  const told = other.subscribe<{ activity: { resource: { id: string } } }>(
    'subscription { activity { resource { id } } }',
  );
  const messages: string[] = [];
  const first = told.next();
  await eventually('somebody listens', () => other.listeners() === 1);
  const deliver = (index: number) => (index % 2 === 0 ? one : other).deliver(qrPayment(code, 'qrpy_1'));
  for (const index of upTo(50)) assert.equal((await deliver(index)).status, 200);
  const together = await Promise.all(upTo(50).map(deliver));
  assert.deepEqual([...new Set(together.map(({ status }) => status))], [200]);
  await one.deliver(qrPayment(code, 'qrpy_last'));

  for (let next = await first; messages.length < 4; next = messages.length < 4 ? await told.next() : next)
    messages.push(next?.activity.resource.id ?? assert.fail('it ended'));
  assert.deepEqual(messages, ['qrpy_1', 'qr_1', 'qrpy_last', 'qr_1']);
  assert.deepEqual(await rowsOf(t, place, changesOfCode), [
    { version: 1, payment: 'qrpy_1' },
    { version: 2, payment: 'qrpy_last' },
  ]);
  const inbox = `SELECT deliveries FROM "WebhookEvent" WHERE "subjectId" = 'qrpy_1'`;
  assert.deepEqual(await rowsOf(t, place, inbox), [{ deliveries: 100 }]);
});

test('of many deliveries on two instances, three in ten of them repetitions, each payment counts once', async (t) => {
  const pair = await startPair(t);
  if (pair === undefined) return;
  const { place, one, other } = pair;
  const deliveries = figure(1_000, 10_000);
  const payments = (deliveries * 7) / 10;
  // The repetitions are spread over all that came before them.
  const order = upTo(deliveries).map((n) => (n < payments ? n : (n * 7_919) % payments));
  const shuffled = order.map((n, index) => [n, (index * 104_729) % deliveries] as const).sort(([, a], [, b]) => a - b);
  const times: number[] = [];
  const codes = 20;
  const statuses = await manyAtOnce(shuffled, 10, async ([n], index) => {
    const startedAt = performance.now();
    const target = index % 2 === 0 ? one : other;
    const { status } = await target.deliver(
      qrPayment({ id: `qr_${n % codes}`, externalId: `c${n % codes}` }, `qrpy_${n}`),
    );
    times.push(performance.now() - startedAt);
    return status;
  });
  assert.deepEqual([...new Set(statuses)], [200]);
  const counts = `SELECT count(*)::int AS changes, count(DISTINCT "resourceId")::int AS resources,
    count(DISTINCT ("resourceId", version))::int AS versions, (SELECT sum(deliveries)::int FROM "WebhookEvent") AS deliveries,
    (SELECT count(*)::int FROM "WebhookEvent") AS events FROM "Change"`;
  assert.deepEqual(await rowsOf(t, place, counts), [
    { changes: 2 * payments, resources: payments + codes, versions: 2 * payments, deliveries, events: payments },
  ]);
  const gaps = `SELECT "resourceId" FROM "Change" GROUP BY "resourceId" HAVING max(version) <> count(*)`;
  assert.deepEqual(await rowsOf(t, place, gaps), []);
  const p99 = percentile(times, 0.99);
  t.diagnostic(`${deliveries} deliveries, 10 at a time: median ${percentile(times, 0.5)} ms, p99 ${p99} ms`);
  assert.ok(p99 <= 1_000, `${p99} ms`);
});

test('the same payment with another webhook-id, or none, in another envelope and spelling is no news', async (t) => {
  const pair = await startPair(t);
  if (pair === undefined) return;
  const { place, one, other } = pair;
  const body = { ...qrPayment(code, 'qrpy_1'), event: 'qr.payment' };
  await one.deliver(body, { 'webhook-id': 'first' });
  const backwards = Object.fromEntries(Object.entries(body).reverse());
  for (const [said, headers] of [
    [body, {}],
    [body, { 'webhook-id': 'second' }],
    [body, { 'webhook-id': '' }],
    [JSON.stringify(body, null, 4), { 'webhook-id': 'first' }],
    [backwards, { 'webhook-id': 'third' }],
    [{ ...body, later_field: 'of another version' }, {}],
  ] as const) {
    assert.equal((await other.deliver(said, headers)).status, 200);
  }
  assert.deepEqual(await rowsOf(t, place, changesOfCode), [{ version: 1, payment: 'qrpy_1' }]);
});

/** The lock of the payment that they commit: who holds it tells them from what else waits, as the removal of what is too old. */
const lockOfPayment = `SELECT pid, granted FROM pg_locks WHERE locktype = 'advisory' AND
  (classid::bigint << 32) + objid::bigint = hashtextextended('${keyText({ account: '', type: 'QrPayment', id: 'qrpy_1' })}', 0)`;
const waitingForPayment = `SELECT pid FROM (${lockOfPayment}) l WHERE NOT granted`;
const waitingForTable = `SELECT pid FROM (${lockOfPayment}) l WHERE granted
  AND EXISTS (SELECT FROM pg_locks w WHERE w.pid = l.pid AND w.locktype = 'relation' AND NOT w.granted)`;

/** Nobody gives up what waits for a lock before the test lets it go. */
const patient = { DATABASE_WAIT_TIMEOUT_MS: '15000', DATABASE_TIMEOUT_MS: '20000', LEDGER_TIMEOUT_MS: '20000' };

test('of two instances that hear the same at one moment, one tells it and the other knows', async (t) => {
  const pair = await startPair(t, patient);
  if (pair === undefined) return;
  const { place, one, other } = pair;
  const barrier = await openSession(t, place.environment.DATABASE_URL);
  const name = keyText({ account: '', type: 'QrPayment', id: 'qrpy_1' });
  await barrier.query('BEGIN; SELECT 1');
  await barrier.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
  const both = [one, other].map((gateway) => gateway.deliver(qrPayment(code, 'qrpy_1')));
  await eventually('both wait', async () => (await barrier.query(waitingForPayment)).rowCount === 2);
  await barrier.query('COMMIT');
  const answers = await Promise.all(both);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  assert.deepEqual(await rowsOf(t, place, changesOfCode), [{ version: 1, payment: 'qrpy_1' }]);
  assert.deepEqual(await rowsOf(t, place, 'SELECT deliveries FROM "WebhookEvent"'), [{ deliveries: 2 }]);
});

test('when the first of two rolls back, the second takes over', async (t) => {
  const pair = await startPair(t, patient);
  if (pair === undefined) return;
  const { place, one, other } = pair;
  const barrier = await openSession(t, place.environment.DATABASE_URL);
  await barrier.query('BEGIN; LOCK TABLE "Change" IN EXCLUSIVE MODE');
  const first = one.deliver(qrPayment(code, 'qrpy_1'));
  const writing = async () => (await barrier.query(waitingForTable)).rows.map(({ pid }) => pid);
  await eventually('the first writes', async () => (await writing()).length === 1);
  const second = other.deliver(qrPayment(code, 'qrpy_1'));
  await eventually('the second waits', async () => (await barrier.query(waitingForPayment)).rowCount === 1);
  await barrier.query('SELECT pg_terminate_backend($1)', await writing());
  await barrier.query('COMMIT');
  assert.equal((await first).status, 503);
  assert.equal((await second).status, 200);
  assert.equal((await one.deliver(qrPayment(code, 'qrpy_1'))).status, 200);
  assert.deepEqual(await rowsOf(t, place, changesOfCode), [{ version: 1, payment: 'qrpy_1' }]);
});

test('without any bus what one instance commits is told on the other within a poll', async (t) => {
  const pair = await startPair(t);
  if (pair === undefined) return;
  const { one, other } = pair;
  await one.deliver(qrPayment(code, 'qrpy_0'));
  const stream = other.subscribe<{ activity: { resource: { id: string } } }>(
    'subscription { activity { resource { id } } }',
  );
  const arrived = new Map<string, number>();
  const count = figure(20, 200);
  const reading = (async () => {
    while (arrived.size < count) {
      const id = (await stream.next())?.activity.resource.id ?? assert.fail('it ended');
      // The first may be released late, when this has begun.
      if (id.startsWith('qrpy_') && id !== 'qrpy_0') arrived.set(id, performance.now());
    }
  })();
  await eventually('somebody listens', () => other.listeners() === 1);
  const delays: number[] = [];
  for (const n of upTo(count)) {
    const id = `qrpy_${n + 1}`;
    assert.equal((await one.deliver(qrPayment(code, id))).status, 200);
    const committedAt = performance.now();
    // At all places of the poll's beat.
    await eventually(`${id} is told`, () => n % 4 !== 0 || arrived.has(id));
    delays.push(committedAt);
  }
  await reading;
  const took = delays.map((committedAt, n) => Math.max(0, (arrived.get(`qrpy_${n + 1}`) ?? Number.NaN) - committedAt));
  const p99 = percentile(took, 0.99);
  t.diagnostic(`told after ${percentile(took, 0.5)} ms, p99 ${p99} ms`);
  assert.ok(p99 <= 1_500, `${p99} ms`);
});
