import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createGateway } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { createTestClock } from '../../src/sandbox/clock.ts';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';
import type { RequestRecord } from '../../src/sandbox/record.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/server.ts';
import { greet } from '../server/support.ts';
import { embedded } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { figure, upTo } from '../support/figures.ts';
import { clientOf, type GraphQLAnswer, startGateway, type TestGateway } from '../support/gateway.ts';
import { waysToLeave } from '../support/leaving.ts';
import { createRequest } from '../support/payments.ts';
import { askForCode, createCode } from '../support/qr-codes.ts';
import { callXendit, startXendit } from '../support/xendit.ts';

const getCode: Endpoint = 'GET /qr_codes/:external_id';
const createPath: Endpoint = 'POST /qr_codes';

async function start(t: TestContext, settings: Record<string, string> = {}, options: SandboxOptions = {}) {
  const { xendit, open } = await startXendit(t, options);
  const gateway = await startGateway(t, {
    ...open,
    READ_MAX_AGE_MS: '0',
    XENDIT_CONNECTIONS: '200',
    ...settings,
  });
  return { xendit, gateway };
}

/** From leaving to giving up; much more where other tests run beside this one. */
const giveUpMs = figure(2_000, 500);

const shown = (externalId: string) => `{ qrCode(externalId: "${externalId}") { externalId status } }`;

function callsOf({ record }: Sandbox, endpoint: Endpoint): RequestRecord[] {
  return record.requests.filter((request) => request.endpoint === endpoint);
}

/** A call, once it has arrived. */
async function arrivalOf(xendit: Sandbox, path: string, about = ''): Promise<RequestRecord> {
  const find = () => xendit.record.requests.find((call) => call.path === path && call.body.includes(about));
  await eventually(`${path} has arrived`, () => find() !== undefined);
  return find() ?? assert.fail();
}

const isAbandoned = (call: RequestRecord) => call.abandonedAt !== undefined;

function codeOf(answer: GraphQLAnswer | undefined): string | undefined {
  return answer?.errors?.[0]?.extensions.code;
}

test('what a hundred asked of Xendit is given up when they leave early, on every transport', async (t) => {
  const { xendit, gateway } = await start(t);
  for (const [way, ask] of waysToLeave) {
    const names = upTo(100).map((index) => `${index}-by-${way}`);
    xendit.faults.next(getCode, { kind: 'hang' }, names.length);
    const asked = await Promise.all(names.map((name) => ask(t, gateway, shown(name))));
    const calls = await Promise.all(names.map((name) => arrivalOf(xendit, `/qr_codes/${name}`)));
    const leftAt = asked.map(({ leave }) => {
      leave();
      return Date.now();
    });
    await eventually(`all are given up: ${way}`, () => calls.every(isAbandoned));
    const took = calls.map(({ abandonedAt = Number.NaN }, index) => abandonedAt - (leftAt[index] ?? 0));
    const inTime = took.filter((ms) => ms <= 500).length;
    t.diagnostic(`${way}: ${inTime} of 100 within 500 ms, the last after ${Math.max(...took)} ms`);
    assert.ok(took.filter((ms) => ms <= giveUpMs).length >= 99, way);

    // Those who left say nothing about Xendit, which is asked again at once.
    assert.deepEqual(await gateway.ask<never>(shown(`0-by-${way}`)), { data: { qrCode: null } });
  }
  assert.equal(callsOf(xendit, getCode).length, waysToLeave.length * 101);
});

