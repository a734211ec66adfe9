import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { greet } from '../server/support.ts';
import { attacks } from '../support/attacks.ts';
import { embedded } from '../support/database.ts';
import { onSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { sandboxOf } from '../support/qr-codes.ts';
import { judgementOf, openTransports, type Sent, type Verdict } from '../support/transports.ts';

const testTogether = onSharedGateway();

const mostBytes = 16_384;
/** Far more than any of them takes, in milliseconds: what matters is that nothing grows by the square. */
const patienceMs = 5_000;

/** The answer to a request, which is the same on every transport. */
async function verdictOn(t: TestContext, gateway: TestGateway, name: string, request: Sent): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const [transport, send] of openTransports(t, gateway.url)) {
    const sentAt = performance.now();
    const verdict = await send(request);
    const tookMs = performance.now() - sentAt;
    assert.ok(Buffer.byteLength(verdict.text) < mostBytes, `${name} over ${transport}: ${verdict.text.length} bytes`);
    assert.ok(tookMs < patienceMs, `${name} over ${transport}: ${tookMs} ms`);
    verdicts.push(verdict);
  }
  const [overHttp, overSocket, overSse] = verdicts as [Verdict, Verdict, Verdict];
  assert.deepEqual(judgementOf(overSocket), judgementOf(overHttp), name);
  assert.deepEqual(judgementOf(overSse), judgementOf(overHttp), name);
  return overHttp;
}

/** All that leaves a trace where something was done. */
async function assertNothingDone(gateway: TestGateway): Promise<void> {
  assert.deepEqual(sandboxOf(gateway).record.requests, []);
  const all = 'activity(first: 1) { edges { cursor } } qrCodes(first: 1) { edges { cursor } }';
  const { data } = await gateway.ask(`{ ${all} payments(first: 1) { edges { cursor } } }`);
  assert.deepEqual(data, { activity: { edges: [] }, qrCodes: { edges: [] }, payments: { edges: [] } });
}

testTogether(
  'every attack has the same verdict on HTTP, WebSocket and SSE, and nothing is done',
  async (t, gateway) => {
    for (const { name, refusedBy, query, variables } of attacks) {
      const { data, errors, isTooLong, status } = await verdictOn(t, gateway, name, { query, variables });
      assert.equal(data, null, name);
      // What is longer than a message may be isn't read at all.
      if (isTooLong) continue;
      const [first] = errors;
      assert.equal(first?.extensions.limit?.name ?? first?.extensions.code, refusedBy, name);
      assert.equal(status, 400, name);
    }
    await assertNothingDone(gateway);
  },
);

const tooMuch = Array.from({ length: 10 }, (_, n) => ({
  query: `mutation { simulateQrPayment(input: { externalId: "${n}" }) { __typename } }`,
}));

testTogether(
  'many operations in one request are refused on every transport, and none is executed',
  async (t, gateway) => {
    for (const [path, accept] of [
      ['/graphql', 'application/json'],
      ['/graphql/stream', 'text/event-stream'],
    ] as const) {
      for (const batch of [tooMuch, tooMuch.slice(0, 1), []]) {
        const answer = await fetch(gateway.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept },
          body: JSON.stringify(batch),
        });
        const { errors } = (await answer.json()) as { errors: unknown[] };
        assert.deepEqual([answer.status, errors.length], [400, 1], path);
      }
    }
    const socket = await greet(t, `${gateway.url.replace('http', 'ws')}/graphql`);
    socket.send({ id: '1', type: 'subscribe', payload: tooMuch });
    assert.equal((await socket.closed).code, 4400);
    await assertNothingDone(gateway);
  },
);

testTogether('a document with many operations has one of them executed', async (t, gateway) => {
  const query = 'query a { a: __typename } query b { b: __typename }';
  const named = await verdictOn(t, gateway, 'b', { query, operationName: 'b' });
  assert.deepEqual(named.data, { b: 'Query' });
  const unnamed = await verdictOn(t, gateway, 'none', { query });
  assert.equal(unnamed.errors[0]?.extensions.code, 'OPERATION_RESOLUTION_FAILURE');
});

const trusted = 'query trusted { xenditBudget { limit } }';
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const byHash = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: hash(text) } });
const other = '{ activity { edges { cursor } } }';

const untrusted: [name: string, request: Sent][] = [
  ['another document', { query: other }],
  ['another document under a trusted name', { query: other.replace('{', 'query trusted {') }],
  ['a trusted document with an alias', { query: trusted.replace('limit', 'remaining: limit') }],
  ['a trusted document with one more operation', { query: `${trusted} query other ${other}`, operationName: 'other' }],
  ['another document under a trusted id', { query: other, documentId: hash(trusted) }],
  ['another document under its own hash', { query: other, extensions: byHash(other) }],
  ['the hash of another document', { query: '', extensions: byHash(other) }],
  ['an id that nothing has', { query: '', documentId: '__proto__' }],
  ['what every tool asks about the contract', { query: '{ __schema { types { name } } }' }],
  ['the name of a type', { query: '{ __typename }' }],
];

test('with trusted documents nothing else runs on any transport, whatever it is called', async (t) => {
  const database = await embedded(t);
  const path = join(database.environment.DATA_DIR, 'persisted-documents.json');
  await writeFile(path, JSON.stringify({ [hash(trusted)]: trusted }));
  const gateway = await startGateway(t, { TRUSTED_DOCUMENTS: path }, database);
  for (const meant of [{ query: trusted }, { documentId: hash(trusted) }, { extensions: byHash(trusted) }]) {
    // The protocol of WebSockets wants a text, if an empty one.
    const { errors } = await verdictOn(t, gateway, JSON.stringify(meant), { query: '', ...meant });
    assert.deepEqual(errors, []);
  }
  for (const [name, request] of untrusted) {
    const { errors, data, status } = await verdictOn(t, gateway, name, request);
    assert.deepEqual([data, errors.map(({ extensions }) => extensions.code)], [null, ['DOCUMENT_NOT_TRUSTED']], name);
    assert.equal(status, 400, name);
  }
  for (const { name, query, variables } of attacks) {
    const { errors, isTooLong } = await verdictOn(t, gateway, name, { query, variables });
    assert.ok(isTooLong || errors[0]?.extensions.code === 'DOCUMENT_NOT_TRUSTED', name);
  }
  assert.deepEqual(sandboxOf(gateway).record.requests, []);
});
