import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Client } from 'pg';
import { openSession } from './store/support.ts';
import { hasPostgres, postgres } from './support/database.ts';
import { eventually } from './support/eventually.ts';
import { figure, manyAtOnce, upTo } from './support/figures.ts';
import { clientOf, startGateway } from './support/gateway.ts';
import { runGateway } from './support/process.ts';
import { qrPayment } from './support/samples.ts';
import { watchCode } from './support/subscriptions.ts';

const code = { id: 'qr_1', externalId: 'counter' };
const pollMs = 1_000;

/** From now on each commit to the inbox waits while somebody holds the gate. Once sent it happens, whoever is gone by then. */
async function buildGate(gate: Client): Promise<void> {
  await gate.query(`CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS $$ BEGIN
    PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END $$`);
  await gate.query(`CREATE CONSTRAINT TRIGGER gate AFTER INSERT OR UPDATE ON "WebhookEvent"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pass_gate()`);
}

const close = 'SELECT pg_advisory_lock(42)';
const open = 'SELECT pg_advisory_unlock(42)';
const atGate = `SELECT count(*)::int AS count FROM pg_locks JOIN pg_database d ON d.oid = database
  WHERE NOT granted AND datname = current_database() AND locktype = 'advisory' AND objid = 42`;
const payments = `SELECT id FROM "Resource" WHERE type = 'QrPayment'`;

/**
 * Kills a gateway that has sent its commit and not yet heard of it, and lets the commit happen.
 *
 * @returns the statuses that were answered before.
 */
async function killAtCommit(t: TestContext, environment: Record<string, string>, gate: Client, ids: string[]) {
  const victim = runGateway(t, environment);
  const { url } = await victim.ready;
  const { deliver } = clientOf(t, url);
  const waits = () => eventually('a commit is at the gate', async () => (await gate.query(atGate)).rows[0].count > 0);
  const send = (id: string) =>
    deliver(qrPayment(code, id)).then(
      ({ status }) => status,
      () => 0,
    );
  const [first = '', ...others] = ids;
  // The others gather behind the first, and go together.
  await gate.query(close);
  const sent = [send(first)];
  await waits();
  sent.push(...others.map(send));
  for (let times = 0; times < 5; times += 1) await fetch(`${url}/health/live`);
  await gate.query(open);
  await gate.query(close);
  await waits();
  victim.kill('SIGKILL');
  assert.equal(await victim.ended, 'SIGKILL');
  const statuses = await Promise.all(sent);
  await gate.query(open);
  return statuses;
}

test('killed between its commit and its answer, what it committed is told by another and counts once when it comes again', async (t) => {
  if (!(await hasPostgres(t))) return;
  const { environment, kind } = await postgres(t);
  const patient = { ...environment, DATABASE_TIMEOUT_MS: '30000', LEDGER_TIMEOUT_MS: '30000' };
  const other = await startGateway(t, { FEED_POLL_MS: String(pollMs) }, { kind, environment });
  const gate = await openSession(t, environment.DATABASE_URL);
  await buildGate(gate);
  const countPayments = async () => (await gate.query(payments)).rowCount ?? 0;
  await other.deliver(qrPayment(code, 'qrpy_0'));
  const stream = watchCode(other, code.externalId);
  assert.equal((await stream.next())?.version, 1);

  const perRound = 250;
  const delays: number[] = [];
  let unanswered = 0;
  let sent = 1;
  for (const round of upTo(figure(1, 5))) {
    const ids = upTo(perRound).map((n) => `qrpy_${round}_${n}`);
    const known = await countPayments();
    const statuses = await killAtCommit(t, patient, gate, ids);
    const freedAt = performance.now();
    const answered = statuses.filter((status) => status === 200).length;
    assert.equal(answered, 1, 'the first alone');
    await eventually('the commit has happened', async () => (await countPayments()) > known + answered);
    const committed = (await countPayments()) - known;
    unanswered += committed - answered;
    const told = await stream.take(1);
    delays.push(Math.round(performance.now() - freedAt));
    told.push(...(await stream.take(committed - 1)));
    assert.deepEqual(
      told.map(({ version }) => version),
      told.map((_, index) => sent + index + 1),
    );
    // Xendit sends again what wasn't answered.
    const again = await manyAtOnce(ids, 50, async (id) => (await other.deliver(qrPayment(code, id))).status);
    assert.deepEqual([...new Set(again)], [200]);
    sent += perRound;
    await stream.take(perRound - committed);
    const { rows } = await gate.query(
      `SELECT count(*)::int AS changes, count(DISTINCT "causeId")::int AS payments FROM "Change" WHERE "resourceId" = 'qr_1'`,
    );
    assert.deepEqual(rows, [{ changes: sent, payments: sent }]);
  }
  t.diagnostic(`${unanswered} committed without an answer, told by another instance after ${delays.join(', ')} ms`);
  assert.ok(unanswered >= delays.length * 100, 'most were in the commit that was killed');
  assert.ok(Math.max(...delays) <= pollMs + 500 + 1_000, delays.join());
});
