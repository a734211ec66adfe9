import assert from 'node:assert/strict';
import { onEachSharedGateway } from '../support/gateway.ts';
import { askForCode, askForPayment, callsTo, createCode, payCode, sandboxOf } from '../support/qr-codes.ts';

const testOnBoth = onEachSharedGateway();

const hostile = [
  'a/b',
  'a?b=c',
  'a#b',
  '..',
  '.',
  '../balance',
  '../../v3/payments',
  '%2e%2e',
  '%2F',
  '\\',
  'payments',
  'a b',
  'é✓',
  'a\r\nx-evil: 1',
  'a\rb',
  'a\nb',
  'a\0b',
  '\0',
  'a\ud800',
  '😀',
  'x'.repeat(300),
  'x'.repeat(5_000),
  '',
  ' ',
  "'; DROP TABLE x",
];

testOnBoth('no id can change the request that it is part of', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  for (const externalId of hostile) {
    const shown = JSON.stringify(externalId.slice(0, 20));
    const read = await gateway.ask<Record<string, unknown>>(
      `query ($id: ID!) {
        qrCode(externalId: $id) { id }
        qrPayments(externalId: $id) { edges { cursor } }
        node(id: $id) { id }
        paymentRequest(id: $id) { id }
        webhookEvents(filter: { resourceId: $id }) { edges { cursor } }
        activity(filter: { resourceId: $id }) { edges { cursor } }
      }`,
      { id: externalId },
    );
    const nothing = { edges: [] };
    assert.deepEqual(
      read,
      {
        data: {
          qrCode: null,
          qrPayments: nothing,
          node: null,
          paymentRequest: null,
          webhookEvents: nothing,
          activity: nothing,
        },
      },
      shown,
    );
    const { __typename } = await askForPayment(gateway, { externalId });
    assert.ok(['NotFound', 'InvalidInput'].includes(__typename), `${shown} gave ${__typename}`);
  }
  for (const { method, path, headers } of record.requests) {
    const [, id = ''] = /^\/qr_codes\/([^/?#]+)(?:\/payments\/simulate)?$/.exec(path) ?? [];
    assert.ok(hostile.includes(decodeURIComponent(id)), `${method} ${path}`);
    assert.equal(headers['x-evil'], undefined);
  }
});

testOnBoth('a code whose id can not be asked for afterwards is refused before it is made', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  sandbox.record.requests.length = 0;
  for (const externalId of ['..', '.', 'payments', 'a\r\nb', 'a\0b', 'a\ud800', 'x'.repeat(300)]) {
    const answer = await askForCode(gateway, { externalId, idempotencyKey: 'k' });
    assert.deepEqual([answer.__typename, answer.fields?.[0]?.path], ['InvalidInput', ['input', 'externalId']]);
  }
  assert.deepEqual(callsTo(sandbox), []);
  for (const externalId of ['a/b?c#d', '../x', 'é 😀']) {
    assert.equal((await createCode(gateway, externalId)).externalId, externalId);
    assert.match(await payCode(gateway, externalId), /^qrpy_/);
  }
});
