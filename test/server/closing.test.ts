import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startGateway } from '../support/gateway.ts';

/** Far below the 65 seconds for which a connection is kept alive. */
const soonMs = 15_000;

test('a connection by which nothing was asked holds up no end', async (t) => {
  const gateway = await startGateway(t);
  const { port } = new URL(gateway.url);
  const socket = connect(Number(port), 'localhost');
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  // By now the server has seen that connection, which was opened before.
  assert.equal((await fetch(`${gateway.url}/health/live`)).status, 200);
  const closed = once(socket, 'close');
  const beganAt = performance.now();
  await gateway.close();
  await closed;
  const tookMs = performance.now() - beganAt;
  assert.ok(tookMs < soonMs, `${tookMs} ms`);
});
