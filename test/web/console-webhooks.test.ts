import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Client, fetchExchange } from 'urql';
import { findUnread } from '../../web/console/redriving.ts';
import { isTorn, type WebhookRow } from '../../web/console/webhooks.ts';

test('webhooks to read again are all found, or it is said why they can’t be', async (t) => {
  let isWell = true;
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await request.toArray()).join(''));
    const isFirst = body.variables.after === undefined;
    const edges = [{ cursor: 'c', node: { __typename: 'WebhookEvent', id: isFirst ? 'wh_1' : 'wh_2' } }];
    const data = { webhookEvents: { edges, pageInfo: { hasNextPage: isFirst } } };
    response.writeHead(isFirst || isWell ? 200 : 503, { 'content-type': 'application/json' });
    response.end(isFirst || isWell ? JSON.stringify({ data }) : '');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const client = new Client({
    url: `http://127.0.0.1:${port}/graphql`,
    preferGetMethod: false,
    requestPolicy: 'network-only',
    exchanges: [fetchExchange],
  });
  assert.deepEqual(await findUnread(client, {}), ['wh_1', 'wh_2']);
  isWell = false;
  assert.deepEqual(await findUnread(client, {}), { code: 'OFFLINE', message: 'The gateway does not answer' });
});

test('a list is read anew when the newest follow a gap, not when what it shows has left the filter', () => {
  const row = (id: string, outcome: WebhookRow['outcome']): WebhookRow => ({
    id,
    event: 'qr.payment',
    outcome,
    reason: null,
    deliveries: 1,
    receivedAt: '2026-01-01T00:00:00.000Z',
    attempts: 1,
    cursor: id,
  });
  const [failed, applied, other] = [row('wh_1', 'FAILED'), row('wh_2', 'APPLIED'), row('wh_3', 'FAILED')];
  const filters = { outcome: 'FAILED' };
  assert.equal(isTorn([], [failed], filters), false);
  assert.equal(isTorn([failed, applied], [other, failed], filters), false);
  assert.equal(isTorn([failed], [other], filters), true);
  assert.equal(isTorn([applied], [], filters), false);
  assert.equal(isTorn([applied, failed], [], filters), true);
  assert.equal(isTorn([applied], [], {}), true);
});
