import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type Frame, graphOf, greet, type HandSocket, NumberLog, serve, type TransportOptions } from './support.ts';

const numbers = 'subscription ($after: Int) { numbers(after: $after) { number written } }';

/** A graph that counts how often its resolver runs, and so many subscribers by hand on ten sockets. */
async function start(t: TestContext, options?: TransportOptions) {
  const log = new NumberLog(1);
  const counts = { resolved: 0, written: 0 };
  const transport = await serve(
    t,
    graphOf(
      log,
      () => counts.resolved++,
      () => counts.written++,
    ),
    options,
  );
  const sockets: HandSocket[] = [];
  for (let index = 0; index < 10; index += 1) sockets.push(await greet(t, transport.socketUrl));
  const subscribe = async (count: number, query: string, variables: (index: number) => object) => {
    const before = log.readers;
    for (let index = 0; index < count; index += 1) {
      sockets[index % 10]?.subscribe(`${before}-${index}`, query, variables(index));
    }
    await eventually('all read', () => log.readers === before + count);
  };
  const frames = async (count: number): Promise<Frame[]> => {
    const all = () => sockets.flatMap(({ texts }) => texts).map((text) => JSON.parse(text) as Frame);
    const told = () => all().filter(({ type }) => type === 'next');
    await eventually(`${count} frames`, () => told().length >= count);
    return told();
  };
  return { ...transport, log, counts, sockets, subscribe, frames };
}

test('two hundred who watch the same share one execution and one writing, and each is told it once under its own id', async (t) => {
  const { log, counts, subscribe, frames } = await start(t);
  await subscribe(200, numbers, () => ({ after: 1 }));
  log.tell();
  const told = await frames(200);
  assert.deepEqual(counts, { resolved: 1, written: 1 });
  assert.equal(new Set(told.map(({ id }) => id)).size, 200);
  for (const { payload } of told) assert.deepEqual(payload, { data: { numbers: { number: 2, written: 'written' } } });
  assert.equal(told.length, 200);
});

test('where a stream begins keeps nobody from sharing', async (t) => {
  const { log, counts, subscribe, frames } = await start(t);
  await subscribe(50, numbers, () => ({ after: 0 }));
  await subscribe(50, numbers, () => ({ after: 1 }));
  log.tell();
  await frames(150);
  assert.equal(counts.resolved, 2);
});

test('other variables and other words are worked out by themselves', async (t) => {
  const { log, counts, subscribe, frames } = await start(t);
  const times = 'subscription ($factor: Int!) { numbers(after: 1) { number times(factor: $factor) } }';
  await subscribe(20, times, (index) => ({ factor: 1 + (index % 2) }));
  await subscribe(10, times.replace('number times', 'number  times'), () => ({ factor: 1 }));
  log.tell();
  const told = await frames(30);
  assert.equal(counts.resolved, 3);
  const factors = told.map(({ payload }) => (payload as { data: { numbers: { times: number } } }).data.numbers.times);
  assert.equal(factors.filter((one) => one === 4).length, 10);
  assert.equal(factors.filter((one) => one === 2).length, 20);
});

test('callers who may not see the same share nothing', async (t) => {
  let asked = 0;
  const { log, counts, subscribe, frames } = await start(t, { entitlement: () => (asked++ % 2 === 0 ? 'a' : 'b') });
  await subscribe(40, numbers, () => ({ after: 1 }));
  log.tell();
  await frames(40);
  assert.equal(counts.resolved, 2);
});

test('what was worked out is given to others for a while only', async (t) => {
  const { log, counts, subscribe, frames } = await start(t, { keepMs: 0 });
  await subscribe(20, numbers, () => ({ after: 1 }));
  log.tell();
  await frames(20);
  assert.equal(counts.resolved, 20);
});

test('a fault is told each with its own request, and whoever comes later is not given it', async (t) => {
  const log = new NumberLog(1);
  let isBroken = true;
  let resolved = 0;
  const fail = () => {
    resolved += 1;
    if (isBroken) throw new Error('a secret of ours');
  };
  const { socketUrl } = await serve(t, graphOf(log, fail));
  const requests: string[] = [];
  for (const _ of [1, 2]) {
    const socket = await greet(t, socketUrl);
    socket.subscribe('1', numbers, { after: 0 });
    const { payload } = (await socket.next()) as {
      payload: { errors: { message: string; extensions: { requestId: string } }[] };
    };
    assert.equal(payload.errors[0]?.message, 'Internal server error');
    requests.push(payload.errors[0]?.extensions.requestId ?? '');
  }
  assert.equal(new Set(requests).size, 2);
  assert.equal(resolved, 2);
  isBroken = false;
  const socket = await greet(t, socketUrl);
  socket.subscribe('1', numbers, { after: 0 });
  assert.deepEqual((await socket.next()).payload, { data: { numbers: { number: 1, written: 'written' } } });
});
