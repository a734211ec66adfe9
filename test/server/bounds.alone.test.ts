import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { eventually } from '../support/eventually.ts';
import { openLine } from '../support/line.ts';
import { type Frame, graphOf, greet, NumberLog, openByHand, serve, type Transport } from './support.ts';

const numbers = 'subscription ($after: Int) { numbers(after: $after) { number } }';
const long = 'subscription ($after: Int) { numbers(after: $after) { number filling(size: 10000) } }';

/** Why the last of these sockets was closed, if it was refused; undefined when it was let in. */
async function refusalOf(t: TestContext, url: string, headers?: Record<string, string>): Promise<number | undefined> {
  const socket = await openByHand(t, url, headers);
  const acknowledged = socket.next().then(
    () => undefined,
    () => undefined,
  );
  return Promise.race([socket.closed.then(({ code }) => code), acknowledged]);
}

const openStream = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql/stream?query=${encodeURIComponent('subscription { numbers { number } }')}`, {
    headers: { accept: 'text/event-stream', ...headers },
  });

test('a socket has as many operations at once as it may, and one more is refused alone', async (t) => {
  const log = new NumberLog();
  const { socketUrl } = await serve(t, graphOf(log), { subscriptions: 50 });
  const { subscribe, next, send, texts, socket } = await greet(t, socketUrl);
  for (let index = 1; index <= 50; index += 1) subscribe(String(index), numbers);
  await eventually('all read', () => log.readers === 50);
  subscribe('51', numbers);
  const refused = (await next()) as { id: string; type: string; payload: { extensions: { code: string } }[] };
  assert.deepEqual([refused.id, refused.type, refused.payload[0]?.extensions.code], ['51', 'error', 'THROTTLED']);
  assert.equal(log.readers, 50);
  send({ id: '1', type: 'complete' });
  await eventually('one has left', () => log.readers === 49);
  subscribe('51', numbers);
  await eventually('another has come', () => log.readers === 50);
  log.tell();
  await eventually('each is told', () => texts.filter((text) => text.includes('"next"')).length === 50);
  assert.equal(socket.readyState, WebSocket.OPEN);
});

test('an address has as many sockets and streams as it may, and each one that goes makes room', async (t) => {
  const { url, socketUrl } = await serve(t, graphOf(new NumberLog()), { perAddress: 3 });
  const first = await greet(t, socketUrl);
  const second = await greet(t, socketUrl);
  const leaving = new AbortController();
  const stream = await fetch(`${url}/graphql/stream?query={never}`, {
    headers: { accept: 'text/event-stream' },
    signal: leaving.signal,
  });
  assert.equal(stream.status, 200);
  assert.equal(await refusalOf(t, socketUrl), 1013);
  assert.equal((await openStream(url)).status, 429);
  leaving.abort();
  await eventually('the stream has made room', async () => (await refusalOf(t, socketUrl)) === undefined);
  first.socket.terminate();
  second.socket.close();
  await second.closed;
  assert.equal((await openStream(url)).status, 200);
});

test('a client behind a trusted proxy is counted by its own address, and nobody else may say what that is', async (t) => {
  const own = { 'x-forwarded-for': '203.0.113.1' };
  const other = { 'x-forwarded-for': '203.0.113.2' };
  const behind = await serve(t, graphOf(new NumberLog()), { perAddress: 1, trustedProxies: ['loopback'] });
  assert.equal(await refusalOf(t, behind.socketUrl, own), undefined);
  assert.equal(await refusalOf(t, behind.socketUrl, own), 1013);
  assert.equal(await refusalOf(t, behind.socketUrl, { 'x-forwarded-for': '203.0.113.2, 203.0.113.1' }), 1013);
  assert.equal(await refusalOf(t, behind.socketUrl, other), undefined);
  assert.equal((await openStream(behind.url, other)).status, 429);
  const ipv6 = (host: string) => ({ 'x-forwarded-for': `2001:db8:1:2::${host}` });
  assert.equal(await refusalOf(t, behind.socketUrl, ipv6('1')), undefined);
  assert.equal(await refusalOf(t, behind.socketUrl, ipv6('ffff')), 1013);

  const direct = await serve(t, graphOf(new NumberLog()), { perAddress: 1 });
  assert.equal(await refusalOf(t, direct.socketUrl, own), undefined);
  assert.equal(await refusalOf(t, direct.socketUrl, other), 1013);
});

/** Watches for long numbers on a socket that has stopped reading. */
async function watchWithoutReading(t: TestContext, { socketUrl }: Transport, ids: string[]) {
  const own = await greet(t, socketUrl);
  own.socket.pause();
  for (const id of ids) own.subscribe(id, long);
  return own;
}

test('what a reader does not read is not taken from the log, on a socket and on a stream', async (t) => {
  const log = new NumberLog(10_000);
  const transport = await serve(t, graphOf(log), { keepMs: 0 });
  const before = process.memoryUsage().rss;
  const paused = await watchWithoutReading(t, transport, ['1', '2', '3']);
  const query = encodeURIComponent(long);
  const stream = await fetch(`${transport.url}/graphql/stream?query=${query}`, {
    headers: { accept: 'text/event-stream' },
  });
  let taken = -1;
  await eventually(
    'nothing more is taken',
    async () => {
      const now = log.taken;
      const isStill = now === taken;
      taken = now;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return isStill;
    },
    20_000,
  );
  // The kernel takes some megabytes for each of the two connections.
  assert.ok(taken < 2_500, `${taken} of 40,000 were taken`);
  t.diagnostic(
    `${taken} of 40,000 messages of 10 kB taken; RSS + ${((process.memoryUsage().rss - before) / 1e6).toFixed(1)} MB`,
  );
  paused.socket.resume();
  await eventually('all is read', () => paused.texts.length >= 30_001, 60_000);
  const frames = paused.texts
    .slice(1)
    .map((text) => JSON.parse(text) as Frame & { payload: { data: { numbers: { number: number } } } });
  for (const id of ['1', '2', '3']) {
    const told = frames.filter((frame) => frame.id === id).map(({ payload }) => payload.data.numbers.number);
    assert.deepEqual(
      told,
      Array.from({ length: 10_000 }, (_, index) => index + 1),
    );
  }
  await stream.body?.cancel();
});

test('a reader whose message has waited too long is let go with 1013, and goes on where it was', async (t) => {
  const log = new NumberLog(10_000);
  const transport = await serve(t, graphOf(log), { slowReaderMs: 500, keepMs: 0 });
  const slow = await watchWithoutReading(t, transport, ['1']);
  const beganAt = performance.now();
  await eventually('something is taken', () => log.taken > 0);
  await eventually('the log is let go', () => log.readers === 0, 10_000);
  t.diagnostic(`let go after ${Math.round(performance.now() - beganAt)} ms`);
  slow.socket.resume();
  assert.deepEqual(await slow.closed, { code: 1013, reason: 'Reads too slowly' });
  const numbersOf = (texts: string[]) =>
    texts
      .slice(1)
      .map(
        (text) =>
          (JSON.parse(text) as { payload: { data: { numbers: { number: number } } } }).payload.data.numbers.number,
      );
  const first = numbersOf(slow.texts);
  const again = await greet(t, transport.socketUrl);
  again.subscribe('1', long, { after: first.at(-1) ?? 0 });
  await eventually('the rest has come', () => again.texts.length === 10_001 - first.length, 30_000);
  assert.deepEqual(
    [...first, ...numbersOf(again.texts)],
    Array.from({ length: 10_000 }, (_, index) => index + 1),
  );
  t.diagnostic(`${first.length} before, ${10_000 - first.length} after`);
});

test('a stream that is not read is ended, so that its client comes back', async (t) => {
  const log = new NumberLog(10_000);
  const { url } = await serve(t, graphOf(log), { slowReaderMs: 500, keepMs: 0 });
  const response = await fetch(`${url}/graphql/stream?query=${encodeURIComponent(long)}`, {
    headers: { accept: 'text/event-stream' },
  });
  await eventually('the log is let go', () => log.taken > 0 && log.readers === 0, 10_000);
  await assert.rejects(response.text());
});

test('a peer that has vanished is gone after two heartbeats, also while it is told things', async (t) => {
  const log = new NumberLog();
  const { socketUrl } = await serve(t, graphOf(log), { heartbeatMs: 300 });
  const line = await openLine(t, { host: '127.0.0.1', port: Number(new URL(socketUrl).port) });
  const far = socketUrl.replace(/:\d+/, `:${line.port}`);
  const [quiet, busy] = [await greet(t, far), await greet(t, far)];
  const near = await greet(t, socketUrl);
  for (const { subscribe } of [quiet, near]) subscribe('1', numbers, { after: 1_000 });
  busy.subscribe('1', numbers);
  await eventually('all read', () => log.readers === 3);
  const telling = setInterval(() => log.tell(), 20);
  t.after(() => clearInterval(telling));
  await eventually('it is told', () => busy.texts.length > 3);
  line.silence();
  const beganAt = performance.now();
  await eventually('those behind the line are gone', () => log.readers === 1, 3_000);
  const tookMs = performance.now() - beganAt;
  t.diagnostic(`gone after ${Math.round(tookMs)} ms with a heartbeat of 300 ms`);
  assert.ok(tookMs < 900);
  assert.equal(near.socket.readyState, WebSocket.OPEN);
});

test('a flood of messages or pings closes its own socket at once, and no other', async (t) => {
  const { socketUrl } = await serve(t, graphOf(new NumberLog()), { messagesPerSecond: 100 });
  const other = await greet(t, socketUrl);
  const floods: [string, (socket: WebSocket) => void][] = [
    ['messages', (socket) => socket.send('{"type":"ping"}')],
    ['pings', (socket) => socket.ping()],
  ];
  for (const [what, send] of floods) {
    const { socket, closed } = await greet(t, socketUrl);
    const beganAt = performance.now();
    const flooding = setInterval(() => {
      for (let count = 0; count < 100 && socket.readyState === WebSocket.OPEN; count += 1) send(socket);
    }, 10);
    const { code } = await closed;
    clearInterval(flooding);
    const tookMs = performance.now() - beganAt;
    t.diagnostic(`10,000 ${what} per second: closed after ${Math.round(tookMs)} ms`);
    // ws itself cuts off whom it owes a hundred pongs.
    assert.ok(what === 'pings' ? [1006, 1008].includes(code) : code === 1008, `${what}: ${code}`);
    assert.ok(tookMs < 1_000);
  }
  other.subscribe('1', '{ ping }');
  assert.equal((await other.next()).type, 'next');
});

test('messages that are too long, or come in very many pieces, cost no memory', async (t) => {
  const { socketUrl } = await serve(t, graphOf(new NumberLog()));
  const before = process.memoryUsage().rss;
  const codes = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const { socket, closed } = await greet(t, socketUrl);
      if (index % 2 === 0) socket.send('x'.repeat(20_000_000 / 25));
      else for (let piece = 0; piece < 16_000; piece += 1) socket.send('', { fin: false });
      return (await closed).code;
    }),
  );
  const grown = (process.memoryUsage().rss - before) / 1e6;
  t.diagnostic(`RSS + ${grown.toFixed(1)} MB, sender included`);
  for (const [index, code] of codes.entries())
    assert.ok((index % 2 === 0 ? [1009] : [1008, 1009]).includes(code), `${code}`);
});
