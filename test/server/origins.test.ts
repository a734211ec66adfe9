import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { createOrigins } from '../../src/server/origins.ts';
import { onSharedGateway } from '../support/gateway.ts';

const testOnGateway = onSharedGateway();

test('a page speaks to its own host, to whoever names it, and in sandbox mode from this machine', () => {
  const strict = createOrigins({ allowed: ['https://shop.example'], allowLoopback: false });
  const sandbox = createOrigins({ allowed: [], allowLoopback: true });
  const table: [origins: typeof strict, origin: string | undefined, host: string, isAllowed: boolean][] = [
    [strict, undefined, 'pay.example', true],
    [strict, 'https://pay.example', 'pay.example', true],
    [strict, 'https://shop.example', 'pay.example', true],
    [strict, 'https://evil.example', 'pay.example', false],
    [strict, 'http://localhost:5173', 'pay.example', false],
    [strict, 'https://shop.example.evil.example', 'pay.example', false],
    [strict, 'null', 'pay.example', false],
    [sandbox, 'http://localhost:5173', 'localhost:4000', true],
    [sandbox, 'http://127.0.0.1:3000', 'localhost:4000', true],
    [sandbox, 'https://localhost.evil.example', 'localhost:4000', false],
  ];
  for (const [origins, origin, host, isAllowed] of table)
    assert.equal(origins.isAllowed(origin, host), isAllowed, origin);
});

async function openSocket(url: string, origin: string): Promise<'open' | number> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { origin });
  const opened = once(socket, 'open').then(() => 'open' as const);
  const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number);
  const result = await Promise.race([opened, refused]);
  socket.on('error', () => undefined).terminate();
  return result;
}

testOnGateway(
  'a strange page opens no socket and reads no answer; one of this machine does both',
  async (_, gateway) => {
    assert.equal(await openSocket(gateway.url, 'https://evil.example'), 403);
    assert.equal(await openSocket(gateway.url, 'http://localhost:5173'), 'open');

    const preflight = (origin: string) =>
      fetch(`${gateway.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    const friendly = await preflight('http://localhost:5173');
    assert.equal(friendly.headers.get('access-control-allow-origin'), 'http://localhost:5173');
    const strange = await preflight('https://evil.example');
    assert.equal(strange.headers.get('access-control-allow-origin'), null);
  },
);
