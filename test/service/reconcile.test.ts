import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import type { Observation } from '../../src/model/observation.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { ResourceType } from '../../src/model/status.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { createPaymentRequestOperation, createPaymentRequestService } from '../../src/service/payment-requests.ts';
import { createQrCodeOperation, createQrCodeService } from '../../src/service/qr-codes.ts';
import { startReconciling } from '../../src/service/reconcile.ts';
import { openDue } from '../../src/store/due.ts';
import { simulateQrPayment } from '../../src/xendit/qr-codes.ts';
import { answered } from '../store/support.ts';
import { embedded, hasPostgres, postgres, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type Opened, openRooms, timesCalled } from './support.ts';

const getRequest = 'GET /v3/payment_requests/:payment_request_id';
const getPayment = 'GET /v3/payments/:payment_id';

function start(t: TestContext, { rooms, database }: Opened, batchSize = 20) {
  const complaints: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => complaints.push(line) });
  const stop = startReconciling(rooms, openDue(database), { everyMs: 5, batchSize, log });
  t.after(stop);
  return { stop, complaints };
}

async function createRequest({ rooms }: Opened, referenceId = 'order-1'): Promise<string> {
  const service = createPaymentRequestService(rooms, createPaymentRequestOperation(rooms), '');
  const wanted = {
    type: 'PAY' as const,
    referenceId,
    country: 'ID',
    currency: 'IDR',
    amount: '15000',
    channelCode: 'QRIS',
    channelProperties: {},
  };
  return (await service.createPaymentRequest(wanted, referenceId)).result.id;
}

async function createCode({ rooms }: Opened, type: 'DYNAMIC' | 'STATIC'): Promise<string> {
  const service = createQrCodeService(rooms, createQrCodeOperation(rooms), '');
  return (await service.createQrCode({ externalId: 'shop', type, amount: '15000' }, 'key')).result.id;
}

/** The time for all that is to be asked about has come; as it would by itself, in seconds. */
async function letTimeCome({ database }: Opened): Promise<void> {
  await database.prisma.resource.updateMany({ where: { askAt: { not: null } }, data: { askAt: new Date() } });
}

/** When a resource is to be asked about, in milliseconds from now; undefined for never. */
async function dueInMs({ database }: Opened, id: string): Promise<number | undefined> {
  const row = await database.prisma.resource.findFirst({ where: { id } });
  return row?.askAt ? row.askAt.getTime() - Date.now() : undefined;
}

async function statusOf({ rooms }: Opened, type: ResourceType, id: string): Promise<string | undefined> {
  return (await rooms.reads.find({ account: '', type, id }))?.resource.status;
}

async function paymentOf({ rooms }: Opened, requestId: string): Promise<Resource<'Payment'> | undefined> {
  const [payment] = await rooms.reads.children('', 'Payment', [requestId], {}, 10);
  return payment as Resource<'Payment'> | undefined;
}

async function lastOrigin({ rooms }: Opened, type: ResourceType, id: string): Promise<string | undefined> {
  return (await rooms.reads.changesAfter({ account: '', type, id }, 0, 1_000)).at(-1)?.origin;
}

testOnEachDatabase('a payment of which no webhook tells is found, and its request with it', async (t, place) => {
  const opened = await openRooms(t, place);
  const id = await createRequest(opened);
  const inMs = (await dueInMs(opened, id)) ?? assert.fail('it is to be asked about');
  assert.ok(inMs <= 4_000, 'seconds after it was made');
  await opened.sandbox.payer.pay(id);
  await letTimeCome(opened);
  start(t, opened);
  await eventually('the payment is known', async () => (await paymentOf(opened, id)) !== undefined);
  const payment = (await paymentOf(opened, id)) ?? assert.fail();
  assert.equal(payment.status, 'SUCCEEDED');
  assert.equal(await statusOf(opened, 'PaymentRequest', id), 'SUCCEEDED');
  assert.equal(await lastOrigin(opened, 'Payment', payment.id), 'RECONCILED');
  assert.equal(await lastOrigin(opened, 'PaymentRequest', id), 'RECONCILED');
});