test('a create whose client leaves is done once, and its key knows, on every transport', async (t) => {
  const clock = createTestClock(Date.now());
  const { xendit, gateway } = await start(t, {}, { clock });
  for (const [way, ask] of waysToLeave) {
    xendit.faults.next(createPath, { kind: 'delay', ms: 1_000, afterProcessing: true });
    xendit.faults.next(getCode, { kind: 'hang' });
    const input = `{ externalId: "${way}", type: DYNAMIC, amount: "15000", idempotencyKey: "key of ${way}" }`;
    const create = await ask(t, gateway, `mutation { createQrCode(input: ${input}) { __typename } }`);
    const posted = await arrivalOf(xendit, '/qr_codes', way);
    const witness = await ask(t, gateway, shown(`witness-${way}`));
    const seen = await arrivalOf(xendit, `/qr_codes/witness-${way}`);
    create.leave();
    witness.leave();
    await eventually('the gateway knows that they have left', () => isAbandoned(seen));
    await clock.armed();
    await clock.advance(1_000);

    const again = await askForCode(gateway, { externalId: way });
    assert.deepEqual([again.alreadyProcessed, again.qrCode?.externalId], [true, way]);
    assert.deepEqual([posted.abandonedAt, posted.status], [undefined, 200], way);
  }
  assert.equal(callsOf(xendit, createPath).length, waysToLeave.length);
});

test('a query that takes too long is answered in time, and what it asked is given up, on every transport', async (t) => {
  const clock = createTestClock(Date.now());
  const { xendit, gateway } = await start(t, { OPERATION_TIMEOUT_MS: '200' }, { clock });
  xendit.faults.next(createPath, { kind: 'delay', ms: 1_000, afterProcessing: true });
  xendit.faults.next(getCode, { kind: 'delay', ms: 1_000, afterProcessing: true });
  const created = askForCode(gateway, { externalId: 'order-1' });
  const posted = await arrivalOf(xendit, '/qr_codes');
  const watching = gateway.subscribe<{ qrCodeChanged: { kind: string } }>(
    'subscription { qrCodeChanged(externalId: "order-1") { kind } }',
  );
  const first = watching.next();
  await arrivalOf(xendit, '/qr_codes/order-1');

  for (const [way, ask] of waysToLeave) {
    xendit.faults.next(getCode, { kind: 'hang' });
    const query = await ask(t, gateway, shown(`by-${way}`));
    const answer = await query.answer;
    assert.deepEqual([answer?.data, codeOf(answer)], [null, 'UNAVAILABLE'], way);
    assert.match(answer?.errors?.[0]?.message ?? '', /within 200 ms/);
    const seen = await arrivalOf(xendit, `/qr_codes/by-${way}`);
    await eventually('its GET is given up', () => isAbandoned(seen));
  }

  // By now a create and the beginning of a stream have taken longer still, and go on.
  await clock.armed(2);
  await clock.advance(1_000);
  assert.equal((await created).qrCode?.externalId, 'order-1');
  assert.equal((await first)?.qrCodeChanged.kind, 'SNAPSHOT');
  assert.equal(posted.abandonedAt, undefined);
});

/** Asks under an id on one socket. */
async function openSocket(t: TestContext, gateway: TestGateway) {
  const socket = await greet(t, `${gateway.url.replace('http', 'ws')}/graphql`);
  const answers = () =>
    socket.texts.map((text) => JSON.parse(text) as { id?: string; type: string; payload?: unknown });
  const answerTo = async (id: string): Promise<unknown> => {
    const find = () => answers().find((frame) => frame.type === 'next' && frame.id === id);
    await eventually(`${id} is answered`, () => find() !== undefined);
    return find()?.payload;
  };
  const leave = (id: string) => socket.send({ id, type: 'complete' });
  return { ...socket, answers, answerTo, leave };
}

test('of two who ask for one code the one who stays is answered by the one call', async (t) => {
  const clock = createTestClock(Date.now());
  const { xendit, gateway } = await start(t, {}, { clock });
  await createCode(gateway, 'order-1');
  const socket = await openSocket(t, gateway);
  xendit.faults.next(getCode, { kind: 'delay', ms: 1_000, afterProcessing: true });
  socket.subscribe('first', shown('order-1'));
  const call = await arrivalOf(xendit, '/qr_codes/order-1');
  socket.subscribe('second', shown('order-1'));
  // The database answers in order: once this is answered, the second has joined.
  socket.subscribe('after', '{ webhookEvents(first: 1) { edges { node { id } } } }');
  await socket.answerTo('after');
  socket.leave('first');
  socket.subscribe('later', '{ __typename }');
  await socket.answerTo('later');
  await clock.armed();
  await clock.advance(1_000);

  const { data } = (await socket.answerTo('second')) as { data: object };
  assert.deepEqual(data, { qrCode: { externalId: 'order-1', status: 'ACTIVE' } });
  assert.equal(
    socket.answers().some(({ id }) => id === 'first'),
    false,
  );
  assert.deepEqual([callsOf(xendit, getCode).length, call.abandonedAt], [1, undefined]);
});

