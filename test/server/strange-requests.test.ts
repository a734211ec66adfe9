import assert from 'node:assert/strict';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { sandboxOf } from '../support/qr-codes.ts';
import { connectTo } from '../support/raw-http.ts';
import { qrPayment } from '../support/samples.ts';

const testTogether = onSharedGateway();

const query = '{ qrCode(externalId: "order-1") { id } }';
const mutation =
  'mutation { createQrCode(input: { externalId: "a", type: STATIC, idempotencyKey: "a" }) { __typename } }';
const subscription = 'subscription { qrCodeChanged(externalId: "order-1") { version } }';
const json = 'application/json';
const events = 'text/event-stream';

type Asking = [what: string, init: { method: string; headers?: Record<string, string>; body?: string }, path: string];

/** Every operation asks the sandbox something, so that its record shows whether one was executed. */
async function assertNothingExecuted({ sandbox }: TestGateway, what: string): Promise<void> {
  assert.deepEqual(sandboxOf({ sandbox }).record.requests, [], what);
}

/** What it answers, which has to be JSON about a mistake, and no more than that. */
async function mistakeOf(gateway: TestGateway, [what, init, path]: Asking): Promise<Response> {
  const answer = await fetch(gateway.url + path, init);
  const text = await answer.text();
  if (init.method !== 'HEAD') {
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json; charset=utf-8$/, what);
    const { code, requestId, errors } = JSON.parse(text);
    assert.ok(code ?? errors[0].extensions.code, what);
    assert.equal(requestId ?? errors[0].extensions.requestId, answer.headers.get('x-request-id'), what);
  }
  for (const banner of ['server', 'x-powered-by', 'via']) assert.equal(answer.headers.get(banner), null, what);
  assert.doesNotMatch(text, /<|fastify|apollo.?server|node_modules|\bat \S+\.[jt]s/i, what);
  return answer;
}

const bodies: [type: string | undefined, body: string][] = [
  ['text/plain', JSON.stringify({ query: mutation })],
  ['text/plain; application/json', JSON.stringify({ query: mutation })],
  ['application/x-www-form-urlencoded', new URLSearchParams({ query: mutation }).toString()],
  [
    'multipart/form-data; boundary=x',
    `--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n${mutation}\r\n--x--`,
  ],
  ['message/http', JSON.stringify({ query: mutation })],
  ['application/json, text/plain', JSON.stringify({ query: mutation })],
  [undefined, JSON.stringify({ query: mutation })],
];
/** What a page of any site can make a browser send. */
const foreignTypes = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'message/http'];

testTogether(
  'what a page can send without being asked about is refused, and nothing is executed',
  async (t, gateway) => {
    for (const [path, accept] of [
      ['/graphql', json],
      ['/graphql/stream', events],
    ] as const) {
      for (const [type, body] of bodies) {
        const connection = await connectTo(t, gateway.url);
        const typed = type === undefined ? '' : `Content-Type: ${type}\r\n`;
        const head = `Host: x\r\nAccept: ${accept}\r\n${typed}Content-Length: ${Buffer.byteLength(body)}`;
        connection.send(`POST ${path} HTTP/1.1\r\n${head}\r\n\r\n${body}`);
        const { status, headers } = await connection.answer();
        assert.ok(status === 400 || status === 415, `${path} ${type}: ${status}`);
        assert.match(headers['content-type'] ?? '', /^application\/json/, type);
      }
      for (const type of foreignTypes) {
        const init = { method: 'GET', headers: { accept, 'content-type': type } };
        const { status } = await mistakeOf(gateway, [type, init, `${path}?${new URLSearchParams({ query })}`]);
        assert.ok(status === 400 || status === 415, `${path} ${type}: ${status}`);
      }
    }
    const plain: Asking = ['a link', { method: 'GET' }, `/graphql?${new URLSearchParams({ query })}`];
    assert.equal((await mistakeOf(gateway, plain)).status, 400);
    await assertNothingExecuted(gateway, 'none of them');
  },
);

