import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resource } from '../../src/model/resource.ts';
import { createQrCodeOperation, createQrCodeService } from '../../src/service/qr-codes.ts';
import { findQrPayments, type QrPaymentsQuery } from '../../src/service/qr-payments.ts';
import type { Rooms } from '../../src/service/rooms.ts';
import { openXendit } from '../../src/xendit/client.ts';
import * as xenditQrCodes from '../../src/xendit/qr-codes.ts';
import { embedded, testOnEachDatabase } from '../support/database.ts';
import { json, playXendit } from '../xendit/playing-xendit.ts';
import { type Opened, openRooms } from './support.ts';

const count = 230;
const listings = 'GET /qr_codes/payments';

/** Pays a STATIC code at Xendit's, of which the ledger is told nothing. */
async function paidElsewhere({ rooms: { xendit } }: Opened, times: number): Promise<string[]> {
  const callbackUrl = 'http://127.0.0.1:9/';
  await xenditQrCodes.createQrCode(xendit, '', { externalId: 'shop', type: 'STATIC', callbackUrl });
  const ids: string[] = [];
  for (let n = 0; n < times; n += 1) {
    const amount = String(2_000 + n);
    const [payment] = await xenditQrCodes.simulateQrPayment(xendit, '', { externalId: 'shop', amount });
    ids.push(payment?.id ?? assert.fail());
  }
  return ids;
}

async function allPages(rooms: Rooms, query: Omit<QrPaymentsQuery, 'after'>): Promise<Resource<'QrPayment'>[]> {
  const all: Resource<'QrPayment'>[] = [];
  for (let after: string | undefined; ; ) {
    const { edges, pageInfo } = await findQrPayments(rooms, '', 'shop', { ...query, after });
    assert.equal(pageInfo.hasPreviousPage, after !== undefined);
    all.push(...edges.map(({ node }) => node));
    after = pageInfo.endCursor;
    if (!pageInfo.hasNextPage) return all;
  }
}

testOnEachDatabase('more payments than one list holds are all found, each once, newest first', async (t, place) => {
  const opened = await openRooms(t, place);
  const { rooms, sandbox } = opened;
  const made = await paidElsewhere(opened, count);
  const found = await allPages(rooms, { first: 60 });

  assert.deepEqual(found.map(({ id }) => id).toSorted(), made.toSorted());
  const times = found.map(({ created }) => created ?? '');
  assert.deepEqual(times, times.toSorted().toReversed());
  const asked = sandbox.record.requests.filter(({ endpoint }) => endpoint === listings);
  assert.equal(asked.length, 3, 'asked for the first page only');
});

testOnEachDatabase('payments are found within their times, both ends included', async (t, place) => {
  const opened = await openRooms(t, place);
  const { rooms } = opened;
  await paidElsewhere(opened, 20);
  const all = await allPages(rooms, { first: 100 });
  const [to = '', from = ''] = [all[5]?.created, all[14]?.created];
  const within = await allPages(rooms, { first: 100, from: new Date(from), to: new Date(to) });
  assert.deepEqual(
    within,
    all.filter(({ created = '' }) => created >= from && created <= to),
  );
});

testOnEachDatabase('those who ask at once share the asking', async (t, place) => {
  const opened = await openRooms(t, place, { readMaxAgeMs: 60_000 });
  const { rooms, sandbox } = opened;
  await paidElsewhere(opened, 1);
  await Promise.all(Array.from({ length: 10 }, () => findQrPayments(rooms, '', 'shop', { first: 10 })));
  assert.equal(sandbox.record.requests.filter(({ endpoint }) => endpoint === listings).length, 1);
});

testOnEachDatabase('a cursor of another code is refused, and an unknown code has no payments', async (t, place) => {
  const opened = await openRooms(t, place);
  const { rooms } = opened;
  await paidElsewhere(opened, 2);
  const { pageInfo } = await findQrPayments(rooms, '', 'shop', { first: 1 });
  const service = createQrCodeService(rooms, createQrCodeOperation(rooms), '');
  await service.createQrCode({ externalId: 'other', type: 'STATIC' }, 'other key');
  const after = pageInfo.endCursor;
  await assert.rejects(findQrPayments(rooms, '', 'other', { first: 1, after }), { code: 'CURSOR_INVALID' });
  assert.deepEqual((await findQrPayments(rooms, '', 'nobody', { first: 1 })).edges, []);
});

test('a list that begins with the newest, in nanoseconds, is taken in whole', async (t) => {
  const { rooms } = await openRooms(t, await embedded(t));
  const code = { id: 'qr_1', external_id: 'shop', type: 'STATIC', qr_string: 'x' };
  // 250 payments, six in each millisecond.
  const payments = Array.from({ length: 250 }, (_, n) => ({
    id: `qrpy_${n}`,
    amount: 2_000,
    status: 'COMPLETED',
    created: `2024-01-01T00:00:00.${String(Math.floor(n / 6)).padStart(3, '0')}${(n % 6) + 1}00000Z`,
    qr_code: code,
  })).toReversed();
  const xendit = await playXendit(t, (response, { url }) => {
    const { pathname, searchParams } = new URL(url, 'http://xendit.test');
    if (pathname !== '/qr_codes/payments')
      return json(response, 200, { ...code, status: 'ACTIVE', created: '2024-01-01T00:00:00Z' });
    const to = searchParams.get('to')?.replace('Z', '000000Z') ?? '9';
    return json(
      response,
      200,
      payments.filter(({ created }) => created <= to).slice(0, Number(searchParams.get('limit'))),
    );
  });
  const client = openXendit({ baseUrl: xendit.url, secretKey: 'xnd_development_test', timeoutMs: 5_000 });
  t.after(() => client.close());
  const found = await allPages({ ...rooms, xendit: client }, { first: 100 });
  assert.deepEqual(
    found.map(({ id }) => id),
    payments.map(({ id }) => id),
  );
});
