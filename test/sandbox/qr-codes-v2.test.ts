import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQris } from '../../src/model/qris.ts';
import { createTestClock } from '../../src/sandbox/clock.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { call, newQrCode, start, startReceiver } from './support.ts';
import { events, hourMs, startV3, told } from './v3.ts';

const version2 = { 'api-version': '2022-07-31' };
const v2 = (sandbox: Sandbox, method: string, path: string, body?: object) =>
  call(sandbox, method, `/qr_codes${path}`, body, version2);
const newCode = (changes: object = {}) => ({
  reference_id: 'order-1',
  type: 'DYNAMIC',
  currency: 'IDR',
  amount: 15000,
  ...changes,
});
const create = (sandbox: Sandbox, changes: object = {}) => v2(sandbox, 'POST', '', newCode(changes));

test('the header picks version 2: a code by its own id, with a reference', async (t) => {
  const sandbox = await start(t);
  const { status, body } = await create(sandbox, { metadata: { branch: 'senayan' } });
  assert.deepEqual([status, body.status, body.reference_id, body.amount], [201, 'ACTIVE', 'order-1', 15000]);
  assert.equal(body.external_id, undefined);
  const qris = readQris(body.qr_string as string);
  assert.deepEqual([qris?.isChecksumValid, qris?.amount], [true, '15000']);
  assert.deepEqual((await v2(sandbox, 'GET', `/${body.id}`)).body, body);
  assert.equal((await v2(sandbox, 'GET', '/order-1')).status, 404);
});

test('without the header it is version 1, which does not know the codes of version 2', async (t) => {
  const sandbox = await start(t);
  const { body } = await create(sandbox);
  assert.equal((await call(sandbox, 'GET', `/qr_codes/${body.id}`)).status, 404);
  assert.equal((await call(sandbox, 'POST', '/qr_codes', newCode())).body.message, 'external_id is required');
  const other = await call(sandbox, 'POST', '/qr_codes', newCode(), { 'api-version': '2024-11-11' });
  assert.deepEqual([other.status, other.body.message], [400, 'api-version must be one of [2022-07-31]']);
});

test('a payment is told in an envelope to the dashboard URL, and ends a DYNAMIC code', async (t) => {
  const { sandbox } = await startV3(t);
  const { body: code } = await create(sandbox);
  const paid = await v2(sandbox, 'POST', `/${code.id}/payments/simulate`);
  assert.deepEqual([paid.status, paid.body.status, paid.body.qr_id], [200, 'SUCCEEDED', code.id]);
  await sandbox.idle();
  assert.deepEqual(
    told(sandbox).map(({ event, data }) => [event, data]),
    [['qr.payment', paid.body]],
  );
  assert.equal((await v2(sandbox, 'GET', `/${code.id}`)).body.status, 'INACTIVE');
  const again = await v2(sandbox, 'POST', `/${code.id}/payments/simulate`);
  assert.deepEqual([again.status, again.body.error_code], [410, 'INACTIVE_QR_CODE']);
  assert.deepEqual((await v2(sandbox, 'GET', `/payments/${paid.body.id}`)).body, paid.body);
});

test('a code with a callback URL tells its payments there', async (t) => {
  const { sandbox, receiver } = await startV3(t);
  const own = await startReceiver(t);
  const { body: code } = await create(sandbox, { callback_url: own.url });
  await v2(sandbox, 'POST', `/${code.id}/payments/simulate`);
  await sandbox.idle();
  assert.deepEqual([own.received.length, receiver.received.length], [1, 0]);
});

test('a STATIC code is paid many times, and its payments are listed by page, newest first', async (t) => {
  const sandbox = await start(t);
  const { body: code } = await create(sandbox, { type: 'STATIC', amount: undefined });
  assert.deepEqual([code.amount, code.expires_at], [null, undefined]);
  const ids: unknown[] = [];
  for (const amount of [1500, 2500, 3500]) {
    ids.unshift((await v2(sandbox, 'POST', `/${code.id}/payments/simulate`, { amount })).body.id);
  }
  const list = async (query: string) => {
    const { body } = await v2(sandbox, 'GET', `/${code.id}/payments?${query}`);
    return [(body.data as { id: string }[]).map(({ id }) => ids.indexOf(id)), body.has_more];
  };
  assert.deepEqual(await list('limit=2'), [[0, 1], true]);
  assert.deepEqual(await list(`after_id=${ids[1]}`), [[2], false]);
  assert.equal((await v2(sandbox, 'POST', `/${code.id}/payments/simulate`)).status, 400);
});

test('a code expires on its clock, and is then inactive', async (t) => {
  const clock = createTestClock(Date.parse('2026-01-01T00:00:00Z'));
  const { sandbox } = await startV3(t, { clock });
  const { body: short } = await create(sandbox, { expires_at: '2026-01-01T01:00:00Z' });
  const { body: usual } = await create(sandbox);
  const statuses = () =>
    Promise.all([short, usual].map(async ({ id }) => (await v2(sandbox, 'GET', `/${id}`)).body.status));
  await clock.advance(hourMs);
  assert.deepEqual(await statuses(), ['INACTIVE', 'ACTIVE']);
  await clock.advance(47 * hourMs);
  assert.deepEqual(await statuses(), ['INACTIVE', 'INACTIVE']);
  assert.deepEqual(events(sandbox), []);
});

