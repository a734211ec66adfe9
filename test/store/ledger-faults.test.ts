import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instant } from '../../src/model/instant.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Database } from '../../src/store/database.ts';
import { hasPostgres, postgres, testOnEachDatabase } from '../support/database.ts';
import { answered, delivered, openSession, openStore, payment, paymentKey } from './support.ts';

const noDate = 'no date that Postgres knows' as Instant;
const endless: JsonObject = {};
endless.itself = endless;

testOnEachDatabase(
  'a report that can’t be taken in is kept as FAILED, and its neighbours are committed',
  async (t, place) => {
    const { ledger, reads } = await openStore(t, place);
    const outcomes = await Promise.all([
      ledger.observe(delivered('first', [payment('py-1', 'PENDING')])),
      ledger.observe(delivered('refused', [payment('py-2', 'PENDING', { created: noDate })])),
      ledger.observe(delivered('endless', [payment('py-3', 'PENDING', { metadata: endless })])),
      ledger.observe(
        delivered('half', [payment('py-4', 'PENDING'), payment('py-5', 'PENDING', { metadata: endless })]),
      ),
      ledger.observe(delivered('last', [payment('py-1', 'SUCCEEDED')])),
    ]);

    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['APPLIED', 'FAILED', 'FAILED', 'FAILED', 'APPLIED'],
    );
    for (const id of ['py-2', 'py-3', 'py-4', 'py-5']) assert.equal(await reads.find(paymentKey(id)), undefined);
    assert.equal((await reads.find(paymentKey('py-1')))?.resource.version, 2);
    const failed = await reads.webhookEvents('', { outcomes: ['FAILED'] }, 10);
    assert.deepEqual(failed.map(({ body }) => Buffer.from(body).toString()).sort(), ['endless', 'half', 'refused']);
    assert.match(failed.map(({ reason }) => reason).join(), /invalid input syntax for type timestamp/);
    assert.match(failed.map(({ reason }) => reason).join(), /circular structure/);
  },
);

testOnEachDatabase('an answer that can’t be taken in is refused alone', async (t, place) => {
  const { ledger } = await openStore(t, place);
  const outcomes = await Promise.allSettled([
    ledger.observe(delivered('first', [payment('py-1', 'PENDING')])),
    ledger.observe(answered([payment('py-2', 'PENDING', { metadata: endless })])),
    ledger.observe(answered([payment('py-3', 'PENDING', { created: noDate })])),
    ledger.observe(answered([payment('py-1', 'SUCCEEDED')])),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.outcome : outcome.reason.code)),
    ['APPLIED', 'STORE_UNAVAILABLE', 'STORE_UNAVAILABLE', 'APPLIED'],
  );
});

testOnEachDatabase('a delivery that failed is applied when it comes again after the mending', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED', { created: noDate })]));
  const mended = await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  assert.equal(mended.outcome, 'APPLIED');
  const event = await reads.webhookEvent('', mended.eventId ?? '');
  assert.partialDeepStrictEqual(event, { outcome: 'APPLIED', reason: undefined, deliveries: 2 });
});

testOnEachDatabase('text that Postgres can’t hold is whole in what the graph shows', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  const fields = {
    referenceId: `order\u0000\ud800${'😀'.repeat(600)}`,
    channelCode: '\u0000',
    description: 'lone \udc00 and NUL \u0000',
    metadata: { '\ud800\u0000': '\udfff' },
  };
  const more = { event: 'payment.\u0000', businessId: '\ud800' };
  const { outcome } = await ledger.observe(delivered('odd', [payment('py-1', 'PENDING', fields)], more));
  assert.equal(outcome, 'APPLIED');
  assert.partialDeepStrictEqual((await reads.find(paymentKey('py-1')))?.resource, fields);
  const [change] = await reads.changesAfter(paymentKey('py-1'), 0, 1);
  assert.partialDeepStrictEqual(change?.resource, fields);
});

