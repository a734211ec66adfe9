import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { unprivilegedUser } from '../cluster/binaries.ts';
import { type Server, startPostgres } from '../cluster/servers.ts';
import { openSession } from '../store/support.ts';
import { hasPostgres, postgres, type TestDatabase, temporaryFolder } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { figure, percentile, upTo } from '../support/figures.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import type { Line } from '../support/line.ts';
import { remotePostgres } from '../support/remote-postgres.ts';
import { qrPayment } from '../support/samples.ts';

const code = { id: 'qr_1', externalId: 'counter' };

interface Tried {
  id: string;
  status: number;
  tookMs: number;
}

async function tryOnce(gateway: TestGateway, id: string, more: object = {}): Promise<Tried> {
  const startedAt = performance.now();
  const { status } = await gateway.deliver({ ...qrPayment(code, id), ...more });
  return { id, status, tookMs: performance.now() - startedAt };
}

/** A Postgres of this test alone, which it may stop; undefined, and the test is skipped, where none is installed. */
async function startOwnPostgres(t: TestContext): Promise<{ server: Server; place: TestDatabase } | undefined> {
  if (!(await hasPostgres(t))) return undefined;
  const folder = await temporaryFolder(t);
  const server = await startPostgres(folder).catch((error: Error) => {
    if (process.env.CI || !/is not installed/.test(error.message)) throw error;
    t.skip(error.message);
  });
  if (server === undefined) return undefined;
  t.after(() => server.close());
  const url = `postgresql://postgres@127.0.0.1:${server.port}/postgres`;
  return { server, place: { kind: 'postgres', environment: { DATA_DIR: folder, DATABASE_URL: url } } };
}

/** Delivers at a steady pace until it is told to stop. */
function startBurst(gateway: TestGateway, perSecond: number, name: string) {
  const startedAt = performance.now();
  const tries: Promise<Tried>[] = [];
  let acknowledged = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) * perSecond) / 1_000;
    while (tries.length < due) {
      const trying = tryOnce(gateway, `qrpy_${name}_${tries.length}`);
      void trying.then(({ status }) => {
        acknowledged += status === 200 ? 1 : 0;
      });
      tries.push(trying);
    }
  }, 10);
  return {
    /** Waits until so many more are acknowledged. */
    async gains(more: number) {
      const enough = acknowledged + more;
      await eventually(`${more} more are acknowledged`, () => acknowledged >= enough, 20_000);
    },
    stop() {
      clearInterval(timer);
      return Promise.all(tries);
    },
  };
}

/** Whether what was acknowledged is there, and each payment once when all has come again. */
async function assertNothingLost(t: TestContext, gateway: TestGateway, url: string | undefined, tried: Tried[]) {
  const session = await openSession(t, url);
  const known = async () =>
    new Set((await session.query('SELECT "causeId" AS id FROM "Change"')).rows.map(({ id }) => id));
  const before = await known();
  const acknowledged = tried.filter(({ status }) => status === 200);
  assert.deepEqual(
    acknowledged.filter(({ id }) => !before.has(id)),
    [],
    'acknowledged and lost',
  );
  const again = await Promise.all(tried.map(({ id }) => tryOnce(gateway, id)));
  assert.deepEqual([...new Set(again.map(({ status }) => status))], [200]);
  const { rows } = await session.query(
    `SELECT count(*)::int AS changes, max(version) AS version FROM "Change" WHERE "resourceId" = 'qr_1'`,
  );
  const ids = new Set(tried.map(({ id }) => id)).size;
  assert.deepEqual(rows, [{ changes: ids, version: ids }]);
  return acknowledged.length;
}

async function health(gateway: TestGateway): Promise<string> {
  const both = await Promise.all(['ready', 'live'].map((path) => fetch(`${gateway.url}/health/${path}`)));
  return both.map(({ status }) => status).join(' ');
}

