import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Instant } from '../../src/model/instant.ts';
import type { Resource } from '../../src/model/resource.ts';
import { type Due, openDue } from '../../src/store/due.ts';
import { hasPostgres, postgres, type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { answered, delivered, openStore, payment, type Store } from './support.ts';

const leaseMs = 60_000;

interface Opened extends Store {
  due: Due;
}

async function openIt(t: TestContext, place: TestDatabase): Promise<Opened> {
  const store = await openStore(t, place);
  return { ...store, due: openDue(store.database) };
}

/** Sets when each payment is to be asked about, in seconds from now. */
async function setTimes({ database, ledger }: Store, seconds: Record<string, number | null>): Promise<void> {
  for (const [id, inSeconds] of Object.entries(seconds)) {
    await ledger.observe(answered([payment(id, 'PENDING')]));
    const askAt = inSeconds === null ? null : new Date(Date.now() + inSeconds * 1_000);
    await database.prisma.resource.updateMany({ where: { id }, data: { askAt } });
  }
}

/** When a payment is to be asked about, in milliseconds from now. */
async function dueInMs({ database }: Store, id: string): Promise<number | undefined> {
  const row = await database.prisma.resource.findFirst({ where: { id } });
  return row?.askAt ? row.askAt.getTime() - Date.now() : undefined;
}

async function claimed(due: Due, limit = 10): Promise<string[]> {
  return (await due.claim(limit, leaseMs)).map(({ resource }) => resource.id);
}

function isAbout(ms: number | undefined, expectedMs: number): boolean {
  return ms !== undefined && Math.abs(ms - expectedMs) < 2_000;
}

testOnEachDatabase('what is due is taken, the longest overdue first, and what is not due is left', async (t, place) => {
  const opened = await openIt(t, place);
  await setTimes(opened, { 'py-soon': 60, 'py-now': -1, 'py-long': -3_600, 'py-never': null, 'py-late': -60 });
  assert.deepEqual(await claimed(opened.due, 2).then((ids) => ids.toSorted()), ['py-late', 'py-long']);
  assert.deepEqual(await claimed(opened.due), ['py-now']);
  assert.deepEqual(await claimed(opened.due), []);
});

testOnEachDatabase(
  'what was taken is nobody else’s for as long as the lease, and anybody’s after it',
  async (t, place) => {
    const opened = await openIt(t, place);
    await setTimes(opened, { 'py-1': -1 });
    const [taken] = await opened.due.claim(10, leaseMs);
    assert.partialDeepStrictEqual(taken?.resource, {
      __typename: 'Payment',
      id: 'py-1',
      status: 'PENDING',
      account: '',
    });
    assert.ok(isAbout(await dueInMs(opened, 'py-1'), leaseMs));
    assert.deepEqual(await claimed(openDue(opened.database)), []);
    await setTimes(opened, { 'py-1': -1 });
    assert.deepEqual(await claimed(openDue(opened.database)), ['py-1']);
  },
);

testOnEachDatabase('of many who take at once, each gets its own, and none more than it asked for', async (t, place) => {
  const opened = await openIt(t, place);
  const ids = Array.from({ length: 40 }, (_, n) => `py-${n}`);
  await setTimes(opened, Object.fromEntries(ids.map((id, n) => [id, -1 - n])));
  const batches = await Promise.all(Array.from({ length: 10 }, () => claimed(opened.due, 3)));
  for (const batch of batches) assert.ok(batch.length <= 3, `${batch.length} of 3`);
  const taken = batches.flat();
  assert.equal(new Set(taken).size, taken.length, 'none twice');
  for (;;) {
    const rest = await claimed(opened.due);
    if (rest.length === 0) break;
    taken.push(...rest);
  }
  assert.deepEqual(taken.toSorted(), ids.toSorted());
});

testOnEachDatabase(
  'when it was made comes with it: Xendit’s word, or else when it was first heard of',
  async (t, place) => {
    const opened = await openIt(t, place);
    const created = '2024-01-01T00:00:00Z' as Instant;
    await opened.ledger.observe(answered([payment('py-told', 'PENDING', { created })]));
    await setTimes(opened, { 'py-told': -1, 'py-untold': -1 });
    const taken = await opened.due.claim(10, leaseMs);
    const createdAt = (id: string) =>
      taken.find(({ resource }) => resource.id === id)?.createdAt.getTime() ?? assert.fail();
    assert.equal(createdAt('py-told'), Date.parse(created));
    assert.ok(isAbout(createdAt('py-untold') - Date.now(), 0));
  },
);

testOnEachDatabase('what is put off comes when it is told to, or never', async (t, place) => {
  const opened = await openIt(t, place);
  await setTimes(opened, { 'py-1': -1, 'py-2': -1, 'py-3': -1 });
  const taken = await opened.due.claim(10, leaseMs);
  const find = (id: string): Resource => taken.find(({ resource }) => resource.id === id)?.resource ?? assert.fail(id);
  await opened.due.putOff(find('py-1'), new Date(Date.now() - 1));
  await opened.due.putOff(find('py-2'), undefined);
  assert.deepEqual(await claimed(opened.due), ['py-1']);
  assert.equal(await dueInMs(opened, 'py-2'), undefined);
  assert.ok(isAbout(await dueInMs(opened, 'py-3'), leaseMs));
});

testOnEachDatabase('what a webhook asks is asked at once, and only asking puts it off', async (t, place) => {
  const opened = await openIt(t, place);
  const { ledger, due, database } = opened;
  const created = '2024-01-01T00:00:00Z' as Instant;
  await ledger.observe(answered([payment('py-1', 'PENDING', { created })]));
  await ledger.observe(answered([payment('py-2', 'SUCCEEDED', { created })]));
  const question = (id: string) => delivered(id, [{ ...payment(id, 'UNKNOWN'), isQuestion: true }]);
  const observedAt = async () => (await database.prisma.resource.findFirst({ where: { id: 'py-1' } }))?.observedAt;
  const before = await observedAt();
  await Promise.all([
    ledger.observe(question('py-1')),
    ledger.observe(question('py-2')),
    ledger.observe(delivered('pending', [payment('py-1', 'PENDING', { description: 'in the same group' }, 1)])),
  ]);
  assert.deepEqual(await observedAt(), before, 'it is no word on the present');
  await ledger.observe(answered([payment('py-1', 'PENDING', { description: 'asked before' }, 2)]));
  await ledger.observe(answered([payment('py-2', 'SUCCEEDED', { description: 'settled' }, 2)]));
  const taken = await due.claim(10, leaseMs);
  assert.deepEqual(taken.map(({ resource }) => resource.id).toSorted(), ['py-1', 'py-2']);

  await ledger.observe(question('py-1'));
  for (const { resource } of taken) await due.putOff(resource, new Date(Date.now() + leaseMs));
  assert.deepEqual(await claimed(due), ['py-1'], 'asked again while the answer was on its way');
  await ledger.observe(answered([payment('py-1', 'SUCCEEDED', {}, 3)]));
  assert.equal(await dueInMs(opened, 'py-1'), undefined);
});

testOnEachDatabase('an observation says when it is due next, and nothing is once it is settled', async (t, place) => {
  const opened = await openIt(t, place);
  const { ledger } = opened;
  const created = new Date().toISOString() as Instant;
  const fields = { created };
  await ledger.observe(answered([payment('py-1', 'PENDING', fields)]));
  assert.ok(isAbout(await dueInMs(opened, 'py-1'), 4_000));
  await ledger.observe(answered([payment('py-1', 'FAILED', fields)]));
  assert.ok(isAbout(await dueInMs(opened, 'py-1'), 3_600_000));
  await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED', fields)]));
  assert.equal(await dueInMs(opened, 'py-1'), undefined);
});

testOnEachDatabase(
  'two webhooks that disagree are for Xendit to decide at once, and its own word is not doubted',
  async (t, place) => {
    const opened = await openIt(t, place);
    const { ledger } = opened;
    const created = new Date().toISOString() as Instant;
    const fields = { created };
    await ledger.observe(delivered('failed', [payment('py-1', 'FAILED', fields, 1)]));
    await ledger.observe(delivered('expired', [payment('py-1', 'EXPIRED', fields, 2)]));
    assert.deepEqual(await claimed(opened.due), ['py-1']);
    await ledger.observe(answered([payment('py-1', 'FAILED', fields, 1)]));
    assert.ok(isAbout(await dueInMs(opened, 'py-1'), 3_600_000));
  },
);

testOnEachDatabase('what Xendit never dates grows old from when it was first heard of', async (t, place) => {
  const opened = await openIt(t, place);
  const undated = answered([{ type: 'Refund', id: 'qrrf_1', status: 'PENDING', updated: undefined, fields: {} }]);
  await opened.ledger.observe(undated);
  assert.ok(isAbout(await dueInMs(opened, 'qrrf_1'), 4_000));
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await opened.database.prisma.resource.updateMany({ where: { id: 'qrrf_1' }, data: { createdAt: anHourAgo } });
  await opened.ledger.observe(undated);
  assert.ok(isAbout(await dueInMs(opened, 'qrrf_1'), 120_000));
});

test('two instances never have the same resource within its lease, however they hurry', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [one, other] = [await openIt(t, place), await openIt(t, place)];
  const ids = Array.from({ length: 60 }, (_, n) => `py-${n}`);
  await setTimes(one, Object.fromEntries(ids.map((id, n) => [id, -1 - n])));
  const takeAll = async (due: Due) => {
    const taken: string[] = [];
    for (let batch = await claimed(due, 3); batch.length > 0; batch = await claimed(due, 3)) taken.push(...batch);
    return taken;
  };
  const each = await Promise.all([one, other, one, other].map(({ due }) => takeAll(due)));
  // Whoever comes while the last are being taken finds none left; nobody finds one twice.
  const rest = await takeAll(other.due);
  assert.deepEqual([...each.flat(), ...rest].toSorted(), ids.toSorted());
});

test('an instance whose clock is ten minutes off takes nothing that another has', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [one, other] = [await openIt(t, place), await openIt(t, place)];
  await setTimes(one, { 'py-1': -1, 'py-2': 60 });
  assert.deepEqual(await claimed(one.due), ['py-1']);
  for (const offMs of [600_000, -600_000]) {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + offMs });
    assert.deepEqual(await claimed(other.due), []);
    t.mock.timers.reset();
  }
});

test('what an instance had when it died another takes after the lease, and not before', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [dying, heir] = [await openIt(t, place), await openIt(t, place)];
  await setTimes(dying, { 'py-1': -1 });
  const takenAt = performance.now();
  const [taken] = await dying.due.claim(10, 300);
  assert.equal(taken?.resource.id, 'py-1');
  await eventually('the heir has it', async () => (await claimed(heir.due)).includes('py-1'));
  assert.ok(performance.now() - takenAt >= 300);
  assert.deepEqual(await claimed(dying.due), []);
});
