import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../support/eventually.ts';
import { onSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { createCode } from '../support/qr-codes.ts';
import { watchCode } from '../support/subscriptions.ts';

const testTogether = onSharedGateway();

const queries = [
  'subscription { qrCodeChanged(externalId: "counter") { version } }',
  'subscription { activity { version } }',
];

const everybodyLeft = (gateway: TestGateway) => eventually('nobody listens', () => gateway.listeners() === 0);

testTogether('five hundred who come and leave while nothing happens leave nothing behind', async (_t, gateway) => {
  await createCode(gateway, 'counter', 'STATIC');
  const url = `${gateway.url.replace('http', 'ws')}/graphql`;
  const open = () => createClient({ url, webSocketImpl: WebSocket, lazy: false, retryAttempts: 0 });
  const clients = [open(), open()];
  for (let round = 0; round < 5; round += 1) {
    const leaving = Array.from({ length: 100 }, (_, index) => {
      const client = clients[index < 50 ? 0 : 1];
      const messages = client?.iterate({ query: queries[index % 2] ?? '' }) ?? assert.fail();
      void messages.next();
      return messages;
    });
    await eventually('all listen', () => gateway.listeners() === 100);
    await Promise.all(leaving.map((messages) => messages.return?.()));
    await everybodyLeft(gateway);
  }
  for (const client of clients) await client.dispose();
});

testTogether('those who leave before the first message leave nothing behind', async (_t, gateway) => {
  await createCode(gateway, 'counter', 'STATIC');
  for (let round = 0; round < 50; round += 1) {
    const stream = watchCode(gateway, 'counter');
    if (round % 2 === 0) void stream.next();
    await stream.leave();
  }
  const seen = watchCode(gateway, 'counter');
  await seen.next();
  await seen.leave();
  await everybodyLeft(gateway);
});

/** A socket of its own that has subscribed to both; `isHeard` is kept when the first message has come. */
async function subscribeBoth(
  t: TestContext,
  gateway: TestGateway,
): Promise<{ socket: WebSocket; isHeard: Promise<void> }> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  t.after(() => socket.terminate());
  const heard = Promise.withResolvers<void>();
  const acknowledged = Promise.withResolvers<void>();
  socket.on('error', () => undefined);
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  socket.on('message', (data) => {
    const { type } = JSON.parse(String(data)) as { type: string };
    if (type === 'connection_ack') acknowledged.resolve();
    if (type === 'next') heard.resolve();
  });
  await acknowledged.promise;
  for (const [index, query] of queries.entries()) {
    socket.send(JSON.stringify({ id: String(index), type: 'subscribe', payload: { query } }));
  }
  return { socket, isHeard: heard.promise };
}

testTogether(
  'sockets that are torn off leave nothing behind, whether anything had been said or not',
  async (t, gateway) => {
    await createCode(gateway, 'counter', 'STATIC');
    const sockets = await Promise.all(Array.from({ length: 60 }, () => subscribeBoth(t, gateway)));
    for (const { socket } of sockets.splice(0, 30)) socket.terminate();
    await Promise.all(sockets.map(({ isHeard }) => isHeard));
    await eventually('the others listen', () => gateway.listeners() === 60);
    for (const { socket } of sockets) socket.terminate();
    await everybodyLeft(gateway);
    assert.equal((await gateway.ask('{ __typename }')).errors, undefined);
  },
);

test('a gateway that stops lets its subscribers go', async (t) => {
  const gateway = await startGateway(t);
  await createCode(gateway, 'counter', 'STATIC');
  const { socket, isHeard } = await subscribeBoth(t, gateway);
  await isHeard;
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await gateway.close();
  assert.equal(await closed, 1001);
  assert.equal(gateway.listeners(), 0);
});
