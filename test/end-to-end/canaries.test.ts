import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import {
  assertUnmarked,
  callbackToken,
  deliveries,
  mutation,
  mutations,
  placed,
  questions,
  shaped,
} from '../support/canaries.ts';
import { startCollector, traced } from '../support/collector.ts';
import { embedded } from '../support/database.ts';
import { clientOf } from '../support/gateway.ts';
import { runGateway } from '../support/process.ts';

test('no secret, card number or word of a person is found in a log line, an answer or a trace, whatever it was put into', async (t) => {
  const { environment } = await embedded(t);
  const collector = await startCollector(t);
  const settings = { LOG_LEVEL: 'trace', XENDIT_CALLBACK_TOKENS: callbackToken };
  const gateway = runGateway(t, { ...environment, ...collector.environment, ...settings }, traced);
  const { url } = await gateway.ready;
  const answers: string[] = [];
  const fetched = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(url + path, init);
    answers.push(JSON.stringify([...answer.headers]), await answer.text());
    return answer.status;
  };
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${placed.token}`,
    cookie: `session=${placed.token}`,
    'x-api-key': shaped.apiKey,
    'for-user-id': shaped.email,
    tracestate: `canary=${placed.token}`,
    baggage: `canary=${placed.token}`,
  };
  const post = (body: string) => fetched('/graphql', { method: 'POST', headers, body });

  for (const [name, input] of mutations) {
    for (const idempotencyKey of [`key ${crypto.randomUUID()}`, shaped.jwt.repeat(3)])
      await post(JSON.stringify({ query: mutation(name), variables: { input: { ...input, idempotencyKey } } }));
  }
  for (const canary of [...Object.values(shaped), ...Object.values(placed)]) {
    // What has no shape is no word for an id either.
    const asked = Object.values(placed).includes(canary) ? questions(canary).slice(2, 6) : questions(canary);
    for (const [query, variables] of asked) await post(JSON.stringify({ query, variables }));
    const [[query, variables]] = questions(canary).slice(2) as [[string, object]];
    await fetched(`/graphql?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`, { headers });
    await post(`{"query": "{ __typename }", "token": "${canary}`);
    await post(JSON.stringify({ query: canary, variables: canary, extensions: canary }));
  }
  for (const canary of Object.values(shaped)) {
    await post(
      JSON.stringify({
        query: mutation('createCustomer'),
        variables: { input: { [canary]: canary, customer: canary } },
      }),
    );
    await fetched(`/nothing/${encodeURIComponent(canary)}?token=${placed.token}`, { headers });
    await fetched('/graphql/stream', {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream' },
      body: JSON.stringify({
        query: 'subscription ($id: ID!) { paymentChanged(id: $id) { version } }',
        variables: { id: canary },
      }),
    });
  }
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${placed.token}`, ...shaped },
    retryAttempts: 0,
  });
  t.after(() => client.dispose());
  for (const [query, variables] of questions(shaped.email) as [string, Record<string, unknown>][]) {
    const refused = (errors: unknown) => void answers.push(JSON.stringify(errors));
    await client
      .iterate({ query, variables })
      .next()
      .then(({ value }) => answers.push(JSON.stringify(value)), refused);
  }

  const { deliver } = clientOf(t, url);
  const statuses: number[] = [];
  for (const [body, more = {}] of deliveries) {
    const answer = await deliver(body, { 'x-callback-token': callbackToken, ...more });
    statuses.push(answer.status);
    answers.push(await answer.text());
  }
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 401]);
  const inbox = '{ webhookEvents { edges { node { event outcome reason webhookId businessId body } } } }';
  assert.equal(await post(JSON.stringify({ query: inbox })), 200);
  assert.match(answers.at(-1) ?? '', /"UNRECOGNISED".*"QUARANTINED"|"QUARANTINED".*"UNRECOGNISED"/);
  assert.equal(await fetched('/health/ready'), 200);
  gateway.kill('SIGTERM');
  await gateway.ended;

  const lines = [...gateway.errors().trim().split('\n'), ...gateway.lines];
  assert.ok(lines.length > 200 && answers.length > 300, `${lines.length} lines and ${answers.length} answers`);
  const spans = collector.spans();
  assert.ok(spans.length > 250, `${spans.length} spans`);
  assertUnmarked([...lines, ...answers, ...collector.bodies]);
});