for (const [type, status] of [
  ['DYNAMIC', 'INACTIVE'],
  ['STATIC', 'ACTIVE'],
] as const) {
  testOnEachDatabase(`a payment of a ${type} code of which no webhook tells is found`, async (t, place) => {
    const opened = await openRooms(t, place);
    const { rooms } = opened;
    const id = await createCode(opened, type);
    const [paid] = await simulateQrPayment(rooms.xendit, '', { externalId: 'shop', amount: '15000' });
    await letTimeCome(opened);
    start(t, opened);
    const paymentId = paid?.id ?? assert.fail();
    await eventually(
      'the payment is known',
      async () => (await statusOf(opened, 'QrPayment', paymentId)) !== undefined,
    );
    assert.equal(await statusOf(opened, 'QrPayment', paymentId), 'COMPLETED');
    assert.equal(await lastOrigin(opened, 'QrPayment', paymentId), 'RECONCILED');
    await eventually('the code tells of it', async () => (await lastOrigin(opened, 'QrCode', id)) === 'RECONCILED');
    assert.equal(await statusOf(opened, 'QrCode', id), status);
  });
}

test('more payments of a STATIC code than one list holds are all found', async (t) => {
  const opened = await openRooms(t, await embedded(t));
  const { rooms } = opened;
  const id = await createCode(opened, 'STATIC');
  const paying = Array.from({ length: 130 }, () =>
    simulateQrPayment(rooms.xendit, '', { externalId: 'shop', amount: '15000' }),
  );
  await Promise.all(paying);
  await letTimeCome(opened);
  start(t, opened);
  await eventually(
    'all are known',
    async () => (await rooms.reads.children('', 'QrPayment', [id], {}, 200)).length === 130,
  );
});

test('two reconcilers over one database never ask about the same at once', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const opened = await openRooms(t, place);
  const other = await openRooms(t, place, { sandbox: opened.sandbox });
  const ids: string[] = [];
  for (let n = 0; n < 30; n += 1) ids.push(await createRequest(opened, `order-${n}`));
  for (const id of ids) await opened.sandbox.payer.pay(id);
  await letTimeCome(opened);
  // While an answer is awaited the other has time to take the same.
  opened.sandbox.faults.next(getRequest, { kind: 'delay', ms: 50 }, ids.length);
  start(t, opened, 4);
  start(t, other, 4);
  await eventually(
    'all are settled',
    async () => {
      const found = await opened.rooms.search.find('', 'PaymentRequest', { statuses: ['SUCCEEDED'] }, 100);
      return found.length === ids.length;
    },
    20_000,
  );
  const asked = opened.sandbox.record.requests.filter(({ endpoint }) => endpoint === getRequest);
  assert.deepEqual(asked.map(({ path }) => path.split('/').at(-1)).toSorted(), ids.toSorted());
});

test('what is settled is asked about no more', async (t) => {
  const opened = await openRooms(t, await embedded(t));
  const settled = await createRequest(opened, 'settled');
  await opened.sandbox.payer.pay(settled);
  await letTimeCome(opened);
  start(t, opened);
  await eventually('its payment is known', async () => (await paymentOf(opened, settled)) !== undefined);
  assert.equal(await dueInMs(opened, settled), undefined);
  const asked = () => opened.sandbox.record.requests.filter(({ path }) => path.endsWith(settled)).length;
  const before = asked();
  const openOne = await createRequest(opened, 'open');
  await letTimeCome(opened);
  await eventually('the open one is asked about', async () =>
    opened.sandbox.record.requests.some(({ path, method }) => method === 'GET' && path.endsWith(openOne)),
  );
  assert.equal(asked(), before);
});

testOnEachDatabase('what is due stands in the ledger: a restart goes on with it', async (t, place) => {
  const sandbox = await startSandbox({ requestsPerMinute: 10_000 });
  t.after(() => sandbox.close());
  let id = '';
  await t.test('before', async (t) => {
    const opened = await openRooms(t, place, { sandbox });
    id = await createRequest(opened);
    await letTimeCome(opened);
  });
  await sandbox.payer.pay(id);
  await t.test('after', async (t) => {
    const opened = await openRooms(t, place, { sandbox });
    start(t, opened);
    await eventually('it is settled', async () => (await statusOf(opened, 'PaymentRequest', id)) === 'SUCCEEDED');
  });
});

