import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Line, openLine } from './line.ts';

/** A server that says its name to whoever comes, and then whatever it is told. */
async function startServer(t: TestContext, name: string) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy()).on('data', (bytes) => socket.write(bytes));
    socket.write(name);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

async function lineTo(t: TestContext, ports: number[]): Promise<Line> {
  const line = await openLine(() => ports);
  t.after(() => line.close());
  return line;
}

async function call(t: TestContext, { port }: Line): Promise<{ socket: Socket; greeting: string }> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  t.after(() => socket.destroy());
  const [greeting] = (await once(socket, 'data')) as [Buffer];
  return { socket, greeting: String(greeting) };
}

/** Resolves however it ends. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

test('a line goes to its servers by turns, and past one that does not answer', async (t) => {
  const [a, b] = [await startServer(t, 'a'), await startServer(t, 'b')];
  const line = await lineTo(t, [a.port, 1, b.port]);
  const greetings: string[] = [];
  for (let count = 0; count < 6; count += 1) greetings.push((await call(t, line)).greeting);
  assert.deepEqual(greetings.toSorted(), ['a', 'a', 'b', 'b', 'b', 'b']);
});

test('with nobody there a caller is turned away', async (t) => {
  const line = await lineTo(t, []);
  const socket = connect(line.port, '127.0.0.1').on('error', () => undefined);
  await closed(socket);
});

test('both ends are told of a reset', async (t) => {
  const server = await startServer(t, 'a');
  const line = await lineTo(t, [server.port]);
  const { socket } = await call(t, line);
  const [far] = server.sockets;
  const ends = Promise.all([closed(socket), far && closed(far)]);
  assert.equal(
    line.sever('reset', () => true),
    1,
  );
  await ends;
});

test('silence is told to nobody, and those who come later get through', async (t) => {
  const server = await startServer(t, 'a');
  const line = await lineTo(t, [server.port]);
  const silenced = await call(t, line);
  line.sever('silence', () => true);
  const later = await call(t, line);
  const heard: string[] = [];
  silenced.socket.on('data', (bytes) => heard.push(String(bytes)));
  silenced.socket.write('is anybody there?');
  server.sockets[0]?.write('hello?');
  later.socket.write('echo');
  assert.equal(String((await once(later.socket, 'data'))[0]), 'echo');
  assert.deepEqual(heard, []);
  assert.equal(silenced.socket.readyState, 'open');
  assert.equal(server.sockets[0]?.readyState, 'open');
});
