import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';
import type { ApiFault } from '../../src/sandbox/faults.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { onEachSharedGateway, onSharedGateway, startGateway } from '../support/gateway.ts';
import { askForCode, askForPayment, callsTo, createCode, payCode, sandboxOf } from '../support/qr-codes.ts';
import { callXendit } from '../support/xendit.ts';

const testOnBoth = onEachSharedGateway();

const testTogether = onSharedGateway();

const creating: Endpoint = 'POST /qr_codes';
const paying: Endpoint = 'POST /qr_codes/:external_id/payments/simulate';

testOnBoth('a repeated key makes no second code and answers with the first', async (_t, gateway) => {
  const sandbox = sandboxOf(gateway);
  const input = { externalId: 'order-1', amount: '15000.50', metadata: { branch: 'senayan' } };
  const first = await askForCode(gateway, input);
  assert.equal(first.alreadyProcessed, false);
  assert.deepEqual(first.qrCode?.amount, { amount: '15000.5', currency: 'IDR' });
  assert.equal(first.qrCode?.callbackUrl, `${gateway.url}/webhooks/xendit`);

  const again = await askForCode(gateway, input);
  assert.deepEqual(again, { ...first, alreadyProcessed: true });
  assert.deepEqual(callsTo(sandbox), ['POST /qr_codes']);
});

testOnEachDatabase('a key outlives the process that used it', async (t, database) => {
  const first = await startGateway(t, {}, database);
  const sandbox = sandboxOf(first);
  const made = await askForCode(first, { externalId: 'order-1', callbackUrl: 'http://localhost:9/' });
  await first.close();
  const second = await startGateway(t, {}, database);
  const again = await askForCode(second, { externalId: 'order-1', callbackUrl: 'http://localhost:9/' });
  assert.deepEqual(again, { ...made, alreadyProcessed: true });
  assert.deepEqual([...callsTo(sandbox), ...callsTo(sandboxOf(second))], ['POST /qr_codes']);
});

testTogether('a key or an external id that stands for something else is a conflict', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  await askForCode(gateway, { externalId: 'conflict-1', idempotencyKey: 'k' });
  record.requests.length = 0;
  for (const other of [{ externalId: 'conflict-2' }, { externalId: 'conflict-1', amount: '15001' }]) {
    const answer = await askForCode(gateway, { idempotencyKey: 'k', ...other });
    assert.deepEqual([answer.__typename, answer.code, answer.retryable], ['Conflict', 'CONFLICT', false]);
  }
  assert.equal(record.requests.length, 0);

  const duplicate = await askForCode(gateway, { externalId: 'conflict-1', idempotencyKey: 'another' });
  assert.deepEqual([duplicate.__typename, duplicate.xenditCode], ['Conflict', 'DUPLICATE_ERROR']);
  const bothAtOnce = await Promise.all(
    ['15000', '16000'].map((amount) => askForCode(gateway, { externalId: 'conflict-3', idempotencyKey: 'k3', amount })),
  );
  assert.deepEqual(bothAtOnce.map(({ __typename }) => __typename).sort(), ['Conflict', 'CreateQrCodePayload']);
});

testTogether('an amount that can not be is refused before any call, with its place', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  record.requests.length = 0;
  const wrong = ['1', 1, '-1', -1, 'NaN', '10000001', 10_000_001, '10,000,001', '1499.99', '10000000.01'];
  const strange = ['', ' 15000', '1e99', 'Infinity', '0x3a98', '15000 IDR', '٣٠٠٠'];
  for (const amount of [...wrong, ...strange, undefined, null]) {
    const answer = await askForCode(gateway, { externalId: 'order-1', amount });
    assert.deepEqual(
      [answer.__typename, answer.fields?.map(({ path }) => path)],
      ['InvalidInput', [['input', 'amount']]],
    );
    assert.deepEqual([answer.code, answer.retryable, answer.xenditCode], ['INVALID_INPUT', false, null]);
    assert.match(answer.requestId, /^[0-9a-f-]{36}$/);
    if (amount === undefined || amount === null) continue;
    const payment = await askForPayment(gateway, { externalId: 'order-1', amount });
    assert.deepEqual([payment.__typename, payment.fields?.[0]?.path], ['InvalidInput', ['input', 'amount']]);
  }
  assert.equal(record.requests.length, 0);
  for (const [index, amount] of ['1500', '1.5e3', '10000000', 1500.5].entries()) {
    const answer = await askForCode(gateway, { externalId: `right-${index}`, amount });
    assert.equal(answer.__typename, 'CreateQrCodePayload');
  }
});