test('when Xendit is away it is asked again after the lease, and the rest does not wait', async (t) => {
  const opened = await openRooms(t, await embedded(t));
  const { sandbox } = opened;
  const [down, fine] = [await createRequest(opened, 'down'), await createCode(opened, 'DYNAMIC')];
  await sandbox.payer.pay(down);
  await simulateQrPayment(opened.rooms.xendit, '', { externalId: 'shop' });
  sandbox.faults.sometimes(getRequest, { kind: 'status', status: 503 }, { probability: 1, seed: 1 });
  await letTimeCome(opened);
  const { complaints } = start(t, opened);
  await eventually('it was asked in vain', () => complaints.length > 0);
  await eventually('the code is settled', async () => (await statusOf(opened, 'QrCode', fine)) === 'INACTIVE');
  assert.match(complaints[0] ?? '', new RegExp(`"type":"PaymentRequest","id":"${down}"`));
  await eventually('it is put off', async () => ((await dueInMs(opened, down)) ?? 0) > 50_000);
  assert.equal(complaints.length, 1, 'not before the lease is over');

  sandbox.faults.clear();
  await letTimeCome(opened);
  await eventually('it is settled', async () => (await statusOf(opened, 'PaymentRequest', down)) === 'SUCCEEDED');
});

test('a request that is settled is asked about again when its payment could not be', async (t) => {
  const opened = await openRooms(t, await embedded(t));
  const { sandbox } = opened;
  const id = await createRequest(opened);
  await sandbox.payer.pay(id);
  sandbox.faults.sometimes(getPayment, { kind: 'status', status: 503 }, { probability: 1, seed: 1 });
  await letTimeCome(opened);
  const { complaints } = start(t, opened);
  await eventually('the payment was asked about in vain', () => complaints.length > 0);
  await eventually('it is put off', async () => ((await dueInMs(opened, id)) ?? 0) > 50_000);
  sandbox.faults.clear();
  await letTimeCome(opened);
  await eventually('the payment is known', async () => (await paymentOf(opened, id))?.status === 'SUCCEEDED');
  await eventually('that was all', async () => (await dueInMs(opened, id)) === undefined);
});

test('what Xendit does not know is asked about by its age, and not for ever', async (t) => {
  const opened = await openRooms(t, await embedded(t));
  const { rooms, sandbox, database } = opened;
  const unknown = (id: string): Observation => ({
    type: 'PaymentRequest',
    id,
    status: 'PENDING',
    updated: undefined,
    fields: {},
  });
  await rooms.ledger.observe(answered([unknown('pr-young'), unknown('pr-old')]));
  await database.prisma.resource.updateMany({
    where: { id: 'pr-old' },
    data: { createdAt: new Date(Date.now() - 8 * 24 * 3_600_000) },
  });
  await letTimeCome(opened);
  const { complaints } = start(t, opened);
  await eventually('the old one is let go', async () => (await dueInMs(opened, 'pr-old')) === undefined);
  await eventually('the young one is put off', async () => ((await dueInMs(opened, 'pr-young')) ?? 0) > 1_000);
  assert.ok(((await dueInMs(opened, 'pr-young')) ?? 0) <= 4_000);
  assert.equal(timesCalled(sandbox, getRequest), 2);
  assert.deepEqual(complaints, []);
});

test('a code that only has another’s name is let go with age, though Xendit knows the name', async (t) => {
  const opened = await openRooms(t, await embedded(t));
  const { rooms, database } = opened;
  await createCode(opened, 'DYNAMIC');
  const fields = { externalId: 'shop' };
  await rooms.ledger.observe(
    answered([{ type: 'QrCode', id: 'qr_false', status: 'UNKNOWN', updated: undefined, fields }]),
  );
  const createdAt = new Date(Date.now() - 8 * 24 * 3_600_000);
  await database.prisma.resource.updateMany({ where: { id: 'qr_false' }, data: { createdAt } });
  await letTimeCome(opened);
  start(t, opened);
  await eventually('it is let go', async () => (await dueInMs(opened, 'qr_false')) === undefined);
});

test('when told to stop it finishes what is under way and begins nothing more', async (t) => {
  const opened = await openRooms(t, await embedded(t));
  const { sandbox } = opened;
  const id = await createRequest(opened);
  await sandbox.payer.pay(id);
  sandbox.faults.next(getRequest, { kind: 'delay', ms: 100 });
  await letTimeCome(opened);
  const { stop } = start(t, opened);
  await eventually('it is asked about', () => timesCalled(sandbox, getRequest) === 1);
  await stop();
  assert.equal(await statusOf(opened, 'PaymentRequest', id), 'SUCCEEDED');
  assert.equal((await paymentOf(opened, id))?.status, 'SUCCEEDED');
});
