import assert from 'node:assert/strict';
import { inputOf, type OnceClaim, type OnceKeys, openOnceKeys } from '../../src/store/once-keys.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { open } from './support.ts';

function claimOf(more: Partial<OnceClaim> = {}): OnceClaim {
  return {
    account: '',
    operation: 'createQrCode',
    key: 'key',
    fingerprint: 'input',
    reference: 'order-1',
    input: '{"amount":9007199254740993}',
    ...more,
  };
}

const longAgo = new Date('2020-01-01T00:00:00Z');
const later = () => new Date(Date.now() + 60_000);

/** How a key without an end stands. */
async function unfinished(keys: OnceKeys, claim: OnceClaim): Promise<{ startedAt: Date; updatedAt: Date }> {
  const standing = await keys.claim(claim);
  return 'startedAt' in standing ? standing : assert.fail(standing.state);
}

testOnEachDatabase('of twenty who claim a key at once, one gets it', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  const standings = await Promise.all(Array.from({ length: 20 }, () => keys.claim(claimOf())));
  assert.deepEqual(standings.map(({ state }) => state).sort(), ['MINE', ...Array(19).fill('STARTED')]);
  const { startedAt, updatedAt } = await unfinished(keys, claimOf());
  const ageMs = Date.now() - startedAt.getTime();
  assert.ok(ageMs >= 0 && ageMs < 10_000, `${ageMs} ms`);
  assert.deepEqual(updatedAt, startedAt);
});

testOnEachDatabase('a key stands for one input, whatever became of it', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  const other = claimOf({ fingerprint: 'other input' });
  await keys.claim(claimOf());
  assert.deepEqual(await keys.claim(other), { state: 'OTHER' });
  await keys.lose(claimOf());
  assert.deepEqual(await keys.claim(other), { state: 'OTHER' });
  await keys.finish(claimOf(), 'qr_1');
  assert.deepEqual(await keys.claim(other), { state: 'OTHER' });
});

testOnEachDatabase('the same key is free in another account and for another operation', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  for (const claim of [claimOf(), claimOf({ account: 'other' }), claimOf({ operation: 'createRefund' })]) {
    assert.deepEqual(await keys.claim(claim), { state: 'MINE' });
  }
});

testOnEachDatabase('a key that is done says what came of it, and can’t be given back', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  await keys.claim(claimOf());
  await keys.finish(claimOf(), 'qr_1');
  await keys.release(claimOf());
  assert.deepEqual(await keys.claim(claimOf()), { state: 'DONE', resourceId: 'qr_1' });
});

testOnEachDatabase('a key that is lost says so, until it is done', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  await keys.claim(claimOf());
  await keys.lose(claimOf());
  assert.equal((await keys.claim(claimOf())).state, 'LOST');
  await keys.finish(claimOf(), 'qr_1');
  assert.equal((await keys.claim(claimOf())).state, 'DONE');
});

testOnEachDatabase('a key that is given back is anybody’s, for any input', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  await keys.claim(claimOf());
  await keys.release(claimOf());
  assert.deepEqual(await keys.claim(claimOf({ fingerprint: 'other input' })), { state: 'MINE' });
});

testOnEachDatabase(
  'of twenty who retake a key at once, one gets it, and none again by the same word',
  async (t, place) => {
    const keys = openOnceKeys(await open(t, place));
    await keys.claim(claimOf());
    await keys.lose(claimOf());
    const { startedAt, updatedAt } = await unfinished(keys, claimOf());
    const taken = await Promise.all(Array.from({ length: 20 }, () => keys.retake(claimOf(), updatedAt)));
    assert.deepEqual(taken.toSorted(), [...Array(19).fill(false), true]);
    assert.equal(await keys.retake(claimOf(), updatedAt), false);
    const standing = await keys.claim(claimOf());
    assert.partialDeepStrictEqual(standing, { state: 'STARTED', startedAt }, 'it began when it first did');
  },
);

testOnEachDatabase('retaking is never the same moment again, even when the clock says so', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  await keys.claim(claimOf());
  const { updatedAt } = await unfinished(keys, claimOf());
  assert.equal(await keys.retake(claimOf(), updatedAt), true);
  assert.equal(await keys.retake(claimOf(), updatedAt), false);
});