testTogether(
  'a page that does not say which it is, and whose browser says that it is of another site, is refused',
  async (_t, gateway) => {
    const path = `/graphql/stream?${new URLSearchParams({ query })}`;
    for (const site of ['cross-site', 'same-site']) {
      const init = { method: 'GET', headers: { accept: events, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' } };
      const { status } = await mistakeOf(gateway, [site, init, path]);
      assert.equal(status, 403, site);
    }
    await assertNothingExecuted(gateway, 'neither');
    const own = await fetch(`${gateway.url}/graphql/stream?query={__typename}`, {
      headers: { accept: events, 'sec-fetch-site': 'same-origin' },
    });
    assert.equal(own.status, 200);
    await own.body?.cancel();
  },
);

testTogether('a link changes nothing and opens no stream of GraphQL over HTTP: 405', async (_t, gateway) => {
  const headers = { 'apollo-require-preflight': 'yes', accept: json };
  for (const document of [mutation, subscription]) {
    const path = `/graphql?${new URLSearchParams({ query: document })}`;
    const answer = await mistakeOf(gateway, [document, { method: 'GET', headers }, path]);
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST'], document);
  }
  const path = `/graphql/stream?${new URLSearchParams({ query: mutation })}`;
  const answer = await mistakeOf(gateway, [path, { method: 'GET', headers: { accept: events } }, path]);
  assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST']);
  await assertNothingExecuted(gateway, 'none of them');
});

testTogether('a subscription over HTTP is refused with the ways to ask for it', async (_t, gateway) => {
  const init = { method: 'POST', headers: { 'content-type': json }, body: JSON.stringify({ query: subscription }) };
  const answer = await fetch(`${gateway.url}/graphql`, init);
  assert.equal(answer.status, 400);
  const { errors } = (await answer.json()) as { errors: { message: string; extensions: { code: string } }[] };
  assert.deepEqual([errors.length, errors[0]?.extensions.code], [1, 'BAD_REQUEST']);
  assert.match(errors[0]?.message ?? '', /WebSocket.*\/graphql\/stream/);
  await assertNothingExecuted(gateway, 'it');
});

const methods = ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'];
const places: [path: string, allow: string, refused: string[]][] = [
  ['/graphql', 'GET, POST', methods],
  ['/graphql?query=%7B__typename%7D', 'GET, POST', methods],
  ['/graphql/stream', 'GET, POST', methods],
  ['/webhooks/xendit', 'POST', ['GET', ...methods]],
  ['/health/live', 'GET, HEAD', ['POST', ...methods.slice(1)]],
  ['/', 'GET, HEAD', ['POST', ...methods.slice(1)]],
  ['/about', 'GET, HEAD', ['POST', ...methods.slice(1)]],
];
const nowhere = [
  '/nothing',
  '/assets/..%2f..%2fpackage.json',
  '/graphql/',
  '/graphql/x',
  '/GraphQL',
  '/webhooks',
  '/health',
  '/favicon.ico',
  '/%00',
  '/..%2f',
  '/*',
];

testTogether(
  'another method is told which ones there are, and another address that there is nothing',
  async (_t, gateway) => {
    for (const [path, allow, refused] of places) {
      for (const method of refused) {
        const answer = await mistakeOf(gateway, [`${method} ${path}`, { method }, path]);
        assert.deepEqual([answer.status, answer.headers.get('allow')], [405, allow], `${method} ${path}`);
      }
    }
    for (const path of nowhere) {
      for (const method of ['GET', 'POST', ...methods]) {
        const answer = await mistakeOf(gateway, [`${method} ${path}`, { method }, path]);
        assert.deepEqual([answer.status, answer.headers.get('allow')], [404, null], `${method} ${path}`);
      }
    }
    await assertNothingExecuted(gateway, 'none of them');
  },
);

const noRequests: [what: string, bytes: string, status: number][] = [
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['no method', ' /graphql HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['an address that can’t be decoded', 'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['two lengths', 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}', 400],
  [
    'a length and chunks',
    'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    400,
  ],
  ['headers of 20 KB', `GET /graphql HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  [
    'a body that is no JSON',
    'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"query":',
    400,
  ],
];

testTogether('what is no request is answered in JSON too', async (t, gateway) => {
  for (const [what, bytes, status] of noRequests) {
    const connection = await connectTo(t, gateway.url);
    connection.send(bytes);
    const { status: answered, headers, body } = await connection.answer();
    assert.equal(answered, status, what);
    assert.match(headers['content-type'] ?? '', /^application\/json; charset=utf-8$/, what);
    assert.ok(JSON.parse(body).code, what);
    assert.equal(headers.server, undefined, what);
  }
});

testTogether('a question mark within a link belongs to what is asked', async (_t, gateway) => {
  const externalId = 'a?b';
  await gateway.deliver(qrPayment({ id: 'qr_1', externalId }, 'qrpy_1'));
  const document = 'query ($id: ID) { qrCodes(filter: { externalId: $id }) { edges { node { externalId } } } }';
  // As people and some clients write it: the mark is allowed there as it is.
  const search = `?query=${encodeURIComponent(document)}&variables={"id":"${externalId}"}`;
  for (const [path, accept] of [
    ['/graphql', json],
    ['/graphql/stream', events],
  ] as const) {
    const answer = await fetch(gateway.url + path + search, { headers: { accept, 'apollo-require-preflight': 'yes' } });
    const text = await answer.text();
    assert.match(text, /"data":\{"qrCodes":\{"edges":\[\{"node":\{"externalId":"a\?b"\}\}\]\}\}/, path);
  }
});
