import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { createResultFrames, toFrame } from '../../src/server/frames.ts';

test('a text of any length is read as it was written', async (t) => {
  const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000].flatMap((length) => [
    'x'.repeat(length),
    'é€𝄞'.repeat(Math.ceil(length / 9)),
  ]);
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, () => {
      for (const text of texts) socket.write(toFrame(text));
    }),
  );
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => client.terminate());
  const read: string[] = [];
  await new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('message', (data, isBinary) => {
      assert.equal(isBinary, false);
      if (read.push(String(data)) === texts.length) resolve();
    });
  });
  assert.deepEqual(read, texts);
});

test('a result’s frame is made once for all who are told it under one id, and for nobody else', () => {
  const toResultFrame = createResultFrames();
  const first = toResultFrame('1', '{"data":1}');
  assert.equal(toResultFrame('1', '{"data":1}'), first);
  const others = [
    toResultFrame('"2"', '{"data":1}'),
    toResultFrame('"2"', '{"data":2}'),
    toResultFrame('1', '{"data":1}'),
  ];
  assert.deepEqual(
    others.map((frame) => JSON.parse(String(frame.subarray(2)))),
    [
      { id: '"2"', type: 'next', payload: { data: 1 } },
      { id: '"2"', type: 'next', payload: { data: 2 } },
      { id: '1', type: 'next', payload: { data: 1 } },
    ],
  );
});
