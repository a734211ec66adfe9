import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createClient } from 'graphql-sse';
import { greet, type HandSocket, openByHand } from '../server/support.ts';
import { embedded, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { callbackToken, clientOf } from '../support/gateway.ts';
import { runGateway } from '../support/process.ts';
import { askForCode, createCode } from '../support/qr-codes.ts';
import { qrPayment } from '../support/samples.ts';
import { startXendit } from '../support/xendit.ts';

const watched = 'subscription { change: qrCodeChanged(externalId: "counter") { version } }';

/** When each socket was closed, in milliseconds from now, and with which code. */
function closesOf(sockets: HandSocket[]): Promise<{ code: number; atMs: number }[]> {
  const beganAt = performance.now();
  return Promise.all(
    sockets.map(({ closed }) => closed.then(({ code }) => ({ code, atMs: performance.now() - beganAt }))),
  );
}

async function openSockets(t: TestContext, url: string, count: number): Promise<HandSocket[]> {
  const sockets: HandSocket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(50, count - sockets.length) }, () => greet(t, url));
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

const count = 500;

test('told to stop, it lets its clients go one after another, and answers all others until it is gone', async (t) => {
  const { environment } = await embedded(t);
  const { open } = await startXendit(t);
  const gateway = runGateway(t, { ...environment, ...open, SOCKETS_PER_ADDRESS: '10000' });
  const { url } = await gateway.ready;
  const { ask, deliver } = clientOf(t, url);
  const code = await createCode({ ask }, 'counter', 'STATIC');
  const socketUrl = `${url.replace('http', 'ws')}/graphql`;
  const sockets = await openSockets(t, socketUrl, count);
  for (const socket of sockets) socket.subscribe('1', watched);
  await eventually('all watch', () => sockets.every(({ texts }) => texts.length === 2), 20_000);

  let stopped = 0;
  const events = createClient({
    url: `${url}/graphql/stream`,
    retry: () => new Promise((resolve) => setTimeout(resolve, 100)),
    retryAttempts: 5,
    on: { connecting: (isAgain) => void (isAgain && stopped++) },
  });
  t.after(() => events.dispose());
  const watching = events.iterate({ query: watched });
  await watching.next();
  const watchUntilCut = async () => {
    for await (const _ of watching);
    return 'complete';
  };
  const cut = watchUntilCut().catch((error: Error) => error.name);

  const closes = closesOf(sockets);
  const toldAt = performance.now();
  gateway.kill('SIGTERM');
  await eventually('it is not ready', async () => (await fetch(`${url}/health/ready`)).status === 503);
  const unreadyMs = performance.now() - toldAt;
  assert.equal((await fetch(`${url}/health/live`)).status, 200);
  const late = await openByHand(t, socketUrl);
  assert.equal((await late.closed).code, 1001);
  const headers = { accept: 'text/event-stream' };
  assert.equal((await fetch(`${url}/graphql/stream?query={__typename}`, { headers })).status, 503);
  let answered = 0;
  while (countOpen(sockets) > count / 8) {
    assert.equal((await deliver(qrPayment(code, `qrpy_${answered}`))).status, 200);
    const { qrCode } = await askForCode({ ask }, { externalId: `order-${answered}` });
    assert.equal(qrCode?.status, 'ACTIVE', `order-${answered}`);
    answered += 1;
  }
  assert.equal(await gateway.ended, 0);
  const tookMs = performance.now() - toldAt;
  const all = await closes;
  assert.deepEqual([...new Set(all.map(({ code: closeCode }) => closeCode))], [1001]);
  const times = all.map(({ atMs }) => atMs).sort((a, b) => a - b);
  const spreadMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const inOneSecond = times.map((time) => times.filter((other) => other >= time && other < time + 1_000).length);
  t.diagnostic(
    `${count} sockets: not ready after ${Math.round(unreadyMs)} ms, closed over ${Math.round(spreadMs)} ms, at most ` +
      `${Math.max(...inOneSecond)} within a second, ended after ${Math.round(tookMs)} ms; ${answered} deliveries and creates meanwhile`,
  );
  assert.ok(unreadyMs < 1_000);
  assert.ok(spreadMs >= 5_000);
  assert.ok(Math.max(...inOneSecond) < count / 2);
  assert.ok(tookMs <= 15_000);
  assert.ok(answered > 10);
  assert.equal(await cut, 'NetworkError');
  assert.ok(stopped > 0);
});

function countOpen(sockets: HandSocket[]): number {
  return sockets.filter(({ socket }) => socket.readyState === socket.OPEN).length;
}

test('told twice to stop, it ends at once', async (t) => {
  const { environment } = await embedded(t);
  const gateway = runGateway(t, { ...environment, DRAIN_SPREAD_MS: '60000', DRAIN_TIMEOUT_MS: '60000' });
  const { url } = await gateway.ready;
  await openSockets(t, `${url.replace('http', 'ws')}/graphql`, 3);
  gateway.kill('SIGTERM');
  await eventually('it is not ready', async () => (await fetch(`${url}/health/ready`)).status === 503);
  const toldAt = performance.now();
  gateway.kill('SIGTERM');
  assert.equal(await gateway.ended, 1);
  const tookMs = performance.now() - toldAt;
  assert.ok(tookMs < 15_000, `${tookMs} ms`);
});