testOnEachDatabase('what is done can be neither retaken, nor lost, nor put off', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  await keys.claim(claimOf());
  const { updatedAt } = await unfinished(keys, claimOf());
  await keys.finish(claimOf(), 'qr_1');
  assert.equal(await keys.retake(claimOf(), updatedAt), false);
  await keys.lose(claimOf());
  await keys.putOff(claimOf(), updatedAt);
  assert.deepEqual(await keys.claim(claimOf()), { state: 'DONE', resourceId: 'qr_1' });
});

testOnEachDatabase('whoever is late does nothing to a key that stands for another input by now', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  const other = claimOf({ fingerprint: 'other input' });
  await keys.claim(claimOf());
  await keys.release(claimOf());
  await keys.claim(other);
  const { updatedAt } = await unfinished(keys, other);
  await keys.finish(claimOf(), 'qr_1');
  await keys.lose(claimOf());
  await keys.release(claimOf());
  await keys.putOff(claimOf(), updatedAt);
  assert.equal(await keys.retake(claimOf(), updatedAt), false);
  assert.partialDeepStrictEqual(await keys.claim(other), { state: 'STARTED', updatedAt });
});

testOnEachDatabase(
  'a resource is another’s when another key of the same operation has come to it',
  async (t, place) => {
    const keys = openOnceKeys(await open(t, place));
    await keys.claim(claimOf());
    await keys.finish(claimOf(), 'qr_1');
    assert.equal(await keys.isAnothers(claimOf(), 'qr_1'), false);
    assert.equal(await keys.isAnothers(claimOf({ key: 'second' }), 'qr_1'), true);
    assert.equal(await keys.isAnothers(claimOf({ key: 'second' }), 'qr_2'), false);
    assert.equal(await keys.isAnothers(claimOf({ key: 'second', account: 'other' }), 'qr_1'), false);
    assert.equal(await keys.isAnothers(claimOf({ key: 'second', operation: 'createRefund' }), 'qr_1'), false);
  },
);

testOnEachDatabase('of twenty keys that come to one resource at once one takes it, and keeps it', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  const claims = Array.from({ length: 20 }, (_, n) => claimOf({ key: `key ${n}` }));
  for (const claim of claims) await keys.claim(claim);
  const taken = await Promise.all(claims.map((claim) => keys.take(claim, 'qr_1')));
  assert.equal(taken.filter((isTaken) => isTaken).length, 1);
  const first = claims[taken.indexOf(true)] ?? assert.fail();
  assert.equal(await keys.take(first, 'qr_1'), true);
  assert.equal(await keys.take(first, 'qr_2'), false, 'it has come to something');
  assert.deepEqual(await keys.claim(first), { state: 'DONE', resourceId: 'qr_1' });
  const other = claims.find((claim) => claim !== first) ?? assert.fail();
  assert.equal((await keys.claim(other)).state, 'STARTED');
  assert.equal(await keys.take(other, 'qr_2'), true);
  assert.equal(await keys.take(claimOf({ key: 'nobody has claimed' }), 'qr_3'), false);
});

testOnEachDatabase('the rivals of a key are the others of its reference without an end', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  const [own, lost, done, back] = ['own', 'lost', 'done', 'back'].map((key) => claimOf({ key })) as [
    OnceClaim,
    OnceClaim,
    OnceClaim,
    OnceClaim,
  ];
  const session = claimOf({ key: 'own', operation: 'createPaymentSession' });
  const others = [claimOf({ key: 'a', account: 'other' }), claimOf({ key: 'b', reference: 'order-2' })];
  for (const claim of [own, lost, done, back, session, ...others]) await keys.claim(claim);
  await keys.lose(lost);
  await keys.finish(done, 'qr_1');
  await keys.release(back);
  const found = await keys.rivals(own);
  assert.deepEqual(
    found.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    [lost, session],
  );
});

testOnEachDatabase('what was lost is looked for less and less, as it ages', async (t, place) => {
  const database = await open(t, place);
  const keys = openOnceKeys(database);
  await keys.claim(claimOf());
  await keys.lose(claimOf());
  const hourMs = 3_600_000;
  const isOpenAt = async (age: number, sinceLooked: number) => {
    const now = Date.now();
    const data = { startedAt: new Date(now - age), updatedAt: new Date(now - sinceLooked) };
    await database.prisma.onceKey.updateMany({ data });
    return (await keys.open(longAgo, 10)).length === 1;
  };
  assert.deepEqual([await isOpenAt(hourMs, hourMs / 5), await isOpenAt(hourMs, hourMs / 4)], [false, true]);
  assert.deepEqual([await isOpenAt(40 * hourMs, 9 * hourMs), await isOpenAt(40 * hourMs, 10 * hourMs)], [false, true]);
});

