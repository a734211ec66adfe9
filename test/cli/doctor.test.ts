import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { testOnEachDatabase } from '../support/database.ts';
import { startGateway } from '../support/gateway.ts';
import { sandboxOf } from '../support/qr-codes.ts';
import { runCli } from './support.ts';

interface Check {
  name: string;
  status: string;
  found: string;
  advice?: string;
}

const onFreePorts = { PORT: '0', SANDBOX_PORT: '0' };

testOnEachDatabase('a gateway’s doctor finds it well, and leaves no trace', async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  const { port } = new URL(gateway.url);
  const { code, lines } = await runCli(t, ['doctor', '--json'], {
    ...database.environment,
    PORT: port,
    PUBLIC_URL: gateway.url,
    XENDIT_BASE_URL: sandboxOf(gateway).url,
  });
  const { ok, checks } = { ok: false, checks: [], ...lines[0] } as { ok: boolean; checks: Check[] };
  assert.deepEqual([code, ok], [0, true]);
  const found = (name: string) => checks.find((check) => check.name === name)?.found ?? '';
  assert.match(found('port'), /a gateway listens/);
  assert.match(
    found('database'),
    database.kind === 'postgres' ? /Postgres .* [1-9]\d* migrations applied$/ : /^embedded, in/,
  );
  assert.match(found('xendit'), /answers, and takes any key/);
  assert.match(found('webhooks'), /is reached from here and takes the token/);
  const statuses = new Map(checks.map(({ name, status }) => [name, status]));
  statuses.delete('webhooks'); // No TLS here, of which it warns.
  assert.deepEqual(new Set(statuses.values()), new Set(['ok']));
  const { data } = await gateway.ask<{ webhookEvents: { edges: unknown[] } }>('{ webhookEvents { edges { cursor } } }');
  assert.deepEqual(data?.webhookEvents.edges, []);

  const strange = await runCli(t, ['doctor'], {
    ...onFreePorts,
    PUBLIC_URL: gateway.url,
    XENDIT_CALLBACK_TOKENS: 'that-of-yesterday',
  });
  assert.equal(strange.code, 1);
  assert.match(strange.out, /problem +webhooks .*takes another token\n +→ give both the same XENDIT_CALLBACK_TOKENS/);
});

test('each thing that is wrong is a problem with what to do, and no secret is repeated', async (t) => {
  const nowhere = '127.0.0.1:2999';
  const { code, lines, out } = await runCli(t, ['doctor', '--timeout', '2000', '--json'], {
    ...onFreePorts,
    DATABASE_URL: `postgresql://me:hunter2@${nowhere}/none`,
    REDIS_URL: `redis://:hunter2@${nowhere}`,
    XENDIT_SECRET_KEY: 'xnd_development_hunter2',
    XENDIT_BASE_URL: `http://${nowhere}`,
    API_KEYS_FILE: '/nowhere/keys',
    PUBLIC_URL: `http://${nowhere}`,
  });
  assert.equal(code, 1);
  const { checks } = lines[0] as unknown as { checks: Check[] };
  const wrong = checks.filter(({ status, advice }) => status === 'problem' && advice !== undefined);
  assert.deepEqual(
    wrong.map(({ name }) => name),
    ['database', 'redis', 'xendit', 'callers', 'callback-tokens', 'webhooks'],
  );
  assert.doesNotMatch(out, /hunter2/);
});

test('a wrong configuration is told whole; a folder that is none is a problem, a port that is taken too', async (t) => {
  const told = await runCli(t, ['doctor', '--json'], { PORT: 'x', LOG_LEVEL: 'loud' });
  assert.equal(told.code, 1);
  const { checks } = told.lines[0] as unknown as { checks: Check[] };
  assert.deepEqual(
    checks.map(({ name, status }) => [name, status]),
    [
      ['node', 'ok'],
      ['configuration', 'problem'],
      ['configuration', 'problem'],
    ],
  );
  const squatter = createServer().listen(0, '127.0.0.1');
  t.after(() => squatter.close());
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;
  const environment = { ...onFreePorts, PORT: String(port), DATA_DIR: '/dev/null/data' };
  const taken = await runCli(t, ['doctor', '--timeout', '1000'], environment);
  assert.equal(taken.code, 1);
  assert.match(taken.out, /problem +port .*EADDRINUSE.*\n +→ .*set PORT to another/);
  assert.match(taken.out, /problem +database .*DATA_DIR: \/dev\/null is no folder/);
});
