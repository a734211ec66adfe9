import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { jwtSecret } from '../support/callers.ts';
import { hasPostgres, postgres } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway } from '../support/gateway.ts';
import { readMetrics } from '../support/metrics.ts';
import { sample } from '../support/samples.ts';

test('what happens is counted and timed, and what is held back is seen', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const gateway = await startGateway(t, {}, place);
  const { value: before } = await readMetrics(gateway.url);
  assert.equal(before('xendit_graphql_subscriptions'), 0);

  await gateway.ask(
    'mutation { createQrCode(input: { externalId: "o-1", type: DYNAMIC, amount: "1500", idempotencyKey: "o-1" }) { __typename } }',
  );
  const changes = gateway.subscribe<object>('subscription { qrCodeChanged(externalId: "o-1") { kind } }');
  await changes.next();
  assert.equal((await gateway.deliver(sample('payment.capture.v3'))).status, 200);
  assert.equal((await gateway.deliver(sample('payment.capture.v3'))).status, 200);
  assert.equal((await gateway.deliver({}, { 'x-callback-token': 'wrong' })).status, 401);
  await gateway.ask('{ nothing }');
  const { value: during } = await readMetrics(gateway.url);
  assert.equal(during('xendit_graphql_sockets{transport="websocket"}'), 1);
  assert.equal(during('xendit_graphql_subscriptions'), 1);
  assert.equal(during('xendit_graphql_commit_to_socket_seconds_count'), 0);
  await gateway.ask('mutation { simulateQrPayment(input: { externalId: "o-1" }) { __typename } }');
  await changes.next();
  await changes.leave();

  const { value } = await readMetrics(gateway.url);
  const expected = {
    'xendit_graphql_webhook_acknowledgements_total{status="200",outcome="APPLIED"}': 1,
    'xendit_graphql_webhook_acknowledgements_total{status="200",outcome="DUPLICATE"}': 1,
    'xendit_graphql_webhook_acknowledgements_total{status="401",outcome="NONE"}': 1,
    'xendit_graphql_webhook_acknowledgement_duration_seconds_count{status="401"}': 1,
    xendit_graphql_webhook_refusals_total: 1,
    'xendit_graphql_operations_total{kind="mutation",outcome="OK"}': 2,
    'xendit_graphql_operations_total{kind="subscription",outcome="OK"}': 1,
    'xendit_graphql_operations_total{kind="unread",outcome="GRAPHQL_VALIDATION_FAILED"}': 1,
    'xendit_graphql_operation_duration_seconds_count{kind="mutation"}': 2,
    'xendit_graphql_xendit_calls_total{endpoint="POST /qr_codes",result="answered"}': 1,
    'xendit_graphql_xendit_call_duration_seconds_count{endpoint="POST /qr_codes"}': 1,
    'xendit_graphql_xendit_budget_limit{endpoint="POST /qr_codes"}': 60,
    'xendit_graphql_xendit_budget_remaining{endpoint="POST /qr_codes"}': 59,
    'xendit_graphql_xendit_breaker_state{operations="reads",state="CLOSED"}': 1,
    'xendit_graphql_xendit_breaker_state{operations="reads",state="OPEN"}': 0,
    xendit_graphql_ledger_queue_reports: 0,
    xendit_graphql_ledger_queue_bytes: 0,
    'xendit_graphql_database_connections_limit{pool="ledger"}': 3,
    'xendit_graphql_database_waiting{pool="questions"}': 0,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((series) => [series, value(series)])), expected);
  const lag = async () => (await readMetrics(gateway.url)).value('xendit_graphql_activity_watermark_lag_seconds');
  // Whatever else runs on the same Postgres holds it back, too.
  await eventually('nothing is held back', async () => (await lag()) === 0);
  const count = value('xendit_graphql_commit_to_socket_seconds_count') ?? 0;
  const mean = (value('xendit_graphql_commit_to_socket_seconds_sum') ?? 0) / count;
  assert.ok(count >= 1 && mean > 0 && mean < 2, `${count} messages, ${mean} s after their commit`);
  assert.ok((value('xendit_graphql_ledger_transaction_duration_seconds_count{outcome="committed"}') ?? 0) >= 3);
  assert.ok((value('process_resident_memory_bytes') ?? 0) > 0);

  const holder = new Client({ connectionString: place.environment.DATABASE_URL });
  await holder.connect();
  await holder.query('BEGIN; SELECT pg_current_xact_id()');
  assert.equal((await gateway.deliver(sample('payment.failure.v3'))).status, 200);
  const held = (await lag()) ?? 0;
  assert.ok(held > 0 && held < 10, `${held} s`);

  // What the database can't tell takes nothing else with it.
  await holder.query('ROLLBACK; ALTER TABLE "Change" RENAME TO "Elsewhere"');
  const { value: without } = await readMetrics(gateway.url);
  await holder.query('ALTER TABLE "Elsewhere" RENAME TO "Change"');
  await holder.end();
  assert.equal(without('xendit_graphql_activity_watermark_lag_seconds'), undefined);
  assert.equal(without('xendit_graphql_ledger_queue_reports'), 0);
});

test('where callers are known, metrics are for nobody but the bearer of METRICS_TOKEN', async (t) => {
  if (!(await hasPostgres(t))) return;
  const start = async (more: Record<string, string>) =>
    (await startGateway(t, { AUTH_JWT_SECRET: jwtSecret, ...more }, await postgres(t))).url;
  const statusOf = async (url: string, authorization?: string) =>
    (await fetch(`${url}/metrics`, { headers: authorization === undefined ? {} : { authorization } })).status;
  assert.equal(await statusOf(await start({})), 404);
  const token = 'a token that only Prometheus may have';
  const url = await start({ METRICS_TOKEN: token });
  assert.equal(await statusOf(url, `Bearer ${token}`), 200);
  for (const wrong of [undefined, '', 'Bearer', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, token])
    assert.equal(await statusOf(url, wrong), 401);
});