test('Postgres stops amid deliveries and starts again: each is answered in time, and none that was acknowledged is lost', async (t) => {
  const own = await startOwnPostgres(t);
  if (own === undefined) return;
  const { server, place } = own;
  const gateway = await startGateway(t, {}, place);
  const burst = startBurst(gateway, 50, 'stop');
  await burst.gains(50);
  server.signal('SIGINT');
  await server.ended();
  await eventually('it is known to be away', async () => (await health(gateway)) === '503 200');
  const awayMs = figure(2_000, 60_000);
  const awayUntil = performance.now() + awayMs;
  const refused: number[] = [];
  while (performance.now() < awayUntil) {
    const { status, tookMs } = await tryOnce(gateway, 'qrpy_while_away');
    assert.equal(status, 503);
    refused.push(tookMs);
  }
  await server.start();
  const startedAt = performance.now();
  await eventually('it is ready again', async () => (await health(gateway)) === '200 200', 10_000);
  assert.equal((await tryOnce(gateway, 'qrpy_while_away')).status, 200);
  const recoveredMs = Math.round(performance.now() - startedAt);
  await burst.gains(50);
  const tried = await burst.stop();
  const slowest = Math.round(Math.max(...tried.map(({ tookMs }) => tookMs), ...refused));
  const all = [...tried, { id: 'qrpy_while_away', status: 200, tookMs: 0 }];
  const kept = await assertNothingLost(t, gateway, place.environment.DATABASE_URL, all);
  t.diagnostic(
    `away for ${awayMs} ms: ${kept} of ${all.length} kept, the slowest answer after ${slowest} ms, back after ${recoveredMs} ms`,
  );
  assert.ok(tried.every(({ status }) => status === 200 || status === 503));
  assert.ok(slowest <= 3_000, `${slowest} ms`);
  assert.ok(recoveredMs <= 5_000, `${recoveredMs} ms`);
});

test('a Postgres whose disk is full takes nothing in, and what was acknowledged is there', async (t) => {
  const own = await startOwnPostgres(t);
  if (own === undefined) return;
  const { DATABASE_URL: url } = own.place.environment;
  const gateway = await startGateway(t, { DATABASE_POOL_SIZE: '2' }, own.place);
  assert.equal((await tryOnce(gateway, 'qrpy_0')).status, 200);
  const session = await openSession(t, url);
  const user = await unprivilegedUser();
  const limit = async (bytes: string) => {
    const { rows } = await session.query('SELECT pid FROM pg_stat_activity WHERE backend_type = $1', [
      'client backend',
    ]);
    const postmaster = await session.query(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`);
    for (const { pid } of [...rows, ...postmaster.rows])
      await promisify(execFile)('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`], user ?? {});
  };
  // No file may grow beyond this, as on a full disk, but those of the log, which have 16 MiB from the start. Noise can't be
  // made smaller.
  try {
    await limit(String(17 * 1_048_576));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return t.skip('no prlimit here');
  }
  const noise = () => ({ noise: randomBytes(190_000).toString('base64') });
  const tried: Tried[] = [];
  while (tried.filter(({ status }) => status === 503).length < 3 && tried.length < 200)
    tried.push(await tryOnce(gateway, `qrpy_full_${tried.length}`, noise()));
  const statuses = new Set(tried.map(({ status }) => status));
  assert.deepEqual([...statuses].sort(), [200, 503]);
  await limit('unlimited');
  const kept = await assertNothingLost(t, gateway, url, [...tried, { id: 'qrpy_0', status: 200, tookMs: 0 }]);
  t.diagnostic(`full after ${kept} deliveries, ${tried.length} tried`);
});

test('a Postgres that only reads takes nothing in, and says so at once', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const { DATABASE_URL: url } = place.environment;
  const gateway = await startGateway(t, {}, place);
  assert.equal((await tryOnce(gateway, 'qrpy_0')).status, 200);
  const session = await openSession(t, url);
  const name = new URL(url ?? '').pathname.slice(1);
  const others =
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
  // As after a failover: the sessions are cut, and the new ones may only read.
  await session.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await session.query(others);
  const tried: Tried[] = [];
  for (const n of upTo(10)) tried.push(await tryOnce(gateway, `qrpy_${n + 1}`));
  assert.deepEqual([...new Set(tried.map(({ status }) => status))], [503]);
  assert.ok(Math.max(...tried.map(({ tookMs }) => tookMs)) < 3_000);
  await session.query('SET default_transaction_read_only = off');
  await session.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
  await session.query(others);
  await eventually('it writes again', async () => (await tryOnce(gateway, 'qrpy_0')).status === 200);
  await assertNothingLost(t, gateway, url, [...tried, { id: 'qrpy_0', status: 200, tookMs: 0 }]);
});

