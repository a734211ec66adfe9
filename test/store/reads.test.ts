import assert from 'node:assert/strict';
import type { Instant } from '../../src/model/instant.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Change } from '../../src/store/change-log.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { answered, delivered, openStore, payment, paymentKey, whenReleased } from './support.ts';

const start = { transaction: 0n, id: 0n };

function qrPayment(id: string, created: string, qrCodeId = 'qr_1'): Observation<'QrPayment'> {
  return {
    type: 'QrPayment',
    id,
    status: 'COMPLETED',
    updated: undefined,
    fields: { created: created as Instant, qrCodeId },
  };
}

function ids(resources: readonly Resource[]): string[] {
  return resources.map(({ id }) => id);
}

function described(changes: readonly Change[]): string[] {
  return changes.map(({ resource: { id }, version, kind }) => `${id} ${version} ${kind}`);
}

testOnEachDatabase('a resource is found by its id, and by the merchant’s name for it', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  const older: Instant = '2024-01-01T00:00:00.000000000Z' as Instant;
  const newer: Instant = '2024-01-02T00:00:00.000000000Z' as Instant;
  await ledger.observe(
    answered([
      payment('py-2', 'PENDING', { referenceId: 'order 1', created: newer }),
      payment('py-1', 'PENDING', {
        referenceId: 'order 1',
        created: older,
        amount: { amount: '9007199254740993', currency: 'IDR' },
      }),
    ]),
  );

  const found = (await reads.find(paymentKey('py-1')))?.resource;
  assert.deepEqual(found, {
    __typename: 'Payment',
    account: '',
    id: 'py-1',
    status: 'PENDING',
    version: 1,
    referenceId: 'order 1',
    created: older,
    amount: { amount: '9007199254740993', currency: 'IDR' },
  });
  assert.equal((await reads.findByReference('', 'Payment', 'order 1'))?.resource.id, 'py-2', 'the newest');
  assert.equal(await reads.findByReference('', 'Refund', 'order 1'), undefined);
  assert.equal(await reads.findByReference('', 'Payment', 'order'), undefined);
  assert.equal(await reads.find({ account: '', type: 'Refund', id: 'py-1' }), undefined);
  const names = ['order', 'order 1', 'order\0', 'order 1'];
  const many = await Promise.all(names.map((name) => reads.findByReference('', 'Payment', name)));
  assert.deepEqual(
    many.map((known) => known?.resource.id),
    [undefined, 'py-2', undefined, 'py-2'],
  );
  assert.equal(await reads.findByReference('other', 'Payment', 'order 1'), undefined);
});

testOnEachDatabase(
  'children are listed newest first, page by page, each once, also when made at the same time',
  async (t, place) => {
    const { ledger, reads } = await openStore(t, place);
    const times = ['01', '02', '02', '02', '03', '03'].map((second) => `2024-01-01T00:00:${second}Z`);
    const close = ['2024-01-01T00:00:04.000100Z', '2024-01-01T00:00:04.000200Z'];
    const made = [...times, ...close].map((created, index) => qrPayment(`qrpy_${index}`, created));
    await ledger.observe(answered([...made, qrPayment('qrpy_other', '2024-01-01T00:00:02Z', 'qr_2')]));

    const seen: string[] = [];
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const page = ids(await reads.children('', 'QrPayment', ['qr_1'], {}, 3, after));
      seen.push(...page);
      if (page.length < 3) break;
    }
    assert.deepEqual(seen, ['qrpy_7', 'qrpy_6', 'qrpy_5', 'qrpy_4', 'qrpy_3', 'qrpy_2', 'qrpy_1', 'qrpy_0']);
    const within = { from: new Date('2024-01-01T00:00:02Z'), to: new Date('2024-01-01T00:00:03Z') };
    const bounded = await reads.children('', 'QrPayment', ['qr_1'], within, 10);
    assert.deepEqual(ids(bounded), ['qrpy_5', 'qrpy_4', 'qrpy_3', 'qrpy_2', 'qrpy_1']);
    assert.deepEqual(ids(await reads.children('', 'QrPayment', ['qr_1'], within, 2, 'qrpy_4')), ['qrpy_3', 'qrpy_2']);
  },
);

