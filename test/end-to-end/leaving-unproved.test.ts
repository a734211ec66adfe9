import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createSigner } from '../auth/support.ts';
import { eventually } from '../support/eventually.ts';
import { upTo } from '../support/figures.ts';
import { startGateway } from '../support/gateway.ts';
import { connectTo } from '../support/raw-http.ts';

test('who leaves while it is asked who it is keeps no place, and nothing waits for it', async (t) => {
  const signer = await createSigner('key');
  const mayAnswer = Promise.withResolvers<void>();
  let asked = 0;
  const keys = createServer(async (_, response) => {
    asked += 1;
    await mayAnswer.promise;
    response.end(JSON.stringify({ keys: [signer.jwk] }));
  }).listen(0, '127.0.0.1');
  t.after(() => keys.close());
  await once(keys, 'listening');
  const gateway = await startGateway(t, {
    AUTH_JWKS_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}`,
    SOCKETS_PER_CALLER: '3',
  });
  const token = await signer.sign({ scope: 'activity:read' });
  const target = `/graphql/stream?query=${encodeURIComponent('subscription { activity { version } }')}`;
  const witness = await connectTo(t, gateway.url);
  const look = () => {
    witness.send('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    return witness.answer();
  };
  for (const _ of upTo(3)) {
    const { send, reset } = await connectTo(t, gateway.url);
    send(`GET ${target} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    await look(); // By now it is read.
    reset();
    await look();
  }
  await eventually('the key set is asked for', () => asked > 0);
  mayAnswer.resolve();

  const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
  const leaving = new AbortController();
  const places = upTo(3).map(() => fetch(gateway.url + target, { headers, signal: leaving.signal }));
  assert.deepEqual(
    (await Promise.all(places)).map(({ status }) => status),
    [200, 200, 200],
  );
  leaving.abort();
  await eventually('nobody listens', () => gateway.listeners() === 0);
});