testTogether('every field that is wrong is named', async (_t, gateway) => {
  const long = 'x'.repeat(501);
  const input = { externalId: '', idempotencyKey: '', callbackUrl: 'ftp://a', amount: '1', metadata: { a: long } };
  const { fields } = await askForCode(gateway, input);
  assert.deepEqual(fields?.map(({ path }) => path.join('.')).sort(), [
    'input.amount',
    'input.callbackUrl',
    'input.externalId',
    'input.idempotencyKey',
    'input.metadata.a',
  ]);
});

testTogether(
  'the amounts that Xendit refuses to try give their failures, and nothing stays behind',
  async (_t, gateway) => {
    const expected = [
      ['10100', 'Forbidden', 'FORBIDDEN', 'CHANNEL_NOT_ACTIVATED', false],
      ['10101', 'Unavailable', 'UNAVAILABLE', 'CHANNEL_UNAVAILABLE', true],
      ['10102', 'OutcomeUnknown', 'OUTCOME_UNKNOWN', 'SERVER_ERROR', true],
    ];
    for (const [amount, ...failure] of expected) {
      for (const _ of ['first', 'again']) {
        const answer = await askForCode(gateway, { externalId: `refused-${amount}`, amount });
        assert.deepEqual([answer.__typename, answer.code, answer.xenditCode, answer.retryable], failure);
      }
    }
  },
);

const faults: [fault: ApiFault, failure: string, code: string, xenditCode: string | null, retryable: boolean][] = [
  [
    { kind: 'status', status: 400, errorCode: 'API_VALIDATION_ERROR' },
    'InvalidInput',
    'INVALID_INPUT',
    'API_VALIDATION_ERROR',
    false,
  ],
  [{ kind: 'status', status: 403, errorCode: 'FORBIDDEN' }, 'Forbidden', 'FORBIDDEN', 'FORBIDDEN', false],
  [{ kind: 'status', status: 418, errorCode: 'TEAPOT' }, 'Rejected', 'REJECTED', 'TEAPOT', false],
  [
    { kind: 'status', status: 503, errorCode: 'CHANNEL_UNAVAILABLE' },
    'Unavailable',
    'UNAVAILABLE',
    'CHANNEL_UNAVAILABLE',
    true,
  ],
  [
    { kind: 'status', status: 401, errorCode: 'INVALID_API_KEY' },
    'Unavailable',
    'UNAVAILABLE',
    'INVALID_API_KEY',
    true,
  ],
  [{ kind: 'reset' }, 'OutcomeUnknown', 'OUTCOME_UNKNOWN', null, true],
  [{ kind: 'hang' }, 'OutcomeUnknown', 'OUTCOME_UNKNOWN', null, true],
  [{ kind: 'invalidBody' }, 'OutcomeUnknown', 'OUTCOME_UNKNOWN', null, true],
];

test('each way of Xendit to fail has its type', async (t) => {
  const gateway = await startGateway(t, { XENDIT_TIMEOUT_MS: '300' });
  const { faults: script } = sandboxOf(gateway);
  await createCode(gateway, 'counter', 'STATIC');
  for (const [index, [fault, ...expected]] of faults.entries()) {
    script.next(creating, fault);
    const created = await askForCode(gateway, { externalId: `order-${index}` });
    assert.deepEqual([created.__typename, created.code, created.xenditCode, created.retryable], expected);
    script.next(paying, fault);
    const paid = await askForPayment(gateway, { externalId: 'counter', amount: '2000' });
    assert.deepEqual([paid.__typename, paid.code, paid.xenditCode, paid.retryable], expected);
    if (created.__typename === 'OutcomeUnknown') {
      assert.deepEqual([created.reference, paid.reference], [`order-${index}`, 'counter']);
    }
  }
});

testTogether('a code that nobody knows, or that is paid, can not be paid', async (_t, gateway) => {
  const nobody = await askForPayment(gateway, { externalId: 'nobody-knows' });
  assert.deepEqual([nobody.__typename, nobody.code, nobody.xenditCode], ['NotFound', 'NOT_FOUND', 'DATA_NOT_FOUND']);
  await createCode(gateway, 'order-1');
  await payCode(gateway, 'order-1');
  const paid = await askForPayment(gateway, { externalId: 'order-1' });
  assert.deepEqual([paid.__typename, paid.code, paid.xenditCode], ['WrongState', 'WRONG_STATE', 'INACTIVE_QR_CODE']);
});