testOnEachDatabase('a resource is read again only when it was written since', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  await ledger.observe(answered([payment('py-1', 'PENDING'), payment('py-2', 'PENDING')]));
  const [first, second] = await reads.findMany([paymentKey('py-1'), paymentKey('py-2')]);
  assert.ok(first && second);
  await ledger.observe(answered([payment('py-2', 'SUCCEEDED')]));
  const [same, other] = await Promise.all([reads.findSince(first), reads.findSince(second)]);
  assert.equal(same, first);
  assert.equal(other.resource.status, 'SUCCEEDED');
  assert.equal(await reads.findSince(other), other);
  // What an overtaken word adds is told in no version.
  await ledger.observe(answered([payment('py-2', 'PENDING', { referenceId: 'order 1' })]));
  const { resource } = await reads.findSince(other);
  assert.deepEqual(resource, { ...other.resource, referenceId: 'order 1' });
});

testOnEachDatabase('the children of several parents are one list, page by page', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  const made = ['qr_1', 'qr_2', 'qr_1', 'qr_3', 'qr_2', 'qr_1'].map((parent, index) =>
    qrPayment(`qrpy_${index}`, '2024-01-01T00:00:00Z', parent),
  );
  await ledger.observe(answered(made));
  const parents = ['qr_1', 'qr_2'];
  assert.deepEqual(ids(await reads.children('', 'QrPayment', parents, {}, 3)), ['qrpy_5', 'qrpy_4', 'qrpy_2']);
  assert.deepEqual(ids(await reads.children('', 'QrPayment', parents, {}, 3, 'qrpy_2')), ['qrpy_1', 'qrpy_0']);
  assert.deepEqual(await reads.children('', 'QrPayment', [], {}, 3), []);
});

testOnEachDatabase('many are found at once, in the order they are asked for, also twice', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  await ledger.observe(answered([payment('py-1', 'PENDING'), payment('py-2', 'SUCCEEDED')]));
  await ledger.observe(answered([payment('py-1', 'FAILED')], 'other'));
  const unkeepable = ['py-\u0000', 'py-\ud800'].map((id) => paymentKey(id));
  const keys = [paymentKey('py-2'), paymentKey('py-9'), paymentKey('py-1'), ...unkeepable, paymentKey('py-2')];
  const found = await reads.findMany([...keys, paymentKey('py-1', 'other'), paymentKey('py-2', 'other')]);
  assert.deepEqual(
    found.map((known) => known?.resource.status),
    ['SUCCEEDED', undefined, 'PENDING', undefined, undefined, 'SUCCEEDED', 'FAILED', undefined],
  );
  assert.deepEqual(found[0], await reads.find(paymentKey('py-2')));
  assert.deepEqual(await reads.findMany([]), []);
});

testOnEachDatabase('the log is read forwards after a version and backwards before one', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  for (const [second, status] of ['PENDING', 'AUTHORIZED', 'FAILED', 'SUCCEEDED'].entries()) {
    await ledger.observe(delivered(status, [payment('py-1', status, {}, second)]));
  }
  const key = paymentKey('py-1');
  const steps = (changes: Change[]) => changes.map(({ version, from, to }) => [version, from, to]);
  assert.deepEqual(steps(await reads.changesAfter(key, 1, 2)), [
    [2, 'PENDING', 'AUTHORIZED'],
    [3, 'AUTHORIZED', 'FAILED'],
  ]);
  assert.deepEqual(steps(await reads.changesAfter(key, 4, 2)), []);
  const [second] = await reads.changesAfter(key, 1, 1);
  assert.deepEqual(second?.occurredAt, new Date('2024-01-01T00:00:01Z'));
  assert.equal(second?.resource.status, 'AUTHORIZED');
});

testOnEachDatabase('activity is read both ways from any place, as far as the filter lets through', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  await ledger.observe(delivered('1', [payment('py-1', 'PENDING'), qrPayment('qrpy_1', '2024-01-01T00:00:00Z')]));
  await ledger.observe(delivered('2', [payment('py-1', 'SUCCEEDED')]));
  await ledger.observe(delivered('3', [payment('py-2', 'PENDING')]));
  const all = ['py-1 1 CREATED', 'qrpy_1 1 CREATED', 'py-1 2 STATUS_CHANGED', 'py-2 1 CREATED'];

  await eventually('all is released', async () => (await reads.activityAfter('', start, {}, 10)).length === all.length);
  await whenReleased(reads, '', all.length);
  const forwards = await reads.activityAfter('', start, {}, 10);
  assert.deepEqual(described(forwards), all);
  assert.deepEqual(described(await reads.activityBefore('', undefined, {}, 10)), all.toReversed());
  for (const [index, { place }] of forwards.entries()) {
    assert.deepEqual(described(await reads.activityAfter('', place, {}, 10)), all.slice(index + 1));
    assert.deepEqual(described(await reads.activityBefore('', place, {}, 10)), all.slice(0, index).toReversed());
  }
  assert.deepEqual(await reads.head(''), forwards.at(-1)?.place);
  assert.deepEqual(described(await reads.activityAfter('', start, {}, 1)), all.slice(0, 1));
  const filtered = async (filter: Parameters<typeof reads.activityAfter>[2]) =>
    described(await reads.activityAfter('', start, filter, 10));
  assert.deepEqual(await filtered({ types: ['QrPayment', 'Refund'] }), ['qrpy_1 1 CREATED']);
  assert.deepEqual(await filtered({ types: [] }), []);
  assert.deepEqual(await filtered({ kinds: ['STATUS_CHANGED'] }), ['py-1 2 STATUS_CHANGED']);
  assert.deepEqual(await filtered({ resourceId: 'py-1', kinds: ['CREATED'] }), ['py-1 1 CREATED']);
  assert.deepEqual(described(await reads.activityBefore('', undefined, { resourceId: 'py-2' }, 10)), [
    'py-2 1 CREATED',
  ]);
});

