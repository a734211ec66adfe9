import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Agent, request } from 'undici';
import { openSession } from '../store/support.ts';
import { hasPostgres, postgres } from '../support/database.ts';
import { figure, manyAtOnce, percentile, upTo } from '../support/figures.ts';
import { callbackToken, startGateway } from '../support/gateway.ts';
import { runGateway } from '../support/process.ts';
import { qrPayment } from '../support/samples.ts';

const headers = { 'content-type': 'application/json', 'x-callback-token': callbackToken };
const mebibyte = 1_048_576;

test('a burst of twenty times what comes usually is taken in or refused with a time to come back, in bounded memory', async (t) => {
  if (!(await hasPostgres(t))) return;
  const { environment } = await postgres(t);
  const settings = { LEDGER_QUEUE_LIMIT: '200', LEDGER_QUEUE_BYTES: String(8 * mebibyte), DATABASE_POOL_SIZE: '4' };
  const gateway = runGateway(t, { ...environment, ...settings });
  const url = `${(await gateway.ready).url}/webhooks/xendit`;
  const dispatcher = new Agent({ connections: 1_000 });
  t.after(() => dispatcher.destroy());
  const answers = new Map<number, number>();
  const acknowledged: string[] = [];
  let sent = 0;
  const deliver = async (id: string) => {
    sent += 1;
    // A body as long as they come, so that memory would tell.
    const body = JSON.stringify({ ...qrPayment({ id: `qr_${sent % 50}`, externalId: 'c' }, id), noise });
    const { statusCode, headers: told, body: text } = await request(url, { method: 'POST', headers, body, dispatcher });
    answers.set(statusCode, (answers.get(statusCode) ?? 0) + 1);
    await text.dump();
    if (statusCode === 200) acknowledged.push(id);
    else assert.deepEqual([statusCode, told['retry-after']], [503, '5']);
  };
  const noise = randomBytes(15_000).toString('base64');
  await manyAtOnce(upTo(1_000), 400, (n) => deliver(`qrpy_warm_${n}`));
  const before = await gateway.memory();
  let peak = before;
  const seconds = figure(4, 60);
  const until = performance.now() + seconds * 1_000;
  // A thousand senders that don't wait for each other; usually there are fewer than fifty at once.
  const senders = upTo(1_000).map(async (sender) => {
    for (let n = 0; performance.now() < until; n += 1) await deliver(`qrpy_${sender}_${n}`);
  });
  const watching = (async () => {
    while (performance.now() < until) {
      peak = Math.max(peak, await gateway.memory());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  await Promise.all([...senders, watching]);
  const session = await openSession(t, environment.DATABASE_URL);
  const { rows } = await session.query(`SELECT id FROM "Resource" WHERE type = 'QrPayment'`);
  const kept = new Set(rows.map(({ id }) => id));
  assert.deepEqual(
    acknowledged.filter((id) => !kept.has(id)),
    [],
  );
  const grownMiB = Math.round((peak - before) / mebibyte);
  t.diagnostic(
    `${Math.round(sent / seconds)} a second for ${seconds} s: ${JSON.stringify(Object.fromEntries(answers))}; ${Math.round(peak / mebibyte)} MiB at most, grown by ${grownMiB}`,
  );
  assert.ok((answers.get(503) ?? 0) > 0, 'the queue was full');
  assert.ok((answers.get(200) ?? 0) > 100);
  assert.ok(peak < 1_024 * mebibyte, `${peak} bytes`);
});

/** What makes the database refuse each payment that is named poison. */
const poison = `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.id LIKE '%poison%' THEN RAISE EXCEPTION 'poison' USING ERRCODE = '22000'; END IF; RETURN NEW; END $$`;

test('deliveries that can not be taken in are kept as FAILED, and the others hardly wait for them', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const gateway = await startGateway(t, {}, place);
  const session = await openSession(t, place.environment.DATABASE_URL);
  await session.query(poison);
  await session.query(
    'CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON "Resource" FOR EACH ROW EXECUTE FUNCTION refuse()',
  );
  const code = { id: 'qr_1', externalId: 'counter' };
  /** How long each of two hundred took that came at once, with some among them that are poison. */
  const send = async (round: string, poisoned: number[]) => {
    const times: number[] = [];
    await Promise.all(
      upTo(200).map(async (n) => {
        const startedAt = performance.now();
        const isPoison = poisoned.includes(n);
        const own = isPoison ? { id: `qr_${round}_${n}`, externalId: 'other' } : code;
        const answer = await gateway.deliver(qrPayment(own, `qrpy_${round}_${n}${isPoison ? '_poison' : ''}`));
        assert.equal(answer.status, 200);
        const { outcome } = (await answer.json()) as { outcome: string };
        assert.equal(outcome, isPoison ? 'FAILED' : 'APPLIED');
        if (!isPoison) times.push(performance.now() - startedAt);
      }),
    );
    return percentile(times, 0.5);
  };
  await send('warm', []);
  const [without, withPoison] = [await send('plain', []), await send('mixed', [100])];
  t.diagnostic(`two hundred at once take ${without} ms at the median, with one that is poison ${withPoison} ms`);
  assert.ok(withPoison - without < 500, `${withPoison - without} ms`);
  const { rows } = await session.query(
    `SELECT outcome, count(*)::int AS count FROM "WebhookEvent" GROUP BY outcome ORDER BY outcome`,
  );
  assert.deepEqual(rows, [
    { outcome: 'APPLIED', count: 599 },
    { outcome: 'FAILED', count: 1 },
  ]);
  // Mended, it is taken in when it comes again.
  await session.query('DROP TRIGGER refuse ON "Resource"');
  const again = await gateway.deliver(qrPayment({ id: 'qr_mixed_100', externalId: 'other' }, 'qrpy_mixed_100_poison'));
  assert.equal(((await again.json()) as { outcome: string }).outcome, 'APPLIED');
});