testOnEachDatabase('a key that was lost outlasts its time while a younger rival has no end', async (t, place) => {
  const database = await open(t, place);
  const keys = openOnceKeys(database);
  const [older, younger] = ['older', 'younger'].map((key) => claimOf({ key })) as [OnceClaim, OnceClaim];
  for (const claim of [older, younger]) await keys.claim(claim);
  await keys.lose(older);
  const before = new Date(Date.now() - 1_000);
  await database.prisma.onceKey.updateMany({ where: { key: 'older' }, data: { startedAt: longAgo } });
  await keys.forget(before);
  assert.equal((await keys.claim(older)).state, 'LOST');
  await keys.finish(younger, 'qr_1');
  await keys.forget(before);
  assert.equal((await keys.claim(older)).state, 'MINE');
});

testOnEachDatabase('keys without an end are told with their input, the longest untouched first', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  const named = ['done', 'lost', 'started', 'given back'].map((key) => claimOf({ key }));
  const [done, lost, started, givenBack] = named as [OnceClaim, OnceClaim, OnceClaim, OnceClaim];
  for (const claim of named) await keys.claim(claim);
  await keys.finish(done, 'qr_1');
  await keys.release(givenBack);
  await keys.lose(lost);
  const keysOf = async (startedBefore: Date, limit = 10) =>
    (await keys.open(startedBefore, limit)).map(({ claim }) => claim.key);

  assert.deepEqual(await keysOf(longAgo), ['lost'], 'what was begun just now may be under way');
  assert.deepEqual((await keysOf(later())).toSorted(), ['lost', 'started']);
  const [first] = await keys.open(later(), 1);
  assert.deepEqual(first?.claim, started.key === first?.claim.key ? started : lost);
  assert.equal(JSON.stringify(inputOf(first?.claim ?? assert.fail())), '{"amount":9007199254740993}');
});

testOnEachDatabase(
  'a key that is put off is lost, and stands behind the others; one that moved stays',
  async (t, place) => {
    const keys = openOnceKeys(await open(t, place));
    const claims = ['a', 'b', 'c'].map((key) => claimOf({ key }));
    for (const claim of claims) await keys.claim(claim);
    const [first = assert.fail(), second = assert.fail()] = await keys.open(later(), 10);
    await keys.putOff(first.claim, first.updatedAt);
    assert.equal((await keys.claim(first.claim)).state, 'LOST');
    assert.equal((await keys.open(later(), 10)).at(-1)?.claim.key, first.claim.key);

    await keys.retake(second.claim, second.updatedAt);
    await keys.putOff(second.claim, second.updatedAt);
    assert.equal((await keys.claim(second.claim)).state, 'STARTED', 'somebody is at it');
  },
);

testOnEachDatabase('of many who seek a key one gets it, and nobody else until its time is over', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  await keys.claim(claimOf());
  await keys.lose(claimOf());
  const [known = assert.fail()] = await keys.open(later(), 10);
  const sought = await Promise.all(Array.from({ length: 10 }, () => keys.seek(known.claim, known.updatedAt, 60_000)));
  const [until = assert.fail(), ...others] = sought.filter((one) => one !== undefined);
  assert.deepEqual(others, []);
  assert.ok(until.getTime() > Date.now() + 50_000);
  assert.deepEqual(await keys.open(later(), 10), []);
  assert.equal((await keys.claim(claimOf())).state, 'LOST', 'its caller may go on as before');

  await keys.putOff(known.claim, until);
  const [again = assert.fail()] = await keys.open(later(), 10);
  await keys.finish(claimOf(), 'qr_1');
  assert.equal(await keys.seek(again.claim, again.updatedAt, 60_000), undefined, 'it is done');
});

testOnEachDatabase('only what is done or lost is forgotten, and only past its time', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  const [done, lost, started] = ['done', 'lost', 'started'].map((key) => claimOf({ key, reference: key })) as [
    OnceClaim,
    OnceClaim,
    OnceClaim,
  ];
  for (const claim of [done, lost, started]) await keys.claim(claim);
  await keys.finish(done, 'qr_1');
  await keys.lose(lost);
  const states = async () => Promise.all([done, lost, started].map(async (claim) => (await keys.claim(claim)).state));

  await keys.forget(longAgo);
  assert.deepEqual(await states(), ['DONE', 'LOST', 'STARTED']);
  await keys.forget(later());
  assert.deepEqual(await states(), ['MINE', 'MINE', 'STARTED']);
});