test('a client that asks to watch while it drains is let go at once, and one that only asks is answered', async (t) => {
  const { environment } = await embedded(t);
  const gateway = runGateway(t, { ...environment, DRAIN_SPREAD_MS: '60000', DRAIN_TIMEOUT_MS: '60000' });
  const { url } = await gateway.ready;
  const [, second = assert.fail(), third = assert.fail()] = await openSockets(
    t,
    `${url.replace('http', 'ws')}/graphql`,
    3,
  );
  gateway.kill('SIGTERM');
  await eventually('it is not ready', async () => (await fetch(`${url}/health/ready`)).status === 503);
  second.subscribe('1', watched);
  assert.equal((await second.closed).code, 1001);
  assert.equal((await clientOf(t, url).ask('{ __typename }')).errors, undefined);
  assert.equal(third.socket.readyState, third.socket.OPEN);
});

testOnEachDatabase('what is under way when it is told to stop is neither lost nor done twice', async (t, database) => {
  const { xendit, open } = await startXendit(t);
  const settings = { ...database.environment, ...open, DRAIN_SPREAD_MS: '300' };
  const paid = new Map<string, boolean>();
  const made = new Map<string, boolean>();
  const rounds = 5;
  for (let round = 0; round < rounds; round += 1) {
    const gateway = runGateway(t, settings);
    const { url } = await gateway.ready;
    const { ask } = clientOf(t, url);
    if (round === 0) await createCode({ ask }, 'counter', 'STATIC');
    const { data } = await ask<{ qrCode: { id: string } }>('{ qrCode(externalId: "counter") { id } }');
    const code = { id: data?.qrCode.id ?? assert.fail(), externalId: 'counter' };
    await openSockets(t, `${url.replace('http', 'ws')}/graphql`, 5);
    const work = async (worker: number) => {
      for (let turn = 0, isThere = true; isThere; turn += 1) {
        const name = `${round}-${worker}-${turn}`;
        const body = JSON.stringify(qrPayment(code, `qrpy_${name}`));
        const tokened = { 'content-type': 'application/json', 'x-callback-token': callbackToken };
        const delivery = fetch(`${url}/webhooks/xendit`, { method: 'POST', headers: tokened, body });
        paid.set(`qrpy_${name}`, await delivery.then(({ status }) => status === 200).catch(() => false));
        const creating = askForCode({ ask }, { externalId: name });
        made.set(name, await creating.then(({ qrCode }) => qrCode !== undefined).catch(() => false));
        isThere = paid.get(`qrpy_${name}`) === true || made.get(name) === true;
      }
    };
    const working = [1, 2, 3, 4].map(work);
    await eventually('work is under way', () => made.size > 10 * (round + 1), 20_000);
    gateway.kill('SIGTERM');
    const toldAt = performance.now();
    assert.equal(await gateway.ended, 0);
    assert.ok(performance.now() - toldAt < 15_000);
    await Promise.all(working);
  }

  const { ask } = clientOf(t, (await runGateway(t, settings).ready).url);
  for (const externalId of made.keys()) {
    const { qrCode } = await askForCode({ ask }, { externalId });
    assert.equal(qrCode?.status, 'ACTIVE', externalId);
  }
  const creates = xendit.record.requests.filter(({ method, path }) => method === 'POST' && path === '/qr_codes');
  const doubled = creates.map(({ body }) => (JSON.parse(body) as { external_id: string }).external_id);
  assert.equal(new Set(doubled).size, made.size + 1);
  const known = new Set<string>();
  const history = `query ($after: Cursor) { qrCode(externalId: "counter") { history(first: 100, after: $after) {
    edges { node { ... on QrCodeChange { payment { id } } } } pageInfo { hasNextPage endCursor } } } }`;
  interface Page {
    qrCode: {
      history: {
        edges: { node: { payment: { id: string } | null } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
  }
  let told = 0;
  for (let after: string | undefined, isMore = true; isMore; ) {
    const answer = await ask<Page>(history, { after });
    const page: Page['qrCode']['history'] = answer.data?.qrCode.history ?? assert.fail(JSON.stringify(answer));
    const ids = page.edges.flatMap(({ node }) => node.payment?.id ?? []);
    told += ids.length;
    for (const id of ids) known.add(id);
    after = page.pageInfo.endCursor;
    isMore = page.pageInfo.hasNextPage;
  }
  assert.equal(told, known.size);
  const lost = [...paid].filter(([id, isAcknowledged]) => isAcknowledged && !known.has(id));
  assert.deepEqual(lost, []);
  const unanswered = [...paid.values(), ...made.values()].filter((isDone) => !isDone).length;
  t.diagnostic(`${rounds} stops: ${paid.size} deliveries and ${made.size} creates, ${unanswered} not taken, 0 lost`);
});
