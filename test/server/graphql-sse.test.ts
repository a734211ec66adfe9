import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createClient } from 'graphql-sse';
import { eventually } from '../support/eventually.ts';
import { graphOf, NumberLog, serve, type Transport } from './support.ts';

const numbers = 'subscription ($after: Int) { numbers(after: $after) { number } }';
interface Numbers {
  numbers: { number: number };
}

/** The official client; `retries` counts how often it came back. */
function connect(t: TestContext, { url }: Transport) {
  const seen = { retries: 0 };
  const client = createClient({
    url: `${url}/graphql/stream`,
    retryAttempts: 100,
    retry: () => new Promise((resolve) => setTimeout(resolve, 20)),
    on: {
      connecting: (isAgain) => {
        if (isAgain) seen.retries += 1;
      },
    },
  });
  t.after(() => client.dispose());
  return { client, seen };
}

function ask(url: string, init: RequestInit & { query?: Record<string, string> }): Promise<Response> {
  const { query = {}, headers, ...others } = init;
  const accept = { accept: 'text/event-stream', ...(headers as Record<string, string>) };
  return fetch(`${url}/graphql/stream?${new URLSearchParams(query)}`, { ...others, headers: accept });
}

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

test('the official client is told each number, from the place that it names, and may leave at any time', async (t) => {
  const log = new NumberLog(3);
  const { client } = connect(t, await serve(t, graphOf(log)));
  const results = client.iterate<Numbers>({ query: numbers, variables: { after: 1 } });
  for (const number of [2, 3]) assert.deepEqual((await results.next()).value, { data: { numbers: { number } } });
  log.tell();
  assert.deepEqual((await results.next()).value, { data: { numbers: { number: 4 } } });
  await results.return?.();
  await eventually('nobody reads', () => log.readers === 0);
});

test('queries and mutations are answered once, and errors are told as over a socket', async (t) => {
  const { client } = connect(t, await serve(t, graphOf(new NumberLog())));
  const all = async (query: string) => {
    const results = [];
    for await (const result of client.iterate({ query })) results.push(result);
    return JSON.parse(JSON.stringify(results).replaceAll(/[\w-]{36}/g, 'id')) as unknown;
  };
  const extensions = { cost: { requested: 1, limit: 5_000 } };
  assert.deepEqual(await all('{ ping }'), [{ data: { ping: 'pong' }, extensions }]);
  assert.deepEqual(await all('mutation { set }'), [{ data: { set: 'set' }, extensions }]);
  const masked = { message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'id' } };
  assert.deepEqual(await all('subscription { breaks(at: 2) }'), [
    { data: { breaks: 1 } },
    { data: null, errors: [masked] },
  ]);
  for (const [query, code] of [
    ['subscription { isNoStream }', 'INTERNAL_SERVER_ERROR'],
    ['subscription { refuses }', 'INTERNAL_SERVER_ERROR'],
    ['{ fails }', 'INTERNAL_SERVER_ERROR'],
    ['{ unclosed', 'GRAPHQL_PARSE_FAILED'],
    ['{ unknown }', 'GRAPHQL_VALIDATION_FAILED'],
  ]) {
    const [only, ...more] = (await all(query ?? '')) as { data: null; errors: { extensions: { code: string } }[] }[];
    assert.deepEqual([only?.data, only?.errors[0]?.extensions.code, more], [null, code, []], query);
    assert.equal(JSON.stringify(only).includes('secret'), false);
  }
});

test('a stream reads as server-sent events do', async (t) => {
  const { url } = await serve(t, graphOf(new NumberLog()));
  const response = await ask(url, { query: { query: '{ ping }' } });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  assert.equal(response.headers.get('cache-control'), 'no-store, no-transform');
  const told = '{"data":{"ping":"pong"},"extensions":{"cost":{"requested":1,"limit":5000}}}';
  assert.equal(await response.text(), `:\n\nevent: next\ndata: ${told}\n\nevent: complete\ndata:\n\n`);
});

test('what is no request is refused', async (t) => {
  const { url } = await serve(t, graphOf(new NumberLog()));
  const query = '{ ping }';
  const table: [status: number, what: string, asking: Promise<Response>][] = [
    [406, 'another type of answer', ask(url, { query: { query }, headers: { accept: 'application/json' } })],
    [400, 'no query', ask(url, {})],
    [400, 'variables that are no object', ask(url, { query: { query, variables: '[1]' } })],
    [400, 'variables that are no JSON', ask(url, { query: { query, variables: '{' } })],
    [400, 'a body that is no JSON', ask(url, post('{'))],
    [400, 'a body that is no object', ask(url, post([{ query }]))],
    [400, 'a query that is no text', ask(url, post({ query: 1 }))],
    [400, 'a name that is no text', ask(url, post({ query, operationName: 1 }))],
    [400, 'a form', ask(url, { method: 'POST', body: '{"query":"mutation { set }"}' })],
    [405, 'a mutation that a link could cause', ask(url, { query: { query: 'mutation { set }' } })],
    [413, 'a body that is too long', ask(url, post({ query: 'x'.repeat(300_000) }))],
    [405, 'a connection for many operations', ask(url, { method: 'PUT' })],
    [403, 'a strange page', ask(url, { query: { query }, headers: { origin: 'https://evil.example' } })],
    [200, 'a page of this machine', ask(url, { query: { query }, headers: { origin: 'http://localhost:5173' } })],
  ];
  for (const [status, what, asking] of table) {
    const response = await asking;
    assert.equal(response.status, status, `${what}: ${await response.text()}`);
  }
});

test('a page that may is told so, on the stream too', async (t) => {
  const { url } = await serve(t, graphOf(new NumberLog()));
  const { headers } = await ask(url, { query: { query: '{ ping }' }, headers: { origin: 'http://localhost:5173' } });
  assert.equal(headers.get('access-control-allow-origin'), 'http://localhost:5173');
  assert.match(headers.get('x-request-id') ?? '', /^[\w-]{36}$/);
});

test('a stream on which nothing happens is kept alive', async (t) => {
  const { url } = await serve(t, graphOf(new NumberLog()), { heartbeatMs: 50 });
  const { body } = await ask(url, { query: { query: numbers } });
  const reader = body?.getReader();
  let read = '';
  while (read.length < 12) read += Buffer.from((await reader?.read())?.value ?? []).toString();
  assert.match(read, /^(:\n\n)+$/);
  await reader?.cancel();
});

test('a stream that is drained ends without complete, and its client comes back', async (t) => {
  const log = new NumberLog(1);
  const transport = await serve(t, graphOf(log));
  const { client, seen } = connect(t, transport);
  const results = client.iterate<Numbers>({ query: numbers });
  assert.deepEqual((await results.next()).value, { data: { numbers: { number: 1 } } });
  const next = results.next();
  next.catch(() => undefined);
  await transport.connections.drain(0);
  assert.equal(log.readers, 0);
  await eventually('it comes back', () => seen.retries > 2);
  const refused = await ask(transport.url, { query: { query: numbers } });
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1']);
});
