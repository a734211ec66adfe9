import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createClient as createEventsClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startCollector, traced } from './support/collector.ts';
import { embedded } from './support/database.ts';
import { clientOf } from './support/gateway.ts';
import { runGateway } from './support/process.ts';
import { qrPayment, sample } from './support/samples.ts';
import { openTransports } from './support/transports.ts';

/** The one trace that a text names. */
function traceIn(text: string): string {
  const ids = new Set([...text.matchAll(/"traceId":"([0-9a-f]{32})"/g)].map(([, id = '']) => id));
  assert.equal(ids.size, 1, text);
  return [...ids].join();
}

/** The answer to an operation whose body is sent only once the gateway has read the head. */
async function askSlowly(url: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', expect: '100-continue' };
  const asking = request(`${url}/graphql`, { method: 'POST', headers });
  const answering = once(asking, 'response') as Promise<[IncomingMessage]>;
  asking.flushHeaders();
  await once(asking, 'continue');
  asking.end(body);
  const [answer] = await answering;
  return text(answer);
}

const create =
  'mutation ($id: ID!) { createQrCode(input: { externalId: $id, type: STATIC, idempotencyKey: "k" }) { __typename } }';

test('every answer names its trace, which has all that was done for it, down to Xendit and the ledger', async (t) => {
  const collector = await startCollector(t);
  const { environment } = await embedded(t);
  const gateway = runGateway(t, { ...environment, ...collector.environment, LOG_LEVEL: 'debug' }, traced);
  const { url } = await gateway.ready;
  const { deliver } = clientOf(t, url);

  const traces = new Map<string, string>();
  for (const [name, send] of openTransports(t, url)) {
    const request = { query: create.replace('"k"', `"${name}"`), variables: { id: name } };
    traces.set(name, traceIn((await send(request)).text));
    const told = [
      (await send({ query: '{ paymentRequest(id: "pr-none") { id } }' })).text,
      (await send({ query: '{ nothing }' })).text,
      (await send({ query: '{' })).text,
    ];
    if (name !== 'HTTP')
      told.push((await send({ query: 'subscription { refundChanged(id: "rfd-none") { kind } }' })).text);
    assert.equal(new Set(told.map(traceIn)).size, told.length);
  }
  const slow = traceIn(await askSlowly(url, '{"query":"{ __typename }"}'));
  assert.equal((await deliver(sample('qr.payment.v1'))).status, 200);
  traceIn(await askSlowly(url, '{'));

  const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  const continued = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${spanId}-00`, tracestate: 'their=own' },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  assert.equal(traceIn(await continued.text()), traceId);
  gateway.kill('SIGTERM');
  assert.equal(await gateway.ended, 0);

  const spans = collector.spans();
  const namesIn = (trace: string) => spans.filter((one) => one.traceId === trace).map(({ name }) => name);
  const beginnings = { HTTP: 'POST /graphql', WebSocket: 'WebSocket subscribe', SSE: 'POST /graphql/stream' };
  for (const [name, beginning] of Object.entries(beginnings)) {
    const own = new Set(namesIn(traces.get(name) ?? ''));
    assert.deepEqual(own, new Set([beginning, 'mutation createQrCode', 'POST /qr_codes', 'ledger observe']), name);
  }
  assert.deepEqual(namesIn(slow).sort(), ['POST /graphql', 'query __typename']);
  const root = spans.find(({ name, traceId: trace }) => trace === traceId && name === 'POST /graphql');
  assert.equal(root?.parentSpanId, spanId);
  assert.doesNotMatch(collector.bodies.join(), /their=own/);

  const delivery = spans.find(({ name }) => name === 'POST /webhooks/xendit');
  const commits = spans.filter(({ name }) => name === 'ledger commit');
  const linked = commits.filter(({ links }) => links.some(({ traceId: trace }) => trace === delivery?.traceId));
  assert.equal(linked.length, 1);

  const lines = gateway
    .errors()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);
  const ofRequests = lines.filter(({ reqId }) => reqId !== undefined);
  const known = new Set(spans.map((one) => one.traceId));
  assert.ok(ofRequests.length >= 8);
  assert.deepEqual(
    ofRequests.filter(({ trace_id }) => !known.has(trace_id ?? '')),
    [],
  );
  assert.equal(ofRequests.filter(({ trace_id }) => trace_id === traceId).length, 2);
});

const changes = 'subscription { qrCodeChanged(externalId: "counter") { version } }';

test('each message of a stream names the trace that the stream began in, whatever woke it', async (t) => {
  const collector = await startCollector(t);
  const { environment } = await embedded(t);
  const gateway = runGateway(t, { ...environment, ...collector.environment }, traced);
  const { url } = await gateway.ready;
  const { deliver } = clientOf(t, url);
  assert.equal((await deliver(qrPayment({ id: 'qr_1', externalId: 'counter' }, 'qrpy_1'))).status, 200);
  const overWebSocket = createWebSocketClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  const overEvents = createEventsClient({ url: `${url}/graphql/stream` });
  const streams = [overWebSocket.iterate({ query: changes }), overEvents.iterate({ query: changes })];
  const tellNext = () => Promise.all(streams.map(async (stream) => JSON.stringify((await stream.next()).value)));
  const beginnings = (await tellNext()).map(traceIn);
  assert.equal(new Set(beginnings).size, streams.length);
  for (const payment of ['qrpy_2', 'qrpy_3']) {
    const told = tellNext();
    assert.equal((await deliver(qrPayment({ id: 'qr_1', externalId: 'counter' }, payment))).status, 200);
    assert.deepEqual((await told).map(traceIn), beginnings);
  }
  for (const client of [overWebSocket, overEvents]) await client.dispose();
});

test('what is wrongly set ends the process before it begins, naming every mistake', async (t) => {
  const gateway = runGateway(t, { OTEL_TRACES_SAMPLER: 'sometimes', OTEL_EXPORTER_OTLP_ENDPOINT: 'here' }, traced);
  assert.equal(await gateway.ended, 2);
  for (const name of ['OTEL_TRACES_SAMPLER', 'OTEL_EXPORTER_OTLP_ENDPOINT'])
    assert.match(gateway.errors(), new RegExp(`^  - ${name} `, 'm'));
});
