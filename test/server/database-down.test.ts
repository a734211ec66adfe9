import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { hasPostgres, postgres } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { type Line, openLine } from '../support/line.ts';
import { askForCode, createCode } from '../support/qr-codes.ts';

import { qrPayment } from '../support/samples.ts';

/** A gateway that reaches its Postgres by a line of its own. */
async function startOnLine(t: TestContext): Promise<{ gateway: TestGateway; line: Line }> {
  const { environment, kind } = await postgres(t);
  const url = new URL(environment.DATABASE_URL ?? '');
  const line = await openLine(t, { host: url.hostname, port: Number(url.port || 5432) });
  url.hostname = '127.0.0.1';
  url.port = String(line.port);
  const database = { kind, environment: { ...environment, DATABASE_URL: url.href } };
  const gateway = await startGateway(
    t,
    { DATABASE_WAIT_TIMEOUT_MS: '700', DATABASE_TIMEOUT_MS: '700', LEDGER_TIMEOUT_MS: '900' },
    database,
  );
  return { gateway, line };
}

const code = { id: 'qr_1', externalId: 'counter' };
const deliver = (gateway: TestGateway, number: number) => gateway.deliver(qrPayment(code, `qrpy_${number}`));

async function health(gateway: TestGateway): Promise<[ready: number, live: number]> {
  const [ready, live] = await Promise.all(['ready', 'live'].map((path) => fetch(`${gateway.url}/health/${path}`)));
  return [ready?.status ?? 0, live?.status ?? 0];
}

test('while the database is away deliveries are refused at once, and nothing is lost once it is back', async (t) => {
  if (!(await hasPostgres(t))) return;
  const { gateway, line } = await startOnLine(t);
  await createCode(gateway, 'order-1');
  for (let number = 0; number < 5; number += 1) assert.equal((await deliver(gateway, number)).status, 200);
  assert.deepEqual(await health(gateway), [200, 200]);

  const numbers = Array.from({ length: 50 }, (_, index) => index);
  const cutOff = numbers.map((number) => deliver(gateway, number));
  line.cut();
  const statuses = (await Promise.all(cutOff)).map(({ status }) => status);
  assert.ok(
    statuses.every((status) => status === 200 || status === 503),
    statuses.join(),
  );

  const startedAt = performance.now();
  const refused = await Promise.all([60, 61, 62].map((number) => deliver(gateway, number)));
  const waitedMs = performance.now() - startedAt;
  t.diagnostic(`refused after ${Math.round(waitedMs)} ms`);
  assert.ok(waitedMs < 3_000, `${waitedMs} ms`);
  for (const answer of refused) {
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5']);
    assert.equal(((await answer.json()) as { code: string }).code, 'STORE_UNAVAILABLE');
  }
  assert.deepEqual(await health(gateway), [503, 200]);
  const { errors } = await gateway.ask('{ qrCode(externalId: "order-1") { id } }');
  assert.equal(errors?.[0]?.extensions.code, 'STORE_UNAVAILABLE');
  const created = await askForCode(gateway, { externalId: 'order-2' });
  assert.deepEqual([created.__typename, created.retryable], ['Unavailable', true]);

  line.restore();
  const again = await Promise.all([...numbers, 60, 61, 62].map((number) => deliver(gateway, number)));
  assert.deepEqual([...new Set(again.map(({ status }) => status))], [200]);
  assert.deepEqual(await health(gateway), [200, 200]);
  const { data } = await gateway.ask<Record<'node', { version: number; history: { edges: { node: object }[] } }>>(
    `{ node(id: "qr_1") { ... on QrCode { version history(first: 100) { edges { node { version kind } } } } } }`,
  );
  const told = data?.node.history.edges.map(({ node }) => node);
  const expected = Array.from({ length: 53 }, (_, index) => ({ version: 53 - index, kind: 'PAYMENT' }));
  assert.deepEqual(told, expected);
});

test('while the database is silent deliveries are refused soon, and nothing is lost once it speaks again', async (t) => {
  if (!(await hasPostgres(t))) return;
  const { gateway, line } = await startOnLine(t);
  assert.equal((await deliver(gateway, 0)).status, 200);
  line.silence();
  const startedAt = performance.now();
  const refused = await Promise.all([1, 2, 3].map((number) => deliver(gateway, number)));
  t.diagnostic(`refused after ${Math.round(performance.now() - startedAt)} ms, with time-outs of 700 and 900 ms`);
  assert.deepEqual([...new Set(refused.map(({ status }) => status))], [503]);
  assert.ok(performance.now() - startedAt < 4_000);
  assert.deepEqual(await health(gateway), [503, 200]);

  line.restore();
  const again = await Promise.all([1, 2, 3].map((number) => deliver(gateway, number)));
  assert.deepEqual([...new Set(again.map(({ status }) => status))], [200]);
  const { data } = await gateway.ask<{ node: { version: number } }>(
    '{ node(id: "qr_1") { ... on QrCode { version } } }',
  );
  assert.equal(data?.node.version, 4);
});

test('a stream waits while the database is away and goes on when it is back, and its cursor holds', async (t) => {
  if (!(await hasPostgres(t))) return;
  const { gateway, line } = await startOnLine(t);
  await deliver(gateway, 1);
  const watch = (after?: string) =>
    gateway.subscribe<{ activity: { cursor: string; resource: { id: string } } }>(
      'subscription ($after: Cursor) { activity(after: $after) { cursor resource { id } } }',
      { after },
    );
  await eventually('the first is released', async () => {
    const { data } = await gateway.ask<{ activity: { edges: unknown[] } }>('{ activity { edges { cursor } } }');
    return data?.activity.edges.length === 2;
  });
  const stream = watch();
  const first = stream.next();
  while (gateway.listeners() === 0) await new Promise((resolve) => setImmediate(resolve));
  await deliver(gateway, 2);
  const cursor = (await first)?.activity.cursor;
  await stream.next();
  line.cut();
  assert.equal((await deliver(gateway, 3)).status, 503);
  line.restore();
  await deliver(gateway, 3);
  assert.equal((await stream.next())?.activity.resource.id, 'qrpy_3');
  const resumed = watch(cursor);
  const told = [await resumed.next(), await resumed.next(), await resumed.next()];
  assert.deepEqual(
    told.map((message) => message?.activity.resource.id),
    ['qr_1', 'qrpy_3', 'qr_1'],
  );
});
