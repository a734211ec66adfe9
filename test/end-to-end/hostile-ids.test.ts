import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidInputError } from '../../src/errors.ts';
import { openXendit } from '../../src/xendit/client.ts';
import { path } from '../../src/xendit/path.ts';
import { onEachSharedGateway } from '../support/gateway.ts';
import { linesOf, type Transport, transports } from '../support/lines.ts';
import { mutate } from '../support/mutations.ts';
import { askForCode, askForPayment, callsTo, createCode, payCode, sandboxOf } from '../support/qr-codes.ts';
import { startXendit } from '../support/xendit.ts';

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

/** Which of them are tried on each transport: all over HTTP. */
const triedOn: Record<Transport, string[]> = {
  HTTP: hostile,
  WebSocket: ['a?b=c', '../balance', '%2F', 'a\r\nx-evil: 1', 'a\0b', 'a\ud800', ''],
  'server-sent events': ['a#b', '../../v3/payments', '%2e%2e', 'a\r\nx-evil: 1', 'a\nb', '😀', ' '],
};

testOnBoth('no id can change the request that it is part of', async (t, gateway) => {
  const { record } = sandboxOf(gateway);
  const lines = linesOf(t, gateway.url);
  for (const [transport, externalId] of transports.flatMap((one) => triedOn[one].map((id) => [one, id] as const))) {
    const shown = `${JSON.stringify(externalId.slice(0, 20))}, ${transport}`;
    const { data, errors } = await lines[transport].ask(
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
      { data, errors },
      {
        data: {
          qrCode: null,
          qrPayments: nothing,
          node: null,
          paymentRequest: null,
          webhookEvents: nothing,
          activity: nothing,
        },
        errors: undefined,
      },
      shown,
    );
    const { __typename } = await askForPayment(lines[transport], { externalId });
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

const injections = [
  'a\r\nx-evil: 1',
  'a\nx-evil: 1',
  'a\rx-evil: 1',
  'a\0b',
  'a\r\n\r\nGET /balance HTTP/1.1',
  'a\u2028b',
  'é✓',
  '\u010d\u010a',
];

/** What makes something, with this for its name or as its key. */
function creates(name: string, key: string): [mutation: string, input: object][] {
  const common = { country: 'ID', currency: 'IDR', idempotencyKey: key, referenceId: name };
  const customer = { referenceId: name, givenNames: 'Siti' };
  const wallet = { ewallet: { code: 'OVO', mobileNumber: '+6281234567890' } };
  return [
    ['createQrCode', { externalId: name, type: 'STATIC', idempotencyKey: key }],
    ['createPaymentRequest', { ...common, kind: { pay: { amount: '15000', channel: { qrCode: { code: 'QRIS' } } } } }],
    ['createPaymentSession', { ...common, sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '20000' }],
    ['createPaymentToken', { ...common, channel: wallet, customerId: name }],
    ['createCustomer', { customer, idempotencyKey: key }],
    ['createRefund', { of: { paymentRequestId: name }, reason: 'OTHERS', referenceId: name, idempotencyKey: key }],
    ['capturePayment', { id: name, amount: '1', idempotencyKey: key }],
    ['createRefund', { of: { qrPaymentId: name }, reason: 'OTHERS', idempotencyKey: key }],
  ];
}

/** All that a call of ours has; the host and the length are the connection's own. */
const ownHeaders = [
  ...['accept', 'api-version', 'connection', 'content-length', 'content-type', 'host'],
  ...['for-user-id', 'idempotency-key', 'user-agent', 'x-idempotency-key'],
];

testOnBoth('no name and no key puts a header or a call of its own on the wire', async (t, gateway) => {
  const { record } = sandboxOf(gateway);
  record.requests.length = 0;
  const lines = linesOf(t, gateway.url);
  const tried = transports.flatMap((transport) =>
    injections.map((text, index) => ({ transport, text, index: `${index}-by-${transport}` })),
  );
  for (const { transport, text, index } of tried) {
    for (const [name, key] of [
      [text, `key ${index}`],
      [`name-${index}`, text],
    ] as const) {
      for (const [mutation, input] of creates(name, key)) {
        const { __typename } = await mutate(lines[transport], mutation, '__typename', input);
        const hasControls = /\p{Cc}/u.test(text);
        const isRefused = ['InvalidInput', 'NotFound', 'Forbidden'].includes(__typename);
        assert.ok(!hasControls || isRefused, `${mutation} by ${JSON.stringify([name, key])} gave ${__typename}`);
      }
    }
  }
  assert.ok(record.requests.length > 10);
  for (const { method, path, headers, body } of record.requests) {
    const strange = Object.keys(headers).filter((header) => !ownHeaders.includes(header));
    assert.deepEqual(strange, [], `${method} ${path}`);
    assert.ok(
      Object.values(headers).every((value) => /^[\x20-\x7e]*$/.test(value)),
      JSON.stringify(headers),
    );
    assert.match(path, /^\/[!-~]*$/);
    assert.ok(path !== '/balance' && (body === '' || typeof JSON.parse(body) === 'object'), `${method} ${path}`);
  }
});

test('no account puts a header or a call of its own on the wire', async (t) => {
  const { xendit } = await startXendit(t);
  const client = openXendit({ baseUrl: xendit.url, secretKey: 'xnd_development_test', timeoutMs: 5_000 });
  t.after(() => client.close());
  for (const account of injections) {
    await assert.rejects(client.get(path`/balance`, { account }), (error) => {
      assert.ok(error instanceof InvalidInputError, String(error));
      assert.deepEqual(
        error.fields.map((field) => field.path),
        [['for-user-id']],
      );
      return true;
    });
  }
  assert.deepEqual(xendit.record.requests, []);
});
