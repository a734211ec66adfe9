import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { getIntrospectionQuery } from 'graphql';
import { SignJWT, UnsecuredJWT } from 'jose';
import { WebSocket } from 'ws';
import { newApiKey } from '../../src/auth/api-keys.ts';
import { scopes } from '../../src/model/caller.ts';
import { type HandSocket, openByHand } from '../server/support.ts';
import { attacks } from '../support/attacks.ts';
import { jwtSecret, signToken } from '../support/callers.ts';
import type { Scope } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway } from '../support/gateway.ts';
import { type Line, linesOf, linesWith, refusalOf, transports } from '../support/lines.ts';
import { connectTo } from '../support/raw-http.ts';
import { startXendit } from '../support/xendit.ts';

const patient = { WRONG_PROOFS_PER_MINUTE: '1000000' };
const audience = 'the gateway';
const subscription = 'subscription { qrCodeChanged(externalId: "counter") { cursor } }';
const query = '{ qrCode(externalId: "counter") { id } }';

/** The two places of GraphQL over HTTP, and what is accepted there. */
const rooms = [
  ['/graphql', 'application/json'],
  ['/graphql/stream', 'text/event-stream'],
] as const;

/** What proves nobody, as an `Authorization` header. */
async function wrongProofs(): Promise<Record<string, string | undefined>> {
  const right = await signToken({ audience });
  const endless = { sub: 'shop', scope: scopes.join(' '), aud: audience };
  const key = new TextEncoder().encode(jwtSecret);
  return {
    none: undefined,
    empty: '',
    'the scheme alone': 'Bearer',
    'the scheme and a blank': 'Bearer ',
    'a token called null': 'Bearer null',
    'no scheme': right,
    'another scheme': `Basic ${right}`,
    'two tokens': `Bearer ${right} ${right}`,
    'two in a list': `Bearer ${right}, Bearer ${right}`,
    garbage: 'Bearer a.b.c',
    'very long': `Bearer ${'a'.repeat(8_000)}`,
    expired: `Bearer ${await signToken({ audience, expiresInS: -60 })}`,
    'without an end': `Bearer ${await new SignJWT(endless).setProtectedHeader({ alg: 'HS256' }).sign(key)}`,
    'another audience': `Bearer ${await signToken({ audience: 'another gateway' })}`,
    'no audience': `Bearer ${await signToken()}`,
    'another secret': `Bearer ${await signToken({ audience }, 'another secret that is long enough')}`,
    'alg none': `Bearer ${new UnsecuredJWT({ ...endless, exp: Date.now() / 1_000 + 3_600 }).encode()}`,
    'cut short': `Bearer ${right.slice(0, -1)}`,
    'an API key of nobody': `Bearer ${newApiKey('nobody', scopes, '').key}`,
    'an account that can not be one': `Bearer ${await signToken({ audience, account: 'a/b' })}`,
  };
}

async function start(t: Scope, more: Record<string, string> = {}) {
  const { xendit, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, ...patient, AUTH_AUDIENCE: audience, ...more });
  return { xendit, gateway };
}

test('whoever proves nothing is refused on every transport, and nothing is begun', async (t) => {
  const { xendit, gateway } = await start(t);
  for (const [what, authorization] of Object.entries(await wrongProofs())) {
    const lines = linesOf(t, gateway.url, authorization);
    for (const transport of transports) {
      for (const asked of transport === 'HTTP' ? [query] : [query, subscription]) {
        const { status, challenge, errors } = await refusalOf(lines[transport].ask(asked));
        assert.equal(status, transport === 'WebSocket' ? 4403 : 401, `${what}, ${transport}`);
        if (transport === 'WebSocket') continue;
        assert.match(challenge ?? '', /^Bearer\b/, what);
        assert.equal(errors?.[0]?.extensions?.code, 'UNAUTHENTICATED', what);
      }
    }
  }
  assert.deepEqual([xendit.record.requests.length, gateway.listeners()], [0, 0]);
  // The same questions of who is known have Xendit asked.
  const lines = linesWith(t, gateway.url, await signToken({ audience }));
  for (const transport of transports) assert.deepEqual((await lines[transport].ask(query)).data, { qrCode: null });
  assert.equal(xendit.record.requests.length, transports.length);
});