/** How late timers are meanwhile, in milliseconds. */
async function watchingLoop<T>(work: () => Promise<T>): Promise<{ result: T; p99Ms: number }> {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const result = await work();
  delay.disable();
  return { result, p99Ms: Math.round(delay.percentile(99) / 1e6) };
}

const hindrances: [
  name: string,
  hinder: (line: Line, url: string, t: TestContext) => Promise<() => Promise<unknown>>,
][] = [
  [
    'answers after five seconds',
    async (line) => {
      line.delay(5_000);
      return async () => line.restore();
    },
  ],
  [
    'has its rows held by somebody',
    async (_line, url, t) => {
      const holder = await openSession(t, url);
      await holder.query(`BEGIN; SELECT 1 FROM "Resource" FOR UPDATE`);
      return () => holder.query('ROLLBACK');
    },
  ],
  [
    'has its tables locked, so that every connection of the pool waits',
    async (_line, url, t) => {
      const holder = await openSession(t, url);
      await holder.query('BEGIN; LOCK TABLE "Resource", "WebhookEvent"');
      return () => holder.query('ROLLBACK');
    },
  ],
];

for (const [name, hinder] of hindrances) {
  test(`while Postgres ${name}, deliveries are answered soon and the rest goes on`, async (t) => {
    const remote = await remotePostgres(t);
    if (remote === undefined) return;
    const { place, line, direct } = remote;
    const gateway = await startGateway(t, { DATABASE_POOL_SIZE: '2' }, place);
    assert.equal((await tryOnce(gateway, 'qrpy_0')).status, 200);
    const release = await hinder(line, direct, t);
    const { result: tried, p99Ms } = await watchingLoop(async () => {
      const reads = upTo(10).map(() => gateway.ask('{ node(id: "qrpy_0") { id } }'));
      const deliveries = upTo(30).map((n) => tryOnce(gateway, `qrpy_${n + 1}`));
      const lives = upTo(20).map(() => fetch(`${gateway.url}/health/live`));
      for (const live of await Promise.all(lives)) assert.equal(live.status, 200);
      await Promise.all(reads);
      return Promise.all(deliveries);
    });
    await release();
    const slowest = Math.max(...tried.map(({ tookMs }) => tookMs));
    t.diagnostic(
      `the slowest of 30 answered after ${Math.round(slowest)} ms, the median after ${percentile(
        tried.map(({ tookMs }) => tookMs),
        0.5,
      )} ms; timers were ${p99Ms} ms late at the 99th percentile`,
    );
    assert.ok(tried.every(({ status }) => status === 200 || status === 503));
    assert.ok(tried.some(({ status }) => status === 503));
    assert.ok(slowest <= 8_000, `${slowest} ms`);
    assert.ok(p99Ms <= 500, `${p99Ms} ms`);
    await eventually('it works again', async () => (await tryOnce(gateway, 'qrpy_0')).status === 200, 10_000);
    await assertNothingLost(t, gateway, direct, [...tried, { id: 'qrpy_0', status: 200, tookMs: 0 }]);
  });
}

test('deliveries whose commit loses its answer are refused, and count once when they come again', async (t) => {
  const remote = await remotePostgres(t);
  if (remote === undefined) return;
  const { place, line, direct } = remote;
  const gateway = await startGateway(t, {}, place);
  const tried: Tried[] = [];
  for (const round of upTo(figure(10, 100))) {
    line.cutAfter('COMMIT');
    const sent = await Promise.all(upTo(10).map((n) => tryOnce(gateway, `qrpy_${round}_${n}`)));
    assert.ok(sent.every(({ status }) => status === 503));
    tried.push(...sent);
    line.restore();
    await eventually('it works again', async () => (await tryOnce(gateway, 'qrpy_between')).status === 200);
  }
  const session = await openSession(t, direct);
  const { rows } = await session.query(`SELECT count(*)::int AS count FROM "Resource" WHERE type = 'QrPayment'`);
  t.diagnostic(`${rows[0].count - 1} of ${tried.length} refused ones had been committed`);
  assert.ok(rows[0].count > 1, 'a commit was cut off');
  await assertNothingLost(t, gateway, direct, [...tried, { id: 'qrpy_between', status: 200, tookMs: 0 }]);
});
