import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { onSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { connectTo } from '../support/raw-http.ts';

const testTogether = onSharedGateway();

interface Message {
  type: string;
  id?: string;
}

/** A WebSocket spoken to by hand. */
async function openSocket(t: TestContext, gateway: TestGateway, protocol = 'graphql-transport-ws') {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, protocol);
  t.after(() => socket.terminate());
  const messages: Message[] = [];
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const listeners: (() => void)[] = [];
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)) as Message);
    for (const listener of listeners.splice(0)) listener();
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return {
    socket,
    closed,
    send: (message: object | string) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next(): Promise<Message> {
      while (messages.length === 0) await new Promise<void>((resolve) => listeners.push(resolve));
      return messages.shift() ?? assert.fail();
    },
  };
}

const init = { type: 'connection_init' };
const ask = (id: string) => ({ id, type: 'subscribe', payload: { query: '{ __typename }' } });
const watch = (id: string) => ({ id, type: 'subscribe', payload: { query: 'subscription { activity { version } }' } });

test('the close code tells a client what it did', async (t) => {
  const gateway = await startGateway(t, { SOCKET_INIT_TIMEOUT_MS: '200', SOCKET_MAX_BYTES: '4096' });
  const faults: [code: number, what: string, messages: (object | string)[]][] = [
    [4408, 'says nothing', []],
    [4401, 'subscribes before it has said hello', [ask('1')]],
    [4429, 'says hello twice', [init, init]],
    [4409, 'uses an id twice', [init, watch('1'), watch('1')]],
    [4400, 'sends no JSON', [init, 'hello']],
    [4400, 'sends another thing', [init, '[]']],
    [4400, 'sends a type that there is not', [init, { type: 'start', id: '1' }]],
    [4400, 'subscribes to nothing', [init, { type: 'subscribe', id: '1' }]],
    [1009, 'sends too much', [init, { ...ask('1'), filling: 'x'.repeat(5_000) }]],
  ];
  for (const [code, what, messages] of faults) {
    const { send, next, closed } = await openSocket(t, gateway);
    for (const [index, message] of messages.entries()) {
      send(message);
      if (index === 0 && message === init) assert.equal((await next()).type, 'connection_ack');
    }
    assert.equal(await closed, code, `a client that ${what}`);
  }
  assert.equal(gateway.listeners(), 0);
});

testTogether('a client that behaves is answered, and keeps its socket through its own mistakes', async (t, gateway) => {
  const { send, next, socket } = await openSocket(t, gateway);
  send(init);
  assert.equal((await next()).type, 'connection_ack');
  send({ type: 'ping' });
  assert.equal((await next()).type, 'pong');
  for (const query of ['{ unclosed', '{ nothing }']) {
    send({ id: 'wrong', type: 'subscribe', payload: { query } });
    const { type, id } = await next();
    assert.deepEqual([type, id], ['error', 'wrong'], query);
  }
  const unknown = 'subscription { refundChanged(id: "nobody") { version } }';
  send({ id: 'nobody', type: 'subscribe', payload: { query: unknown } });
  assert.deepEqual([(await next()).type, (await next()).type], ['next', 'complete']);
  send(ask('right'));
  const extensions = { cost: { requested: 1, limit: 5_000 } };
  assert.deepEqual(
    [await next(), await next()],
    [
      { id: 'right', type: 'next', payload: { data: { __typename: 'Query' }, extensions } },
      { id: 'right', type: 'complete' },
    ],
  );
  assert.equal(socket.readyState, WebSocket.OPEN);
});

testTogether('one message in very many pieces closes the socket', async (t, gateway) => {
  const { socket, send, closed } = await openSocket(t, gateway);
  send(init);
  for (let piece = 0; piece < 200; piece += 1) socket.send(' ', { fin: false });
  assert.ok([1008, 1009].includes(await closed));
});

testTogether('the old subprotocol, no subprotocol and other addresses are refused', async (t, gateway) => {
  const handshake = (path: string, ...headers: string[]) =>
    [
      `GET ${path} HTTP/1.1`,
      'Host: gateway',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
      '',
      '',
    ].join('\r\n');
  await assert.rejects(openSocket(t, gateway, 'graphql-ws'));
  const elsewhere = await connectTo(t, gateway.url);
  elsewhere.send(handshake('/other', 'Sec-WebSocket-Protocol: graphql-transport-ws'));
  assert.equal((await elsewhere.answer()).status, 404);
  const without = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`);
  t.after(() => without.terminate());
  assert.equal(await new Promise((resolve) => without.on('close', resolve)), 4406);
});

test('a gateway that stops says so to every socket', async (t) => {
  const gateway = await startGateway(t);
  const sockets = await Promise.all([1, 2, 3].map(() => openSocket(t, gateway)));
  for (const { send, next } of sockets) {
    send(init);
    await next();
  }
  sockets[0]?.send(watch('1'));
  await gateway.close();
  assert.deepEqual(await Promise.all(sockets.map(({ closed }) => closed)), [1001, 1001, 1001]);
});