test('proof in another place than the header, or the greeting of a socket, is none', async (t) => {
  const { xendit, gateway } = await start(t);
  const right = await signToken({ audience });
  const elsewhere: { path?: string; headers?: Record<string, string>; body?: object }[] = [
    { path: `?access_token=${right}` },
    { path: `?authorization=Bearer%20${right}` },
    { headers: { cookie: `access_token=${right}; authorization=Bearer ${right}` } },
    { headers: { 'proxy-authorization': `Bearer ${right}` } },
    { headers: { 'x-authorization': `Bearer ${right}`, 'x-api-key': right } },
    { body: { authorization: `Bearer ${right}` } },
    { body: { extensions: { authorization: `Bearer ${right}` }, variables: { authorization: `Bearer ${right}` } } },
  ];
  for (const { path = '', headers = {}, body = {} } of elsewhere) {
    for (const [room, accept] of rooms) {
      const { status } = await fetch(gateway.url + room + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, ...headers },
        body: JSON.stringify({ query, ...body }),
      });
      assert.equal(status, 401, JSON.stringify({ room, path, headers, body }));
    }
    const url = `${gateway.url.replace('http', 'ws')}/graphql${path}`;
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
    t.after(() => socket.terminate());
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { token: right } })));
    assert.equal(await closed, 4403, JSON.stringify({ path, headers }));
  }
  assert.equal(xendit.record.requests.length, 0);
});

const create =
  'mutation { createQrCode(input: { externalId: "a", type: STATIC, idempotencyKey: "a" }) { __typename } }';
const hostile = attacks.filter(({ query: text, variables }) => text.length < 5_000 && variables === undefined);
const harmless = ['{ __typename }', getIntrospectionQuery(), query, create, subscription];
const documents = [...harmless, ...hostile.map(({ query: text }) => text)];

/** What an answer is and says, which has to be one error. */
async function errorOf(answer: Response): Promise<[status: number, code: string | undefined]> {
  const { errors = [] } = (await answer.json()) as { errors?: { extensions: { code: string } }[] };
  assert.equal(errors.length, 1);
  return [answer.status, errors[0]?.extensions.code];
}

test('without proof nothing is answered by any method, whatever is asked', async (t) => {
  const { xendit, gateway } = await start(t);
  const hash = createHash('sha256').update(query).digest('hex');
  const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } });
  const asked: Record<string, string>[] = [
    ...documents.map((text) => ({ query: text })),
    { query, extensions },
    { extensions },
    {},
  ];
  for (const [room, accept] of rooms) {
    const headers = { accept, 'content-type': 'application/json', 'apollo-require-preflight': 'yes' };
    for (const parameters of asked) {
      const where = `${gateway.url}${room}?${new URLSearchParams(parameters)}`;
      const what = `${room} ${JSON.stringify(parameters).slice(0, 200)}`;
      const got = await fetch(where, { headers });
      assert.deepEqual(await errorOf(got), [401, 'UNAUTHENTICATED'], what);
      const posted = await fetch(gateway.url + room, { method: 'POST', headers, body: JSON.stringify(parameters) });
      assert.deepEqual(await errorOf(posted), [401, 'UNAUTHENTICATED'], what);
      assert.equal((await fetch(where, { method: 'HEAD', headers })).status, 405, what);
    }
  }
  assert.equal(xendit.record.requests.length, 0);
});

test('a stranger is told no more by a right request than by a wrong one', async (t) => {
  const { gateway } = await start(t);
  for (const body of [JSON.stringify({ query: '{ __typename }' }), '{"query":', '[]', 'x'.repeat(300_000)]) {
    for (const [room, accept] of rooms) {
      const headers = { accept, 'content-type': 'application/json' };
      const answer = await fetch(gateway.url + room, { method: 'POST', headers, body });
      assert.deepEqual(await errorOf(answer), [401, 'UNAUTHENTICATED'], `${room} ${body.slice(0, 20)}`);
    }
  }
});

/** The code that a socket is closed with, or else what it was told. */
function fateOf({ closed, next }: HandSocket): Promise<number | string> {
  return Promise.race([closed.then(({ code }) => code), next().then(({ type }) => type)]);
}

test('a socket without proof hears nothing, whether it waits for an answer or asks at once', async (t) => {
  const { xendit, gateway } = await start(t);
  const url = `${gateway.url.replace('http', 'ws')}/graphql`;
  for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
    const patient = await openByHand(t, url, headers);
    assert.equal(await fateOf(patient), 4403);
    const hasty = await openByHand(t, url, headers);
    for (const [id, text] of harmless.entries()) hasty.subscribe(String(id), text);
    assert.match(String(await fateOf(hasty)), /^440[13]$/);
    assert.deepEqual([...patient.texts, ...hasty.texts], []);
  }
  assert.deepEqual([xendit.record.requests.length, gateway.listeners()], [0, 0]);
});

