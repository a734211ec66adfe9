import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scope } from '../support/database.ts';
import { onSharedGateway } from '../support/gateway.ts';
import { openLine } from '../support/line.ts';
import { sample } from '../support/samples.ts';
import { runCli, startCli } from './support.ts';

const testTogether = onSharedGateway();

/** Somebody's server for webhooks, which refuses the first few. */
async function startTarget(t: Scope, refusals = 0) {
  const taken: { body: string; token: string | undefined; webhookId: string | undefined }[] = [];
  let left = refusals;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const { 'x-callback-token': token, 'webhook-id': webhookId } = request.headers;
    response.statusCode = left-- > 0 ? 500 : 200;
    if (response.statusCode === 200)
      taken.push({ body: Buffer.concat(parts).toString('latin1'), token: String(token), webhookId: String(webhookId) });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, taken };
}

testTogether(
  'webhooks are told as they come, after those of the history, while the gateway is away too',
  async (t, gateway) => {
    const { port } = new URL(gateway.url);
    const line = await openLine(t, { host: '127.0.0.1', port: Number(port) });
    for (const id of ['before-1', 'before-2'])
      await gateway.deliver(sample('payment.failure.v3', { payment_id: `py-${id}` }));
    const url = `http://127.0.0.1:${line.port}`;
    const listening = startCli(t, ['listen', '--url', url, '--history', '1', '--every', '50', '--json']);
    const next = async () => {
      const { event, deliveries, body } = await listening.line();
      return [event, deliveries, (JSON.parse(String(body)) as { data: { payment_id: string } }).data.payment_id];
    };
    assert.deepEqual(await next(), ['payment.failure', 1, 'py-before-2']);

    const live = sample('payment.failure.v3', { payment_id: 'py-live' });
    await gateway.deliver(live);
    assert.deepEqual(await next(), ['payment.failure', 1, 'py-live']);
    await gateway.deliver(live);
    assert.deepEqual(await next(), ['payment.failure', 2, 'py-live']);

    line.cut();
    for (const id of ['away-1', 'away-2'])
      await gateway.deliver(sample('payment.failure.v3', { payment_id: `py-${id}` }));
    line.restore();
    assert.deepEqual(await next(), ['payment.failure', 1, 'py-away-1']);
    assert.deepEqual(await next(), ['payment.failure', 1, 'py-away-2']);
    assert.equal(await listening.stop(), 0);
  },
);

testTogether('what the gateway took in is forwarded in its order, again when it is refused', async (t, gateway) => {
  const target = await startTarget(t, 2);
  const forwarding = ['--forward-to', target.url, '--retries', '2', '--retry-pause', '10', '--every', '50'];
  await gateway.deliver(sample('payment.failure.v3', { payment_id: 'py-first' }));
  const listening = startCli(t, ['listen', '--url', gateway.url, '--history', '1', ...forwarding, '--json']);
  const first = await listening.line();
  assert.deepEqual(first.forwarded, [{ url: target.url, status: 200, attempts: 3, isAcknowledged: true }]);
  await gateway.deliver(sample('payment.failure.v3', { payment_id: 'py-second' }), { 'webhook-id': 'second' });
  await listening.line();
  assert.deepEqual(
    target.taken.map(({ body, token }) => [JSON.parse(body).data.payment_id, token]),
    [
      ['py-first', 'sandbox-callback-token'],
      ['py-second', 'sandbox-callback-token'],
    ],
  );
  assert.equal(target.taken[1]?.webhookId, 'second');
  assert.equal(await listening.stop(), 0);
});

testTogether(
  'on a port of its own it forwards to the byte, and acknowledges what was acknowledged',
  async (t, gateway) => {
    const target = await startTarget(t, 1);
    const both = ['--forward-to', target.url, '--forward-to', `${gateway.url}/webhooks/xendit`, '--retries', '0'];
    const listening = startCli(t, [
      'listen',
      '--port',
      '0',
      '--callback-token',
      'sandbox-callback-token',
      ...both,
      '--json',
    ]);
    const { ready } = await listening.line();
    const body = `{ "event" : "qr.payment",\n\t"odd": "\u00ff" }`;
    const deliver = (token: string) =>
      fetch(`${ready}/any/path`, {
        method: 'POST',
        headers: { 'x-callback-token': token, 'webhook-id': 'odd' },
        body: Buffer.from(body, 'latin1'),
      });
    assert.equal((await deliver('sandbox-callback-token')).status, 502);
    assert.equal((await deliver('sandbox-callback-token')).status, 200);
    assert.equal((await deliver('wrong')).status, 401);
    assert.deepEqual(target.taken, [{ body, token: 'sandbox-callback-token', webhookId: 'odd' }]);
    const told = [await listening.line(), await listening.line()];
    assert.deepEqual(
      told.map(({ forwarded }) => (forwarded as { status: number }[]).map(({ status }) => status)),
      [
        [500, 200],
        [200, 200],
      ],
    );
    const { data } = await gateway.ask<{ webhookEvents: { edges: { node: { deliveries: number } }[] } }>(
      '{ webhookEvents(filter: { outcomes: [QUARANTINED] }) { edges { node { deliveries } } } }',
    );
    assert.deepEqual(data?.webhookEvents.edges, [{ node: { deliveries: 2 } }]);
    assert.equal(await listening.stop(), 1); // One could not be forwarded at first.
  },
);

testTogether('the history alone is told and over, and only of what was asked for', async (t, gateway) => {
  await gateway.deliver('no JSON either');
  const args = ['listen', '--url', gateway.url, '--history', '50', '--no-follow', '--outcome', 'quarantined'];
  const { code, out } = await runCli(t, args);
  assert.equal(code, 0);
  assert.match(out, /\(unread\) {2}wh_\w+ {2}QUARANTINED: /);
  assert.doesNotMatch(out, /payment\.failure/);
});