test('beyond its limit Xendit says when to come back, and so does the gateway', async (t) => {
  const gateway = await startGateway(t);
  const { url } = sandboxOf(gateway);
  const authorization = `Basic ${Buffer.from('xnd_development_test:').toString('base64')}`;
  const useUp = (path: string) =>
    Promise.all(Array.from({ length: 60 }, () => fetch(url + path, { method: 'POST', headers: { authorization } })));
  await Promise.all([useUp('/qr_codes'), useUp('/qr_codes/any/payments/simulate')]);
  const created = await askForCode(gateway, { externalId: 'order-1' });
  const paid = await askForPayment(gateway, { externalId: 'order-1' });
  for (const answer of [created, paid]) {
    assert.deepEqual([answer.__typename, answer.code, answer.retryable], ['Throttled', 'THROTTLED', true]);
    const { retryAfterMs = 0 } = answer;
    assert.ok(retryAfterMs > 50_000 && retryAfterMs <= 60_000, `${retryAfterMs} ms`);
  }
});

testOnEachDatabase('a lost answer is unknown, and the same key then finds the code', async (t, database) => {
  const gateway = await startGateway(t, { XENDIT_TIMEOUT_MS: '400' }, database);
  const { faults: script, record } = sandboxOf(gateway);
  const losses: ApiFault[] = [
    { kind: 'reset', afterProcessing: true },
    { kind: 'hang', afterProcessing: true },
    { kind: 'status', status: 500, afterProcessing: true },
    { kind: 'slowBody', msPerChunk: 100 },
  ];
  for (const [index, fault] of losses.entries()) {
    script.next(creating, fault);
    const lost = await askForCode(gateway, { externalId: `order-${index}` });
    assert.equal(lost.retryable, true);
    assert.equal(lost.__typename, 'OutcomeUnknown');
    const found = await askForCode(gateway, { externalId: `order-${index}` });
    assert.deepEqual([found.qrCode?.externalId, found.alreadyProcessed], [`order-${index}`, true]);
  }
  assert.equal(record.requests.filter(({ endpoint }) => endpoint === creating).length, losses.length);
});

test('what became of a lost answer is found out without being asked', async (t) => {
  const gateway = await startGateway(t);
  const { faults: script, record } = sandboxOf(gateway);
  script.next(creating, { kind: 'reset', afterProcessing: true });
  assert.equal((await askForCode(gateway, { externalId: 'order-1' })).__typename, 'OutcomeUnknown');
  const known = async () => {
    const { data } = await gateway.ask<{ activity: { edges: unknown[] } }>('{ activity { edges { cursor } } }');
    return data?.activity.edges.length === 1;
  };
  await eventually('the gateway has asked by itself', known);
  assert.equal((await askForCode(gateway, { externalId: 'order-1' })).alreadyProcessed, true);
  assert.equal(record.requests.filter(({ method }) => method === 'POST').length, 1);
});

testTogether(
  'a lost code whose name somebody else took is a conflict, and its key can be used again',
  async (_t, gateway) => {
    const sandbox = sandboxOf(gateway);
    const input = { externalId: 'taken-1', idempotencyKey: 'key of taken' };
    sandbox.faults.next(creating, { kind: 'reset' });
    assert.equal((await askForCode(gateway, input)).__typename, 'OutcomeUnknown');
    const theirs = { external_id: 'taken-1', type: 'STATIC', callback_url: 'http://127.0.0.1:9/' };
    await callXendit(sandbox, 'POST', '/qr_codes', theirs);
    const calls = callsTo(sandbox).length;
    const refused = await askForCode(gateway, input);
    assert.deepEqual([refused.__typename, refused.retryable], ['Conflict', false]);
    assert.deepEqual(callsTo(sandbox).slice(calls), ['GET /qr_codes/taken-1'], 'nothing is sent a second time');
    const other = await askForCode(gateway, { ...input, externalId: 'taken-2' });
    assert.deepEqual([other.alreadyProcessed, other.qrCode?.externalId], [false, 'taken-2']);
  },
);
