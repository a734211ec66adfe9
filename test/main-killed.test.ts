import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { embedded, hasPostgres, postgres, type TestDatabase } from './support/database.ts';
import { figure, manyAtOnce, upTo } from './support/figures.ts';
import { clientOf } from './support/gateway.ts';
import { runGateway } from './support/process.ts';
import { qrPayment } from './support/samples.ts';

const perSecond = 200;
const code = { id: 'qr_1', externalId: 'counter' };

interface Load {
  /** The payments and the inbox entries of the deliveries that were answered 200. */
  acknowledged: { payment: string; event: string }[];
  sent: number;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

const paymentOf = (round: number, number: number) => `qrpy_${round}_${number}`;

/** Delivers payments at a steady pace, whatever becomes of them. */
function startLoad(t: TestContext, url: string, round: number): Load {
  const { deliver } = clientOf(t, url);
  const underWay = new Set<Promise<void>>();
  const load: Load = { acknowledged: [], sent: 0, stop };
  const startedAt = performance.now();
  const one = async (payment: string) => {
    const answer = await deliver(qrPayment(code, payment));
    if (answer.status !== 200) return;
    const { id: event } = (await answer.json()) as { id: string };
    load.acknowledged.push({ payment, event });
  };
  // A timer is late now and then; what is due by now is sent all the same.
  const timer = setInterval(() => {
    for (const due = ((performance.now() - startedAt) * perSecond) / 1_000; load.sent < due; load.sent += 1) {
      const delivery = one(paymentOf(round, load.sent))
        .catch(() => undefined)
        .finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    }
  }, 5);
  async function stop() {
    clearInterval(timer);
    await Promise.all(underWay);
  }
  return load;
}

/** As many as one operation may have. */
const aliasesAtOnce = 15;

/** Which of these ids the store doesn't have. */
async function missing(t: TestContext, url: string, ids: string[]): Promise<string[]> {
  const { ask } = clientOf(t, url);
  const lost: string[] = [];
  for (let at = 0; at < ids.length; at += aliasesAtOnce) {
    const some = ids.slice(at, at + aliasesAtOnce);
    const { data, errors } = await ask<Record<string, { id: string } | null>>(
      `{ ${some.map((id, index) => `n${index}: node(id: "${id}") { id }`).join('\n')} }`,
    );
    // A read that failed is no loss, and no proof that there was none.
    assert.equal(errors, undefined);
    lost.push(...some.filter((id, index) => data?.[`n${index}`]?.id !== id));
  }
  return lost;
}

async function killAgainAndAgain(t: TestContext, { environment }: TestDatabase, rounds: number): Promise<void> {
  const acknowledged: Load['acknowledged'] = [];
  const all: string[] = [];
  let gateway = runGateway(t, environment);
  for (let round = 1; round <= rounds; round += 1) {
    const load = startLoad(t, (await gateway.ready).url, round);
    const enough = perSecond - 10 * (round % 5);
    while (load.sent < enough) await new Promise((resolve) => setImmediate(resolve));
    gateway.kill('SIGKILL');
    assert.equal(await gateway.ended, 'SIGKILL');
    await load.stop();
    assert.ok(load.acknowledged.length > 0, 'something was taken in');
    acknowledged.push(...load.acknowledged);
    all.push(...upTo(load.sent).map((n) => paymentOf(round, n)));

    gateway = runGateway(t, environment);
    const { url } = await gateway.ready;
    const ids = load.acknowledged.flatMap(({ payment, event }) => [payment, event]);
    assert.deepEqual(await missing(t, url, ids), [], `round ${round}`);
  }
  const { url } = await gateway.ready;
  const ids = acknowledged.flatMap(({ payment, event }) => [payment, event]);
  assert.deepEqual(await missing(t, url, ids), []);
  t.diagnostic(`${rounds} kills, ${all.length} sent, ${acknowledged.length} acknowledged, none lost`);

  const { data } = await clientOf(t, url).ask<{
    node: { version: number; history: { edges: { node: { version: number } }[] } };
  }>('{ node(id: "qr_1") { ... on QrCode { version history(first: 100) { edges { node { version } } } } } }');
  const { version, history } = data?.node ?? assert.fail();
  assert.ok(version >= acknowledged.length);
  assert.deepEqual(
    history.edges.map(({ node }) => node.version),
    history.edges.map((_, index) => version - index),
  );
  const { deliver } = clientOf(t, url);
  const again = await manyAtOnce(all, 50, async (payment) => (await deliver(qrPayment(code, payment))).status);
  assert.deepEqual([...new Set(again)], [200]);
  const { data: whole } = await clientOf(t, url).ask<{ node: { version: number } }>(
    '{ node(id: "qr_1") { ... on QrCode { version } } }',
  );
  assert.equal(whole?.node.version, all.length, 'each payment once, when all of it has come again');
}

test('killed amid 200 deliveries a second, it has all that were acknowledged', { concurrency: true }, async (t) => {
  const onEmbedded = t.test('on the embedded database', async (inner) =>
    killAgainAndAgain(inner, await embedded(inner), figure(5, 20)),
  );
  const onPostgres = t.test('on Postgres', async (inner) => {
    if (await hasPostgres(inner)) await killAgainAndAgain(inner, await postgres(inner), figure(3, 20));
  });
  await Promise.all([onEmbedded, onPostgres]);
});