test('who leaves while many read the same in one moment fails none of them', async (t) => {
  const { gateway } = await start(t, { READ_MAX_AGE_MS: '60000' });
  const { id } = await createRequest(gateway);
  const socket = await openSocket(t, gateway);
  const query = `{ paymentRequest(id: "${id}") { id payments { edges { node { id } } } history { edges { node { version } } } } }`;
  const names = upTo(20).map(String);
  for (const name of names) socket.subscribe(name, query);
  for (const name of names.slice(0, 10)) socket.leave(name);
  for (const name of names.slice(10)) {
    const paymentRequest = { id, payments: { edges: [] }, history: { edges: [{ node: { version: 1 } }] } };
    const { data } = (await socket.answerTo(name)) as { data: object };
    assert.deepEqual(data, { paymentRequest });
  }
});

test('what Xendit had answered before its asker left is kept', async (t) => {
  const { xendit, gateway } = await start(t);
  const body = { external_id: 'order-1', type: 'DYNAMIC', callback_url: 'http://127.0.0.1:9/', amount: 15_000 };
  await callXendit(xendit, 'POST', '/qr_codes', body);
  await callXendit(xendit, 'POST', '/qr_codes/order-1/payments/simulate', {});
  xendit.faults.next('GET /qr_codes/payments', { kind: 'hang' });
  const socket = await openSocket(t, gateway);
  socket.subscribe('1', shown('order-1'));
  await eventually('its payment is asked for', () => callsOf(xendit, 'GET /qr_codes/payments').length === 1);
  socket.leave('1');
  const list = '{ qrCodes(first: 1) { edges { node { externalId status } } } }';
  const isKept = async () => {
    const { data } = await gateway.ask<{ qrCodes: { edges: unknown[] } }>(list);
    return data?.qrCodes.edges.length === 1;
  };
  await eventually('the code is known', isKept);
  assert.equal(callsOf(xendit, 'GET /qr_codes/payments').every(isAbandoned), true);
});

test('who leaves before a stream has begun gives up what its beginning asked', async (t) => {
  const { xendit, gateway } = await start(t);
  xendit.faults.next(getCode, { kind: 'hang' });
  const socket = await openSocket(t, gateway);
  socket.subscribe('1', 'subscription { qrCodeChanged(externalId: "order-1") { version } }');
  const call = await arrivalOf(xendit, '/qr_codes/order-1');
  socket.leave('1');
  await eventually('it is given up', () => isAbandoned(call));
  assert.equal(gateway.listeners(), 0);
});

test('who leaves while a stream begins is no fault of ours, on every transport', async (t) => {
  const { xendit, open } = await startXendit(t);
  const lines: string[] = [];
  const { environment } = await embedded(t);
  const config = readConfig({ ...environment, ...open, PORT: '0', READ_MAX_AGE_MS: '0', DRAIN_SPREAD_MS: '0' });
  const gateway = await createGateway(
    config,
    createLog('info', { stream: { write: (line) => void lines.push(line) } }),
  );
  t.after(() => gateway.close());
  const client = { ...gateway, ...clientOf(t, gateway.url) };
  for (const [way, ask] of waysToLeave) {
    if (way === 'http') continue;
    xendit.faults.next(getCode, { kind: 'hang' });
    const watching = `subscription { qrCodeChanged(externalId: "by-${way}") { version } }`;
    const { leave } = await ask(t, client, watching);
    const call = await arrivalOf(xendit, `/qr_codes/by-${way}`);
    leave();
    await eventually(`it is given up: ${way}`, () => isAbandoned(call));
  }
  await gateway.close();
  assert.deepEqual(
    lines.filter((line) => line.includes('a resolver failed')),
    [],
  );
});
