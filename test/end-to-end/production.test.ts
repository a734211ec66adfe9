import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { getIntrospectionQuery } from 'graphql';
import { openDatabase } from '../../src/store/database.ts';
import { signToken } from '../support/callers.ts';
import { embedded, type TestDatabase } from '../support/database.ts';
import { startGateway } from '../support/gateway.ts';
import { sample } from '../support/samples.ts';
import { judgementOf, openTransports, type Verdict } from '../support/transports.ts';
import { startXendit } from '../support/xendit.ts';

/** With a live key, and a sandbox in Xendit's place. */
async function startLive(t: TestContext, database: TestDatabase) {
  const { environment } = await startXendit(t);
  return startGateway(t, { ...environment, XENDIT_SECRET_KEY: 'xnd_production_test' }, database);
}

/** What no answer may have in it: paths, SQL, stacks, pages, and what it is made with. */
const inside =
  /node_modules|\.[jt]s\b|\bat .+:\d+:\d+|\b(SELECT|INSERT|UPDATE|DELETE) |prisma|postgres|pglite|fastify|apollo.?server|stack ?trace|exception|<!?[a-z]|did you mean|tracing|ftv1|xnd_/i;

const questions: [name: string, query: string][] = [
  ['the whole contract', getIntrospectionQuery()],
  ['the types', '{ __schema { types { name } } }'],
  ['the directives', '{ __schema { directives { name } } }'],
  ['one type', '{ __type(name: "Query") { name } }'],
  ['the contract under another name', '{ contract: __schema { queryType { name } } }'],
  ['the contract in a fragment', '{ ...F } fragment F on Query { __schema { queryType { name } } }'],
  ['the contract of a subgraph', '{ _service { sdl } }'],
  ['the contract of a subgraph in a fragment', '{ ...F } fragment F on Query { contract: _service { __typename } }'],
  ['the contract as a mutation', 'mutation { __schema { queryType { name } } }'],
];
const misspelt: [name: string, query: string][] = [
  ['a field', '{ xenditBudge { limit } }'],
  ['a field of a type', '{ xenditBudget { limits } }'],
  ['an argument', '{ node(idd: "1", id: "1") { id } }'],
  ['a type', '{ node(id: "1") { ... on Payments { id } } }'],
  ['a word of an enum', '{ activity(filter: { kinds: [CREATE] }) { __typename } }'],
  ['a directive', '{ __typename @skipp(if: true) }'],
  ['a field of an input', '{ activity(filter: { kind: [CREATED] }) { __typename } }'],
];

test('with a live key neither the contract nor a name of it is told, on any transport', async (t) => {
  const gateway = await startLive(t, await embedded(t));
  for (const [transport, send] of openTransports(t, gateway.url, await signToken())) {
    for (const [name, query] of questions) {
      const { data, errors, text } = await send({ query });
      assert.equal(data, null, `${name} over ${transport}`);
      assert.equal(errors[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED', `${name} over ${transport}`);
      assert.doesNotMatch(text, inside, `${name} over ${transport}`);
    }
    for (const [name, query] of misspelt) {
      const { errors, text } = await send({ query });
      assert.equal(errors[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED', `${name} over ${transport}`);
      assert.doesNotMatch(text, inside, `${name} over ${transport}`);
    }
  }
});

test('with a live key there is no page to try things on, and nothing is told of how an answer was made', async (t) => {
  const gateway = await startLive(t, await embedded(t));
  const authorization = `Bearer ${await signToken()}`;
  for (const path of ['/', '/graphql', '/graphql/stream', '/graphiql', '/playground', '/altair']) {
    const answer = await fetch(gateway.url + path, { headers: { authorization, accept: 'text/html' } });
    assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${answer.status}`);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/, path);
    assert.doesNotMatch(await answer.text(), inside, path);
  }
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization,
      'content-type': 'application/json',
      'apollo-federation-include-trace': 'ftv1',
      'x-apollo-tracing': '1',
      'apollo-query-plan-experimental': '1',
    },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  assert.deepEqual(await answer.json(), {
    data: { __typename: 'Query' },
    extensions: { cost: { requested: 1, limit: 5_000 } },
  });
  assert.doesNotMatch(JSON.stringify([...answer.headers]), inside);
});

test('with a live key a fault of ours is a code and the id of its request, on any transport', async (t) => {
  const database = await embedded(t);
  const before = await startLive(t, database);
  await before.deliver(sample('payment.capture.v3.reference'));
  await before.close();
  const { prisma, close } = await openDatabase({
    databaseUrl: undefined,
    dataDir: database.environment.DATA_DIR,
    poolSize: 2,
  });
  await prisma.resource.updateMany({ data: { data: '{"secret":' } });
  await close();

  const gateway = await startLive(t, database);
  const query = '{ payment(id: "py-1fdaf346-dd2e-4b6c-b938-124c7167a822") { id } }';
  const verdicts: Verdict[] = [];
  for (const [transport, send] of openTransports(t, gateway.url, await signToken())) {
    const verdict = await send({ query });
    const [error] = verdict.errors;
    assert.deepEqual(Object.keys(error?.extensions ?? {}).sort(), ['code', 'requestId'], transport);
    assert.equal(error?.extensions.code, 'INTERNAL_SERVER_ERROR', transport);
    assert.equal(error?.message, 'Internal server error', transport);
    assert.doesNotMatch(verdict.text, inside, transport);
    assert.doesNotMatch(verdict.text, /secret|JSON/, transport);
    verdicts.push(verdict);
  }
  const [first, ...others] = verdicts.map(judgementOf);
  for (const other of others) assert.deepEqual(other, first);
});