for (const [changes, status, errorCode] of [
  [{ amount: 10100 }, 403, 'CHANNEL_NOT_ACTIVATED'],
  [{ amount: 10101 }, 503, 'CHANNEL_UNAVAILABLE'],
  [{ amount: 10102 }, 500, 'SERVER_ERROR'],
  [{ amount: undefined }, 400, 'API_VALIDATION_ERROR'],
  [{ reference_id: undefined }, 400, 'API_VALIDATION_ERROR'],
  [{ currency: 'PHP' }, 400, 'API_VALIDATION_ERROR'],
  [{ expires_at: '2020-01-01T00:00:00Z' }, 400, 'API_VALIDATION_ERROR'],
] as const) {
  test(`a code with ${JSON.stringify(changes)} is refused with ${errorCode}`, async (t) => {
    const answer = await create(await start(t), changes);
    assert.deepEqual([answer.status, answer.body.error_code], [status, errorCode]);
  });
}

/** A paid code of either version, by the id of its payment. */
async function paid(sandbox: Sandbox, version: 1 | 2): Promise<string> {
  if (version === 1) {
    await call(sandbox, 'POST', '/qr_codes', newQrCode({ amount: 30000 }));
    return (await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate')).body.id as string;
  }
  const { body: code } = await create(sandbox, { amount: 30000 });
  return (await v2(sandbox, 'POST', `/${code.id}/payments/simulate`)).body.id as string;
}

for (const version of [1, 2] as const) {
  test(`a payment of version ${version} is given back: PENDING at first, then told`, async (t) => {
    const clock = createTestClock();
    const { sandbox } = await startV3(t, { clock });
    const id = await paid(sandbox, version);
    const path = `/qr_codes/payments/${id}/refunds`;
    const { status, body } = await call(sandbox, 'POST', path, { amount: 10000, reason: 'OTHERS' });
    assert.deepEqual([status, body.status, body.refund_amount, body.qrpy_id], [200, 'PENDING', 10000, id]);
    assert.equal((await call(sandbox, 'POST', path)).body.error_code, 'REFUND_IN_PROGRESS');
    await clock.advance(1000);
    const settled = (await call(sandbox, 'GET', `${path}/${body.id}`)).body;
    assert.equal(settled.status, 'SUCCEEDED');
    const webhook = told(sandbox).at(-1);
    assert.deepEqual([webhook?.event, webhook?.data], ['qr.refund', settled]);
    assert.deepEqual((await call(sandbox, 'GET', path)).body.data, [settled]);
    assert.equal((await call(sandbox, 'POST', path)).body.refund_amount, 20000); // what is left
  });
}

for (const [amount, status, errorCode] of [
  [10300, 400, 'MAXIMUM_REFUND_AMOUNT_REACHED'],
  [10301, 400, 'PARTIAL_REFUND_NOT_SUPPORTED'],
  [10303, 400, 'REFUND_NOT_SUPPORTED'],
  [10304, 400, 'REFUND_IN_PROGRESS'],
  [10305, 403, 'INELIGIBLE_TRANSACTION'],
  [30001, 400, 'MAXIMUM_REFUND_AMOUNT_REACHED'],
] as const) {
  test(`a QR refund of ${amount} is refused with ${errorCode}`, async (t) => {
    const sandbox = await start(t);
    const answer = await call(sandbox, 'POST', `/qr_codes/payments/${await paid(sandbox, 2)}/refunds`, { amount });
    assert.deepEqual([answer.status, answer.body.error_code], [status, errorCode]);
  });
}

for (const [amount, failureCode] of [
  [20300, 'INELIGIBLE_TRANSACTION'],
  [20301, 'INSUFFICIENT_BALANCE'],
  [20302, 'REFUND_TEMPORARILY_UNAVAILABLE'],
  [20303, 'MAXIMUM_USER_BALANCE_EXCEEDED'],
] as const) {
  test(`a QR refund of ${amount} fails later with ${failureCode}`, async (t) => {
    const clock = createTestClock();
    const { sandbox } = await startV3(t, { clock });
    await call(sandbox, 'POST', `/qr_codes/payments/${await paid(sandbox, 2)}/refunds`, { amount });
    await clock.advance(1000);
    const webhook = told(sandbox).at(-1);
    assert.deepEqual([webhook?.data.status, webhook?.data.failure_code], ['FAILED', failureCode]);
  });
}

test('a repeated QR refund is another one, whatever key it carries', async (t) => {
  const clock = createTestClock();
  const { sandbox } = await startV3(t, { clock });
  const path = `/qr_codes/payments/${await paid(sandbox, 2)}/refunds`;
  const refund = () => call(sandbox, 'POST', path, { amount: 1000 }, { 'idempotency-key': 'once' });
  const first = (await refund()).body;
  await clock.advance(1000);
  const second = (await refund()).body;
  assert.deepEqual([second.status, second.refund_amount], ['PENDING', 1000]);
  assert.notEqual(second.id, first.id);
});

test('refunds of a payment that is not there are not found', async (t) => {
  const sandbox = await start(t);
  for (const [method, path] of [
    ['POST', ''],
    ['GET', ''],
    ['GET', '/qrrf_none'],
  ] as const) {
    assert.equal((await call(sandbox, method, `/qr_codes/payments/qrpy_none/refunds${path}`)).status, 404);
  }
});
