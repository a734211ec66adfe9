import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jwtSecret, signToken } from '../support/callers.ts';
import { startGateway } from '../support/gateway.ts';
import { freePort } from '../support/redis.ts';

/** What browsers are told with every answer. */
const told: Record<string, string> = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Half a year, of this host alone. */
const encryptedOnly = 'max-age=15552000';

type Asked = [what: string, path: string, status: number, init: RequestInit];

function asked(token: string): Asked[] {
  const body = JSON.stringify({ query: '{ __typename }' });
  const proof = { authorization: `Bearer ${token}` };
  const post = (headers: Record<string, string>) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const accept = 'text/event-stream';
  return [
    ['an answer', '/graphql', 200, post(proof)],
    ['an event stream', '/graphql/stream', 200, post({ ...proof, accept })],
    ['a refusal of an event stream', '/graphql/stream', 406, post(proof)],
    ['no proof', '/graphql', 401, post({})],
    ['no proof for an event stream', '/graphql/stream', 401, post({ accept })],
    ['nothing there', '/nothing', 404, {}],
    ['what it is', '/about', 200, {}],
    ['another method', '/graphql', 405, { method: 'DELETE' }],
    ['a body that is too long', '/graphql', 413, { ...post(proof), body: ' '.repeat(300_000) }],
    ['a webhook of nobody', '/webhooks/xendit', 401, post({})],
    ['its health', '/health/ready', 200, {}],
  ];
}

for (const [scheme, hsts] of [
  ['https', encryptedOnly],
  ['http', null],
] as const) {
  test(`every answer says that it is not to be run, framed, guessed at or kept, where the public address is ${scheme}`, async (t) => {
    const port = await freePort();
    await startGateway(t, {
      AUTH_JWT_SECRET: jwtSecret,
      PORT: String(port),
      PUBLIC_URL: `${scheme}://pay.example.com`,
    });
    for (const [what, path, status, init] of asked(await signToken())) {
      const answer = await fetch(`http://localhost:${port}${path}`, init);
      await answer.text();
      const shown = Object.fromEntries(Object.keys(told).map((name) => [name, answer.headers.get(name)]));
      assert.deepEqual([answer.status, shown], [status, told], what);
      assert.match(answer.headers.get('cache-control') ?? '', /\bno-store\b/, what);
      assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/, what);
      assert.equal(answer.headers.get('strict-transport-security'), hsts, what);
      for (const banner of ['server', 'x-powered-by']) assert.equal(answer.headers.get(banner), null, what);
    }
  });
}
