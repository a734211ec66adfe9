import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSession } from './store/support.ts';
import { hasPostgres, postgres } from './support/database.ts';
import { figure, upTo } from './support/figures.ts';
import { clientOf, type TestGateway } from './support/gateway.ts';
import { lifecycles } from './support/lifecycles.ts';
import { runGateway } from './support/process.ts';
import { marked, qrPayment } from './support/samples.ts';
import { watchCode } from './support/subscriptions.ts';

const preload = join(import.meta.dirname, 'support/skewed-clock.ts');
const tenMinutesMs = 600_000;

const clocks: Record<string, Record<string, string>> = {
  right: {},
  late: { CLOCK_SKEW_MS: String(-tenMinutesMs) },
  early: { CLOCK_SKEW_MS: String(tenMinutesMs) },
  jumping: { CLOCK_JUMP_MS: String(-60 * tenMinutesMs) },
};

test('instances whose clocks are wrong by ten minutes, or jump, come to what a right one comes to', async (t) => {
  if (!(await hasPostgres(t))) return;
  const { environment } = await postgres(t);
  const session = await openSession(t, environment.DATABASE_URL);
  const instances = Object.fromEntries(
    await Promise.all(
      Object.entries(clocks).map(async ([name, clock]) => {
        const preloading = { NODE_OPTIONS: `--import=${preload}`, TZ: name === 'early' ? 'America/New_York' : 'UTC' };
        const { ready } = runGateway(t, { ...environment, ...preloading, ...clock, RECONCILE_EVERY_MS: '3600000' });
        return [name, clientOf(t, (await ready).url)] as const;
      }),
    ),
  ) as Record<keyof typeof clocks, Pick<TestGateway, 'ask' | 'subscribe' | 'deliver'>>;
  const all = Object.values(instances);
  const { right, jumping } = instances;
  if (right === undefined || jumping === undefined) assert.fail();

  /** What is known in the end of the resources with this mark, and how it was told. */
  const outcome = async (mark: string) => {
    const { rows } = await session.query(
      `SELECT "resourceId" AS id, version, kind, "fromStatus", "toStatus", snapshot FROM "Change" WHERE "resourceId" LIKE $1
       ORDER BY "resourceId", version`,
      [`%${mark}`],
    );
    return JSON.stringify(rows).replaceAll(mark, '');
  };
  const told = lifecycles.slice(0, figure(6, lifecycles.length));
  for (const [index, { deliveries, name }] of told.entries()) {
    const order = [...deliveries, ...deliveries.toReversed()];
    const [plain, skewed] = [`~p${index}-`, `~s${index}-`];
    for (const body of order) assert.equal((await right.deliver(marked(body, plain))).status, 200);
    for (const [turn, body] of order.entries()) {
      const answer = await all[(turn + index) % all.length]?.deliver(marked(body, skewed));
      assert.equal(answer?.status, 200);
    }
    assert.equal(await outcome(skewed), await outcome(plain), name);
  }

  const code = { id: 'qr_clock', externalId: 'clock' };
  await right.deliver(qrPayment(code, 'qrpy_clock_0'));
  const stream = watchCode(jumping as TestGateway, 'clock');
  assert.equal((await stream.next())?.version, 1);
  for (const n of upTo(20)) {
    // Each delivery twice, on instances whose clocks are an hour apart.
    for (const turn of [n, n + 1]) await all[turn % all.length]?.deliver(qrPayment(code, `qrpy_clock_${n + 1}`));
  }
  const changes = await stream.take(20);
  assert.deepEqual(
    changes.map(({ version, paymentId }) => [version, paymentId]),
    upTo(20).map((n) => [n + 2, `qrpy_clock_${n + 1}`]),
  );
});
