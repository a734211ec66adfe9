import assert from 'node:assert/strict';
import { type OnceClaim, openOnceKeys } from '../../src/store/once-keys.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { open } from './support.ts';

function claimOf(more: Partial<OnceClaim> = {}): OnceClaim {
  return { account: '', operation: 'createQrCode', key: 'key', fingerprint: 'input', reference: 'order-1', ...more };
}

testOnEachDatabase('of twenty who claim a key at once, one gets it', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  const standings = await Promise.all(Array.from({ length: 20 }, () => keys.claim(claimOf())));
  assert.deepEqual(standings.map(({ state }) => state).sort(), ['MINE', ...Array(19).fill('STARTED')]);
  const [started] = standings.filter(({ state }) => state === 'STARTED');
  assert.partialDeepStrictEqual(started, { reference: 'order-1' });
  const ageMs = Date.now() - (started && 'startedAt' in started ? started.startedAt.getTime() : 0);
  assert.ok(ageMs >= 0 && ageMs < 10_000, `${ageMs} ms`);
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
  assert.partialDeepStrictEqual(await keys.claim(claimOf()), { state: 'LOST', reference: 'order-1' });
  await keys.finish(claimOf(), 'qr_1');
  assert.equal((await keys.claim(claimOf())).state, 'DONE');
});

testOnEachDatabase('a key that is given back is anybody’s, for any input', async (t, place) => {
  const keys = openOnceKeys(await open(t, place));
  await keys.claim(claimOf());
  await keys.release(claimOf());
  assert.deepEqual(await keys.claim(claimOf({ fingerprint: 'other input' })), { state: 'MINE' });
});