test('after too many wrong proofs an address is told to wait, and whoever proves it is let in all the same', async (t) => {
  const { gateway } = await start(t, { WRONG_PROOFS_PER_MINUTE: '3' });
  const ask = (authorization: string) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
  const answers: Response[] = [];
  for (let time = 0; time < 5; time += 1) answers.push(await ask(`Bearer wrong-${time}`));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [401, 401, 401, 429, 429],
  );
  const last = answers.at(-1) ?? assert.fail();
  assert.match(last.headers.get('retry-after') ?? '', /^[1-9]\d?$/);
  assert.deepEqual(await errorOf(last), [429, 'THROTTLED']);
  const wrong = linesWith(t, gateway.url, 'wrong');
  assert.equal((await refusalOf(wrong.WebSocket.ask('{ __typename }'))).status, 1013);
  assert.equal((await refusalOf(wrong['server-sent events'].ask('{ __typename }'))).status, 429);
  const right = linesWith(t, gateway.url, await signToken({ audience }));
  for (const transport of transports)
    assert.deepEqual((await right[transport].ask('{ __typename }')).data, { __typename: 'Query' }, transport);
});

test('without a key and without a way to know callers everybody is let in', async (t) => {
  const lines = linesOf(t, (await startGateway(t)).url);
  for (const transport of transports)
    assert.deepEqual((await lines[transport].ask('{ __typename }')).data, { __typename: 'Query' }, transport);
});

test('of two headers the first counts', async (t) => {
  const { gateway } = await start(t);
  const [right, wrong] = [`Bearer ${await signToken({ audience })}`, 'Bearer a.b.c'];
  const send = async (...proofs: string[]) => {
    const connection = await connectTo(t, gateway.url);
    const body = JSON.stringify({ query: '{ __typename }' });
    const lines = proofs.map((proof) => `Authorization: ${proof}\r\n`).join('');
    connection.send(
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\n${lines}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return (await connection.answer()).status;
  };
  assert.deepEqual([await send(wrong, right), await send(wrong, wrong), await send(right)], [401, 401, 200]);
});

/** A stream of each, open and listening. */
async function openAll(lines: Line[]) {
  const opened = [];
  for (const line of lines) {
    const stream = line.watch(subscription);
    const { value } = await stream.next();
    assert.ok(value && 'data' in value && value.data, JSON.stringify(value));
    opened.push(stream);
  }
  return opened;
}

test('a caller has as many sockets and streams as it may, and each that goes makes room', async (t) => {
  const most = 5;
  const { gateway } = await start(t, { SOCKETS_PER_CALLER: String(most) });
  const own = await signToken({ audience, sub: 'shop' });
  await linesWith(t, gateway.url, own).HTTP.ask(
    `mutation { createQrCode(input: { externalId: "counter", type: STATIC, idempotencyKey: "k" }) { __typename } }`,
  );
  // Each line of sockets is one socket.
  const lineOf = (transport: 'WebSocket' | 'server-sent events', token = own) =>
    linesWith(t, gateway.url, token)[transport];
  const kinds = ['WebSocket', 'server-sent events', 'WebSocket', 'server-sent events', 'WebSocket'] as const;
  const [first, ...others] = await openAll(kinds.map((kind) => lineOf(kind)));
  const refused = async () => [
    (await refusalOf(lineOf('WebSocket').ask(subscription))).status,
    (await refusalOf(lineOf('server-sent events').ask(subscription))).status,
  ];
  assert.deepEqual(await refused(), [1013, 429]);
  // Another caller is let in, and one of this name in another account is another.
  const neighbour = await signToken({ audience, sub: 'neighbour' });
  await openAll([lineOf('WebSocket', neighbour)]);
  const namesake = lineOf('WebSocket', await signToken({ audience, sub: 'shop', account: 'sub-a' }));
  assert.deepEqual((await namesake.ask('{ qrCode(externalId: "counter") { id } }')).data, { qrCode: null });
  await first?.return();
  await eventually('a place is free', async () => {
    const stream = lineOf('server-sent events').watch(subscription);
    const isIn = await stream.next().then(
      () => true,
      () => false,
    );
    if (isIn) others.push(stream);
    return isIn;
  });
  assert.deepEqual(await refused(), [1013, 429]);
  for (const stream of others) await stream.return();
});