testOnEachDatabase('no read shows another account’s rows', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  const fields = { referenceId: 'order', paymentRequestId: 'pr-1' };
  const mine = await ledger.observe(delivered('mine', [payment('py-1', 'PENDING', fields)], {}, 'mine'));
  await ledger.observe(delivered('theirs', [payment('py-1', 'SUCCEEDED', fields)], {}, 'theirs'));
  await ledger.observe(delivered('theirs too', [payment('py-2', 'SUCCEEDED', fields)], {}, 'theirs'));

  await whenReleased(reads, 'theirs', 2);
  const known = await reads.find(paymentKey('py-1', 'mine'));
  assert.partialDeepStrictEqual(known?.resource, { account: 'mine', status: 'PENDING', version: 1 });
  assert.equal(await reads.find(paymentKey('py-2', 'mine')), undefined);
  assert.equal((await reads.findByReference('mine', 'Payment', 'order'))?.resource.id, 'py-1');
  assert.deepEqual(ids(await reads.children('mine', 'Payment', ['pr-1'], {}, 10)), ['py-1']);
  assert.equal((await reads.changesAfter(paymentKey('py-1', 'mine'), 0, 10)).length, 1);
  assert.equal((await reads.changesAfter(paymentKey('py-2', 'mine'), 0, 10)).length, 0);
  await eventually('it is released', async () => (await reads.activityAfter('mine', start, {}, 10)).length > 0);
  assert.deepEqual(described(await reads.activityAfter('mine', start, {}, 10)), ['py-1 1 CREATED']);
  assert.deepEqual(described(await reads.activityBefore('mine', undefined, {}, 10)), ['py-1 1 CREATED']);
  assert.deepEqual(
    (await reads.webhookEvents('mine', {}, 10)).map(({ id }) => id),
    [mine.eventId],
  );
  assert.equal(await reads.webhookEvent('theirs', mine.eventId ?? ''), undefined);
  assert.deepEqual(await reads.activityAfter('', start, {}, 10), []);
  assert.deepEqual(await reads.head(''), start);
});

testOnEachDatabase(
  'webhooks are listed newest first, page by page, also when they came at the same time',
  async (t, place) => {
    const { ledger, reads } = await openStore(t, place);
    const at = (second: number) => ({ receivedAt: new Date(Date.UTC(2024, 0, 1, 0, 0, second)) });
    for (const [index, second] of [0, 1, 1, 1, 2].entries()) {
      await ledger.observe(delivered(`${index}`, [payment(`py-${index}`, 'SUCCEEDED')], at(second)));
    }
    await ledger.observe(delivered('stale', [payment('py-0', 'PENDING')], { ...at(3), event: 'payment.failure' }));

    const whole = (await reads.webhookEvents('', {}, 10)).map(({ id }) => id);
    const paged: string[] = [];
    for (let page = ['']; page.length > 0; ) {
      page = (await reads.webhookEvents('', {}, 2, paged.at(-1))).map(({ id }) => id);
      paged.push(...page);
    }
    assert.deepEqual(paged, whole);
    assert.equal(new Set(whole).size, 6);
    const told = async (filter: Parameters<typeof reads.webhookEvents>[1]) =>
      (await reads.webhookEvents('', filter, 10)).map(({ body }) => Buffer.from(body).toString());
    assert.deepEqual(await told({ outcomes: ['STALE'] }), ['stale']);
    assert.deepEqual(await told({ outcomes: [] }), []);
    assert.deepEqual(await told({ event: 'payment.failure' }), ['stale']);
    assert.deepEqual(await told({ resourceId: 'py-0' }), ['stale', '0']);
  },
);

testOnEachDatabase('the database answers', async (t, place) => {
  const { reads } = await openStore(t, place);
  await reads.ping();
});