/** Makes the database refuse to log changes, the first few times or for ever. */
async function refuseChanges({ prisma }: Database, sqlState: string, times: number): Promise<() => Promise<number>> {
  await prisma.$executeRawUnsafe('CREATE SEQUENCE attempts');
  await prisma.$executeRawUnsafe(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('attempts') <= ${times} THEN RAISE EXCEPTION 'not now' USING ERRCODE = '${sqlState}'; END IF;
    RETURN NEW; END $$`);
  await prisma.$executeRawUnsafe(
    'CREATE TRIGGER refuse BEFORE INSERT ON "Change" FOR EACH ROW EXECUTE FUNCTION refuse()',
  );
  return async () => {
    const [row] = await prisma.$queryRawUnsafe<{ last_value: bigint }[]>('SELECT last_value FROM attempts');
    return Number(row?.last_value);
  };
}

for (const [sqlState, name] of [
  ['40001', 'serialization failure'],
  ['40P01', 'deadlock'],
] as const) {
  testOnEachDatabase(`a ${name} is tried again until it passes`, async (t, place) => {
    const { database, ledger } = await openStore(t, place);
    const attempts = await refuseChanges(database, sqlState, 5);
    assert.equal((await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]))).outcome, 'APPLIED');
    assert.equal(await attempts(), 6);
  });
}

testOnEachDatabase('a deadlock that doesn’t pass is STORE_UNAVAILABLE after five more attempts', async (t, place) => {
  const { database, ledger, reads } = await openStore(t, place);
  const attempts = await refuseChanges(database, '40P01', 1_000);
  const observed = ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  await assert.rejects(observed, { code: 'STORE_UNAVAILABLE' });
  assert.equal(await attempts(), 6);
  assert.deepEqual(await reads.webhookEvents('', {}, 10), []);
});

testOnEachDatabase('a fault of the database that isn’t the data’s is not tried again', async (t, place) => {
  const { database, ledger } = await openStore(t, place);
  const attempts = await refuseChanges(database, '53100', 1_000);
  const reports = ['a', 'b'].map((id) => ledger.observe(delivered(id, [payment(id, 'SUCCEEDED')])));
  for (const observed of reports) await assert.rejects(observed, { code: 'STORE_UNAVAILABLE' });
  assert.equal(await attempts(), 1);
});

testOnEachDatabase('a report that is refused costs its neighbours few attempts', async (t, place) => {
  const { database, ledger } = await openStore(t, place);
  const { prisma } = database;
  await prisma.$executeRawUnsafe('CREATE SEQUENCE attempts');
  await prisma.$executeRawUnsafe(`CREATE FUNCTION note_attempt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM nextval('attempts'); RETURN NULL; END $$`);
  await prisma.$executeRawUnsafe(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW."resourceId" = 'poison' THEN RAISE EXCEPTION 'poison' USING ERRCODE = '22000'; END IF; RETURN NEW; END $$`);
  await prisma.$executeRawUnsafe(
    'CREATE TRIGGER note_attempt BEFORE INSERT ON "Change" FOR EACH STATEMENT EXECUTE FUNCTION note_attempt()',
  );
  await prisma.$executeRawUnsafe(
    'CREATE TRIGGER refuse BEFORE INSERT ON "Change" FOR EACH ROW EXECUTE FUNCTION refuse()',
  );
  const ids = Array.from({ length: 64 }, (_, index) => (index === 40 ? 'poison' : `py-${index}`));
  const receipts = await Promise.all(ids.map((id) => ledger.observe(delivered(id, [payment(id, 'SUCCEEDED')]))));
  assert.deepEqual(
    receipts.map(({ outcome }) => outcome),
    ids.map((id) => (id === 'poison' ? 'FAILED' : 'APPLIED')),
  );
  const [row] = await prisma.$queryRawUnsafe<{ last_value: bigint }[]>('SELECT last_value FROM attempts');
  assert.ok(Number(row?.last_value) <= 16, `${row?.last_value} attempts`);
});

test('of those who wait for one held resource only the first waits again, and the others don’t wait for them', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const { ledger } = await openStore(t, place);
  await ledger.observe(delivered('known', [payment('py-held', 'PENDING')]));
  const holder = await openSession(t, place.environment.DATABASE_URL);
  await holder.query('BEGIN; SELECT 1 FROM "Resource" FOR UPDATE');
  const began = performance.now();
  const others = Array.from({ length: 10 }, (_, index) =>
    ledger.observe(delivered(`other ${index}`, [payment(`py-${index}`, 'SUCCEEDED')])),
  );
  const held = Array.from({ length: 20 }, (_, index) =>
    ledger.observe(delivered(`held ${index}`, [payment('py-held', 'PENDING', { description: `${index}` }, index)])),
  );
  const outcomes = await Promise.allSettled([...held, ...others]);
  const waitedMs = performance.now() - began;
  assert.ok(waitedMs < 4_000, `${waitedMs} ms`);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    [...held.map(() => 'rejected'), ...others.map(() => 'fulfilled')],
  );
  await holder.query('ROLLBACK');
  const again = await ledger.observe(delivered('held 0', [payment('py-held', 'PENDING', { description: '0' })]));
  assert.equal(again.outcome, 'APPLIED');
});
