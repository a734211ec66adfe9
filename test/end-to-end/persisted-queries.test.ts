import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { openTransports, type Send, type Sent } from '../support/transports.ts';

const testTogether = onSharedGateway();

const byHash = (text: string) => ({
  persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(text).digest('hex') },
});

/** Every way to send a document, and what stands in the place of one that isn't sent. */
function waysToSend(t: TestContext, gateway: TestGateway): [way: string, send: Send, absent: '' | undefined][] {
  return [
    // The protocol of WebSockets wants a text, if an empty one.
    ...openTransports(t, gateway.url).map(([name, send]): [string, Send, '' | undefined] => [
      name,
      send,
      name === 'WebSocket' ? '' : undefined,
    ]),
    ['GET', overGet(gateway.url), undefined],
  ];
}

/** As a link, which caches on the way can keep. */
function overGet(url: string): Send {
  return async ({ query, extensions }: Sent) => {
    const parameters = new URLSearchParams({ extensions: JSON.stringify(extensions) });
    if (typeof query === 'string') parameters.set('query', query);
    const headers = { 'apollo-require-preflight': 'yes' };
    const answer = await fetch(`${url}/graphql?${parameters}`, { headers });
    const text = await answer.text();
    const { data = null, errors = [] } = JSON.parse(text);
    return { data, errors, isTooLong: false, text, status: answer.status, headers: answer.headers };
  };
}

testTogether('a document that was sent with its hash is known by its hash, however it is sent', async (t, gateway) => {
  for (const [way, send, absent] of waysToSend(t, gateway)) {
    const text = `query by${way} { __typename }`;
    const alone = { query: absent, extensions: byHash(text) };
    const unknown = await send(alone);
    assert.equal(unknown.errors[0]?.extensions.code, 'PERSISTED_QUERY_NOT_FOUND', way);
    // Clients look for these words, and then send the document.
    assert.equal(unknown.errors[0]?.message, 'PersistedQueryNotFound', way);
    assert.equal(unknown.data, null, way);
    for (const request of [{ query: text, extensions: byHash(text) }, alone]) {
      const { data, errors } = await send(request);
      assert.deepEqual([data, errors], [{ __typename: 'Query' }, []], way);
    }
  }
});

testTogether('what became known in one way is known in the others', async (t, gateway) => {
  const ways = waysToSend(t, gateway);
  for (const [first, send] of ways) {
    const text = `query first${first} { first: __typename }`;
    await send({ query: text, extensions: byHash(text) });
    for (const [way, sendAlone, absent] of ways) {
      const { data } = await sendAlone({ query: absent, extensions: byHash(text) });
      assert.deepEqual(data, { first: 'Query' }, `${first}, then ${way}`);
    }
  }
});

testTogether('a document with another’s hash is refused, and is not known by it', async (t, gateway) => {
  for (const [way, send, absent] of waysToSend(t, gateway)) {
    const [text, other] = [`query wrong${way} { __typename }`, `query other${way} { __typename }`];
    const mismatch = await send({ query: text, extensions: byHash(other) });
    assert.equal(mismatch.errors[0]?.extensions.code, 'PERSISTED_QUERY_MISMATCH', way);
    assert.equal(mismatch.data, null, way);
    const { errors } = await send({ query: absent, extensions: byHash(other) });
    assert.equal(errors[0]?.extensions.code, 'PERSISTED_QUERY_NOT_FOUND', way);
  }
});
