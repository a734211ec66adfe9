import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { clientOf } from '../support/gateway.ts';
import { findBinary } from './binaries.ts';
import { startCluster } from './cluster.ts';

const isInstalled = await Promise.all([findBinary('postgres'), findBinary('redis-server')]).then(
  () => true,
  () => false,
);

test('two gateways share a Postgres and a sandbox, and one of them may be killed', {
  skip: !isInstalled && !process.env.CI && 'Postgres and Redis are not installed',
}, async (t) => {
  const cluster = await startCluster({ instances: 2 });
  t.after(() => cluster.close());
  const [first, second] = cluster.instances.map((one) => clientOf(t, `http://127.0.0.1:${one.port()}`));
  const input = { externalId: 'shared', type: 'DYNAMIC', amount: '15000', idempotencyKey: 'shared' };
  await first?.ask(
    'mutation ($input: CreateQrCodeInput!) { createQrCode(input: $input) { ... on Failure { message } } }',
    {
      input,
    },
  );
  const paid = await second?.ask(
    'mutation { simulateQrPayment(input: { externalId: "shared" }) { ... on SimulateQrPaymentPayload { qrPayment { status } } } }',
  );
  assert.deepEqual(paid?.data, { simulateQrPayment: { qrPayment: { status: 'COMPLETED' } } });
  const statuses = '{ qrCode(externalId: "shared") { status } webhookEvents { edges { node { outcome } } } }';
  const told = { qrCode: { status: 'INACTIVE' }, webhookEvents: { edges: [{ node: { outcome: 'DUPLICATE' } }] } };
  await eventually('the webhook came in', async () => {
    const { data } = (await first?.ask<typeof told>(statuses)) ?? {};
    return data?.qrCode.status === 'INACTIVE' && data.webhookEvents.edges.length === 1;
  });

  const [one] = cluster.instances;
  assert.deepEqual((await one?.end('SIGKILL', 0))?.ending, 'SIGKILL');
  const throughFront = clientOf(t, `http://127.0.0.1:${cluster.front.port}`);
  assert.equal((await throughFront.ask<typeof told>(statuses)).data?.qrCode.status, 'INACTIVE', 'the other answers');
  await one?.whenReady();
  assert.deepEqual(one?.collapses(), []);

  await cluster.close();
  await assert.rejects(access(cluster.folder), 'nothing is left');
});

test('what is not installed is named', async (t) => {
  const { PATH } = process.env;
  t.after(() => Object.assign(process.env, { PATH }));
  process.env.PATH = '/nowhere';
  await assert.rejects(
    findBinary('redis-server'),
    /^Error: redis-server is not installed \(looked in \/nowhere\): install Redis$/,
  );
});
