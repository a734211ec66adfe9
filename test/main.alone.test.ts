import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embedded, temporaryFolder, testOnEachDatabase } from './support/database.ts';
import { callbackToken, clientOf } from './support/gateway.ts';
import { runGateway } from './support/process.ts';
import { connectTo } from './support/raw-http.ts';
import { sample } from './support/samples.ts';

/** On two quiet cores 2.7 s at first and 1.6 s later; some machines take thrice as long. */
test('the first start and later ones are quick, and the last line says where it is', async (t) => {
  const environment = { DATA_DIR: await temporaryFolder(t) };
  for (const [start, mostMs] of [
    ['first', 20_000],
    ['second', 10_000],
  ] as const) {
    const gateway = runGateway(t, environment);
    const { url, afterMs } = await gateway.ready;
    t.diagnostic(`${start} start: ready after ${afterMs} ms`);
    assert.ok(afterMs < mostMs, `${start} start took ${afterMs} ms`);
    assert.equal(gateway.lines.at(-1), `ready     ${url}/graphql`);
    const names = gateway.lines.map((line) => line.split(' ')[0]);
    assert.deepEqual(names, ['sandbox', 'database', 'webhooks', 'health', 'metrics', 'ready']);
    for (const path of ['live', 'ready']) assert.equal((await fetch(`${url}/health/${path}`)).status, 200);
    assert.equal((await clientOf(t, url).ask('{ __typename }')).errors, undefined);
    gateway.kill('SIGTERM');
    assert.equal(await gateway.ended, 0);
  }
});

test('a bad environment ends it with 2, naming every mistake', async (t) => {
  const gateway = runGateway(t, {
    PORT: '99999',
    SANDBOX_PORT: 'x',
    LOG_LEVEL: 'loud',
    PUBLIC_URL: 'here',
    DATABASE_URL: 'mysql://me:password@a',
    READ_MAX_AGE_MS: '-1',
    XENDIT_SECRET_KEY: 'xnd_development_secret',
  });
  assert.equal(await gateway.ended, 2);
  const told = gateway.errors();
  // With a key at Xendit it doesn't start where it can't know its callers.
  const names = [
    'PORT',
    'SANDBOX_PORT',
    'LOG_LEVEL',
    'PUBLIC_URL',
    'DATABASE_URL',
    'READ_MAX_AGE_MS',
    'XENDIT_SECRET_KEY',
  ];
  for (const name of names) assert.match(told, new RegExp(`^  - ${name} `, 'm'));
  assert.doesNotMatch(told, /password|development_secret/);
  assert.deepEqual(gateway.lines, []);
});

test('a second process on one folder ends with 1 and says why; the first goes on', async (t) => {
  const { environment } = await embedded(t);
  const first = runGateway(t, environment);
  const { url } = await first.ready;
  const second = runGateway(t, environment);
  assert.equal(await second.ended, 1);
  assert.ok(second.errors().includes(environment.DATA_DIR));
  assert.match(second.errors(), /is in use by process \d+/);
  assert.equal((await clientOf(t, url).deliver(sample('qr.payment.v1'))).status, 200);
});

test('what can not be reached or is taken ends it with 1 and its reason', async (t) => {
  const nowhere = runGateway(t, { DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/none' });
  assert.equal(await nowhere.ended, 1);
  assert.match(nowhere.errors(), /^The gateway could not start: .*ECONNREFUSED/m);
  const { ready } = runGateway(t, { DATA_DIR: await temporaryFolder(t) });
  const { port } = new URL((await ready).url);
  const late = runGateway(t, { PORT: port, DATA_DIR: await temporaryFolder(t) });
  assert.equal(await late.ended, 1);
  assert.match(late.errors(), /EADDRINUSE/);
});

testOnEachDatabase('told to stop, it answers what is under way and ends with 0', async (t, { environment }) => {
  const gateway = runGateway(t, environment);
  const { url } = await gateway.ready;
  const body = JSON.stringify(sample('qr.payment.v1'));
  const delivery = await connectTo(t, url.replace('localhost', '127.0.0.1'));
  const headers = ['Host: gateway', `x-callback-token: ${callbackToken}`, `content-length: ${body.length}`];
  const [begin, end] = [body.slice(0, 50), body.slice(50)];
  delivery.send(['POST /webhooks/xendit HTTP/1.1', ...headers, '', begin].join('\r\n'));
  const idle = await connectTo(t, url.replace('localhost', '127.0.0.1'));
  idle.send('GET /health/live HTTP/1.1\r\nHost: gateway\r\n\r\n');
  assert.equal((await idle.answer()).status, 200);
  const { deliver, subscribe } = clientOf(t, url);
  await deliver(sample('payment.failure.v3'));
  const subscriber = subscribe(
    'subscription { paymentChanged(id: "py-1fdaf346-dd2e-4b6c-b938-124c7167a822") { kind } }',
  );
  await subscriber.next();
  const left = subscriber.next().then(
    () => undefined,
    (error: { code?: number }) => error.code,
  );

  gateway.kill('SIGTERM');
  await assert.rejects(idle.answer());
  delivery.send(end);
  assert.equal((await delivery.answer()).status, 200);
  assert.equal(await gateway.ended, 0);
  assert.equal(await left, 1001);

  const again = runGateway(t, environment);
  const { ask } = clientOf(t, (await again.ready).url);
  const { data } = await ask('{ webhookEvents { edges { node { event deliveries } } } }');
  const events = ['qr.payment', 'payment.failure'].map((event) => ({ node: { event, deliveries: 1 } }));
  assert.deepEqual(data, { webhookEvents: { edges: events } });
});
