import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { getIntrospectionQuery } from 'graphql';
import { type HandSocket, openByHand } from '../server/support.ts';
import { attacks } from '../support/attacks.ts';
import { jwtSecret, signToken } from '../support/callers.ts';
import { onSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { sandboxOf } from '../support/qr-codes.ts';
import { openTransports } from '../support/transports.ts';

const create =
  'mutation { createQrCode(input: { externalId: "a", type: STATIC, idempotencyKey: "a" }) { __typename } }';
const harmless = ['{ __typename }', getIntrospectionQuery(), '{ qrCode(externalId: "a") { id } }', create];
const hostile = attacks.filter(({ query, variables }) => query.length < 5_000 && variables === undefined);
const documents = [...harmless, 'subscription { activity { cursor } }', ...hostile.map(({ query }) => query)];
const noProofs: (string | undefined)[] = [
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'Bearer null',
  'Basic YTpi',
  'Bearer a.b.c',
];

/** Callers have to prove who they are, and Xendit is the gateway's own sandbox. */
function start(t: TestContext, settings: Record<string, string> = {}): Promise<TestGateway> {
  return startGateway(t, { AUTH_JWT_SECRET: jwtSecret, WRONG_PROOFS_PER_MINUTE: '100000', ...settings });
}

interface Refusal {
  errors: { message: string; extensions: { code: string } }[];
}

async function refusalOf(answer: Response): Promise<[status: number, code: string | undefined, errors: number]> {
  const { errors } = (await answer.json()) as Refusal;
  return [answer.status, errors[0]?.extensions.code, errors.length];
}

/** The code that a socket is closed with, or else what it was told. */
function fateOf({ closed, next }: HandSocket): Promise<number | string> {
  return Promise.race([closed.then(({ code }) => code), next().then(({ type }) => type)]);
}

test('whoever proves nothing is refused on every transport, whatever is asked, and nothing is done', async (t) => {
  const gateway = await start(t);
  for (const authorization of noProofs) {
    const asked = authorization === undefined ? documents : documents.slice(0, 5);
    for (const query of asked) {
      for (const [path, accept] of [
        ['/graphql', 'application/json'],
        ['/graphql/stream', 'text/event-stream'],
      ] as const) {
        const headers = {
          accept,
          'content-type': 'application/json',
          'apollo-require-preflight': 'yes',
          ...(authorization !== undefined && { authorization }),
        };
        const posted = await fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify({ query }) });
        assert.equal(posted.headers.get('www-authenticate'), 'Bearer');
        assert.deepEqual(await refusalOf(posted), [401, 'UNAUTHENTICATED', 1], `${authorization} ${query}`);
        const got = await fetch(`${gateway.url}${path}?${new URLSearchParams({ query })}`, { headers });
        assert.deepEqual(await refusalOf(got), [401, 'UNAUTHENTICATED', 1], `${authorization} ${query}`);
      }
    }
    const url = `${gateway.url.replace('http', 'ws')}/graphql`;
    const headers = { ...(authorization !== undefined && { authorization }) };
    const patient = await openByHand(t, url, headers);
    assert.equal(await fateOf(patient), 4403, authorization);
    const hasty = await openByHand(t, url, headers);
    for (const [id, query] of documents.slice(0, 5).entries()) hasty.subscribe(String(id), query);
    assert.match(String(await fateOf(hasty)), /^440[13]$/);
    assert.deepEqual([...patient.texts, ...hasty.texts], []);
  }
  assert.deepEqual(sandboxOf(gateway).record.requests, []);
  assert.equal(gateway.listeners(), 0);
});

test('a stranger is told no more by a right request than by a wrong one', async (t) => {
  const gateway = await start(t);
  const bodies = [JSON.stringify({ query: '{ __typename }' }), '{"query":', '[]', 'x'.repeat(300_000)];
  for (const body of bodies) {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    assert.deepEqual(await refusalOf(await fetch(`${gateway.url}/graphql`, init)), [401, 'UNAUTHENTICATED', 1]);
  }
});

test('a socket that says nothing of who it is gets 4403, and one with the wrong word too', async (t) => {
  const gateway = await start(t);
  const url = `${gateway.url.replace('http', 'ws')}/graphql`;
  assert.equal(await fateOf(await openByHand(t, url)), 4403);
  const wrong = await openByHand(t, url, { authorization: 'Bearer wrong' });
  assert.equal(await fateOf(wrong), 4403);
});

test('after too many wrong proofs an address is told to wait, and whoever proves it is let in all the same', async (t) => {
  const gateway = await start(t, { WRONG_PROOFS_PER_MINUTE: '3' });
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
  const [last] = answers.slice(-1);
  assert.match(last?.headers.get('retry-after') ?? '', /^[1-9]\d?$/);
  assert.equal((await refusalOf(last ?? assert.fail()))[1], 'THROTTLED');
  const socket = await openByHand(t, `${gateway.url.replace('http', 'ws')}/graphql`, { authorization: 'Bearer wrong' });
  assert.equal(await fateOf(socket), 1013);
  assert.equal((await ask(`Bearer ${await signToken()}`)).status, 200);
  for (const [transport, send] of openTransports(t, gateway.url, await signToken()))
    assert.deepEqual((await send({ query: '{ __typename }' })).data, { __typename: 'Query' }, transport);
});

const testOpen = onSharedGateway();

testOpen('without a key and without a way to know callers everybody is let in', async (t, gateway) => {
  for (const [transport, send] of openTransports(t, gateway.url))
    assert.deepEqual((await send({ query: '{ __typename }' })).data, { __typename: 'Query' }, transport);
});
