import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Client, SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../support/eventually.ts';
import { connect, type Frame, graphOf, greet, NumberLog, serve, type Transport } from './support.ts';

const numbers = 'subscription ($after: Int) { numbers(after: $after) { number } }';

/** How an operation of the official client ends: with its results, with errors, or with the code of a close. */
async function endOf(client: Client, request: SubscribePayload): Promise<{ results: unknown[]; end: unknown }> {
  const results: unknown[] = [];
  try {
    for await (const result of client.iterate(request)) results.push(result);
    return { results, end: 'complete' };
  } catch (error) {
    return { results, end: error };
  }
}

/** A client whose first socket does something wrong once it may speak; how often it connected, and the codes that it saw. */
async function misbehave(t: TestContext, transport: Transport, doWrong: (socket: WebSocket) => void) {
  const codes: number[] = [];
  let connects = 0;
  const client = connect(t, transport, {
    retryAttempts: 3,
    retryWait: async () => undefined,
    on: {
      connecting: () => {
        connects += 1;
      },
      connected: (socket) => {
        if (connects === 1) doWrong(socket as WebSocket);
      },
      closed: (event) => codes.push((event as { code: number }).code),
    },
  });
  const ended = endOf(client, { query: numbers });
  await eventually('it was closed', () => codes.length > 0);
  return { client, codes, connects: () => connects, ended };
}

const fatal: [code: number, what: string, send: (socket: WebSocket) => void][] = [
  [4400, 'sends what is no message', (socket) => socket.send('hello')],
  [4429, 'says hello twice', (socket) => socket.send('{"type":"connection_init"}')],
  [
    4409,
    'uses an id twice',
    (socket) => {
      const message = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: numbers } });
      socket.send(message);
      socket.send(message);
    },
  ],
  [1009, 'sends too much', (socket) => socket.send('x'.repeat(300_000))],
  [
    1008,
    'floods',
    (socket) => {
      for (let count = 0; count < 600; count += 1) socket.send('{"type":"pong"}');
    },
  ],
];
for (const [code, what, send] of fatal) {
  test(`a client that ${what} is closed with ${code} and does not come back`, async (t) => {
    const transport = await serve(t, graphOf(new NumberLog()), { messagesPerSecond: 100 });
    const { codes, connects, ended } = await misbehave(t, transport, send);
    const { end } = await ended;
    assert.equal((end as { code: number }).code, code);
    assert.deepEqual(codes, [code]);
    assert.equal(connects(), 1);
  });
}

test('a client that asks before it has said hello is closed with 4401', async (t) => {
  const { socketUrl } = await serve(t, graphOf(new NumberLog()));
  const socket = new WebSocket(socketUrl, 'graphql-transport-ws');
  t.after(() => socket.terminate());
  socket.on('open', () => socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: numbers } })));
  assert.equal(await new Promise((resolve) => socket.on('close', resolve)), 4401);
});

test('a client that speaks no known protocol is closed with 4406', async (t) => {
  const { socketUrl } = await serve(t, graphOf(new NumberLog()));
  const socket = new WebSocket(socketUrl);
  t.after(() => socket.terminate());
  assert.equal(await new Promise((resolve) => socket.on('close', resolve)), 4406);
});

test('a client that is late with its hello is closed with 4408, and comes back', async (t) => {
  const transport = await serve(t, graphOf(new NumberLog(1)), { initTimeoutMs: 100 });
  const codes: number[] = [];
  const client = connect(t, transport, {
    retryAttempts: 3,
    retryWait: async () => undefined,
    connectionParams: () => (codes.length === 0 ? new Promise(() => undefined) : {}),
    on: { closed: (event) => codes.push((event as { code: number }).code) },
  });
  const results = client.iterate({ query: numbers });
  assert.deepEqual((await results.next()).value, { data: { numbers: { number: 1 } } });
  assert.deepEqual(codes, [4408]);
});

test('a client that is refused for lack of room, or let go in a drain, comes back', async (t) => {
  for (const code of [1013, 1001]) {
    const transport = await serve(t, graphOf(new NumberLog(1)), { perAddress: code === 1013 ? 1 : 10 });
    if (code === 1013) await greet(t, transport.socketUrl);
    const codes: number[] = [];
    const client = connect(t, transport, {
      retryAttempts: 50,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
      on: { closed: (event) => codes.push((event as { code: number }).code) },
    });
    const ended = endOf(client, { query: numbers });
    if (code === 1001) {
      await eventually('it is told', () => transport.connections.isDraining() === false);
      void transport.connections.drain(0);
    }
    await eventually(`it is closed with ${code} and tries again`, () => codes.filter((one) => one === code).length > 1);
    await Promise.resolve(client.dispose()).catch(() => undefined);
    await ended;
  }
});

test('a fault of ours ends one operation, masked, and neither its socket nor the others', async (t) => {
  const log = new NumberLog();
  const transport = await serve(t, graphOf(log));
  const client = connect(t, transport);
  const living = client.iterate<{ numbers: { number: number } }>({ query: numbers });
  const first = living.next();
  await eventually('it reads', () => log.readers === 1);
  const masked = { message: 'Internal server error', code: 'INTERNAL_SERVER_ERROR' };
  const shapeOf = (error: { message: string; extensions: { code: string; requestId: string } } | undefined) => {
    assert.match(error?.extensions.requestId ?? '', /^[\w-]{36}$/);
    return { message: error?.message, code: error?.extensions.code };
  };
  type Errors = Parameters<typeof shapeOf>[0][];

  const broken = await endOf(client, { query: 'subscription { breaks(at: 3) }' });
  assert.deepEqual(broken.results, [{ data: { breaks: 1 } }, { data: { breaks: 2 } }]);
  assert.deepEqual((broken.end as Errors).map(shapeOf), [masked]);
  const impossible = await endOf(client, { query: 'subscription { isNoStream }' });
  assert.deepEqual((impossible.end as Errors).map(shapeOf), [masked]);
  for (const query of ['subscription { refuses }', '{ fails }']) {
    const { results, end } = await endOf(client, { query });
    assert.equal(end, 'complete');
    assert.deepEqual(
      (results as { errors: Errors }[]).map(({ errors }) => errors.map(shapeOf)),
      [[masked]],
    );
  }
  log.tell();
  assert.deepEqual((await first).value, { data: { numbers: { number: 1 } } });
});

test('an error is never followed by complete, and nothing follows a complete', async (t) => {
  const log = new NumberLog();
  const { socketUrl } = await serve(t, graphOf(log));
  const own = await greet(t, socketUrl);
  own.subscribe('breaks', 'subscription { breaks(at: 2) }');
  own.subscribe('wrong', 'subscription { unknown }');
  own.subscribe('stays', numbers);
  own.subscribe('leaves', numbers);
  await eventually('both read', () => log.readers === 2);
  own.send({ id: 'leaves', type: 'complete' });
  own.send({ id: 'nobody', type: 'complete' });
  await eventually('one has left', () => log.readers === 1);
  log.tell();
  own.subscribe('last', '{ ping }');
  await eventually('the last has come', () => own.texts.some((text) => text.includes('"last","type":"complete"')));
  const frames = own.texts.map((text) => JSON.parse(text) as Frame);
  const typesOf = (id: string) => frames.filter((frame) => frame.id === id).map(({ type }) => type);
  assert.deepEqual(typesOf('breaks'), ['next', 'error']);
  assert.deepEqual(typesOf('wrong'), ['error']);
  assert.deepEqual(typesOf('stays'), ['next']);
  assert.deepEqual(typesOf('leaves'), []);
});
