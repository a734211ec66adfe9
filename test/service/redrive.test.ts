import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import pino from 'pino';
import type { JsonObject } from '../../src/model/json.ts';
import { type RedriveOptions, redriveWebhookEvent, startRedriving } from '../../src/service/redrive.ts';
import type { Rooms } from '../../src/service/rooms.ts';
import type { Database } from '../../src/store/database.ts';
import { type Inbox, openInbox } from '../../src/store/inbox.ts';
import type { WebhookEvent } from '../../src/store/reads.ts';
import { knowsEvent, readEvent } from '../../src/webhook/event.ts';
import { type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { qrPayment } from '../support/samples.ts';
import { openRooms } from './support.ts';

interface Opened {
  rooms: Rooms;
  database: Database;
  inbox: Inbox;
  /** What the log said of errors. */
  errors: string[];
  deliver(body: JsonObject): Promise<{ outcome: string; id: string }>;
  start(options?: Partial<RedriveOptions>): () => Promise<void>;
  event(id: string): Promise<WebhookEvent>;
  /** How many changes were made of a payment. */
  changesOf(paymentId: string): Promise<number>;
}

async function openRedriving(t: TestContext, place: TestDatabase): Promise<Opened> {
  const { rooms, database } = await openRooms(t, place);
  const inbox = openInbox(database);
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => errors.push(line) });
  return {
    rooms,
    database,
    inbox,
    errors,
    async deliver(body) {
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      const report = readEvent({ account: '', webhookId: undefined, body: bytes, receivedAt: new Date() });
      const { outcome, eventId } = await rooms.ledger.observe(report);
      return { outcome, id: eventId ?? assert.fail() };
    },
    start(options = {}) {
      const common = { everyMs: 10, batchSize: 100, attempts: 10, pauseMs: 1, log };
      const stop = startRedriving(rooms, inbox, knowsEvent, { ...common, ...options });
      t.after(stop);
      return stop;
    },
    event: async (id) => (await rooms.reads.webhookEvent('', id)) ?? assert.fail(`no event ${id}`),
    changesOf: async (id) => (await rooms.reads.changesAfter({ account: '', type: 'QrPayment', id }, 0, 100)).length,
  };
}

const counter = { id: 'qr_1', externalId: 'counter' };
const poisoned = (id: string) => qrPayment(counter, id, { payment_details: { receipt_id: 'R-1', source: 'POISON' } });

/** A fault of ours: whatever has to do with poison can't be written. Returns what mends it. */
async function breakOn({ prisma }: Database): Promise<() => Promise<unknown>> {
  await prisma.$executeRawUnsafe(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.snapshot LIKE '%POISON%' THEN RAISE EXCEPTION 'poison' USING ERRCODE = '22000'; END IF;
    RETURN NEW; END $$`);
  await prisma.$executeRawUnsafe(
    'CREATE TRIGGER refuse BEFORE INSERT ON "Change" FOR EACH ROW EXECUTE FUNCTION refuse()',
  );
  return () => prisma.$executeRawUnsafe('DROP TRIGGER refuse ON "Change"');
}

testOnEachDatabase(
  'what failed is read again until the fault is mended, and then takes effect once',
  async (t, place) => {
    const opened = await openRedriving(t, place);
    const mend = await breakOn(opened.database);
    const { outcome, id } = await opened.deliver(poisoned('qrpy_1'));
    assert.equal(outcome, 'FAILED');
    opened.start();
    await eventually('it is read again', async () => (await opened.event(id)).attempts >= 2);
    assert.equal((await opened.event(id)).outcome, 'FAILED');
    await mend();
    await eventually('it is applied', async () => (await opened.event(id)).outcome === 'APPLIED', 20_000);
    const event = await opened.event(id);
    assert.partialDeepStrictEqual(event, { reason: undefined, retryAt: undefined, deliveries: 1 });
    assert.deepEqual(event.subject, { type: 'QrPayment', id: 'qrpy_1' });
    assert.equal(await opened.changesOf('qrpy_1'), 1);
    assert.equal((await opened.deliver(poisoned('qrpy_1'))).outcome, 'DUPLICATE');
    assert.equal(await opened.changesOf('qrpy_1'), 1);
    assert.deepEqual(opened.errors, []);
  },
);

testOnEachDatabase(
  'what fails again and again is given up, told once, and keeps nothing else from going on',
  async (t, place) => {
    const opened = await openRedriving(t, place);
    const mend = await breakOn(opened.database);
    const { id } = await opened.deliver(poisoned('qrpy_1'));
    const stop = opened.start({ attempts: 3 });
    await eventually('it is given up', async () => (await opened.event(id)).retryAt === undefined, 20_000);
    assert.partialDeepStrictEqual(await opened.event(id), { outcome: 'FAILED', attempts: 3, deliveries: 1 });
    const other = await opened.deliver(qrPayment(counter, 'qrpy_2'));
    const ofTheSame = await opened.deliver(qrPayment(counter, 'qrpy_1'));
    assert.deepEqual([other.outcome, ofTheSame.outcome], ['APPLIED', 'APPLIED']);
    assert.equal((await opened.deliver(poisoned('qrpy_1'))).outcome, 'FAILED');
    await stop();
    await opened.start({ attempts: 3 })();
    assert.partialDeepStrictEqual(await opened.event(id), { attempts: 3, retryAt: undefined, deliveries: 2 });
    assert.equal(opened.errors.length, 1, opened.errors.join());
    assert.match(opened.errors[0] ?? '', /redriveWebhookEvent/);

    await mend();
    const mended = await redriveWebhookEvent(opened.rooms, '', id);
    assert.partialDeepStrictEqual(mended, { outcome: 'APPLIED', attempts: 4 });
  },
);

testOnEachDatabase(
  'an event that this version knows by now is read again, another is left as it is',
  async (t, place) => {
    const opened = await openRedriving(t, place);
    const events = await Promise.all([1, 2, 3, 4, 5].map((n) => opened.deliver(qrPayment(counter, `qrpy_${n}`))));
    const strange = await opened.deliver({ event: 'disbursement.sent', data: { id: 'disb-1' } });
    const stranger = await opened.deliver({ event: 'zebra.seen', data: { id: 'z-1' } });
    assert.equal(strange.outcome, 'UNRECOGNISED');
    // As an older version would have left them.
    await opened.database.prisma.$executeRaw`UPDATE "WebhookEvent" SET outcome = 'UNRECOGNISED', reason = 'unknown',
    "subjectId" = NULL, "subjectType" = NULL, family = NULL WHERE event = 'qr.payment'`;
    await opened.database.prisma.$executeRaw`DELETE FROM "Resource"`;
    await opened.database.prisma.$executeRaw`DELETE FROM "Change"`;
    assert.deepEqual(await opened.inbox.unrecognisedNames(), ['disbursement.sent', 'qr.payment', 'zebra.seen']);

    opened.start({ batchSize: 2 });
    opened.start({ batchSize: 2 });
    const left = async () => (await opened.inbox.unrecognised('qr.payment', 10)).length;
    await eventually('all are read', async () => (await left()) === 0, 20_000);
    for (const [index, { id }] of events.entries()) {
      const paymentId = `qrpy_${index + 1}`;
      const event = await opened.event(id);
      assert.deepEqual([event.outcome, event.reason, event.subject?.id], ['APPLIED', undefined, paymentId]);
      assert.equal(event.family, 'QR_V1');
      assert.equal(await opened.changesOf(paymentId), 1);
    }
    for (const { id } of [strange, stranger]) {
      assert.partialDeepStrictEqual(await opened.event(id), { outcome: 'UNRECOGNISED', attempts: 0, deliveries: 1 });
    }
  },
);

testOnEachDatabase('what one instance reads again no other one does at the same time', async (t, place) => {
  const opened = await openRedriving(t, place);
  const mend = await breakOn(opened.database);
  const ids = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => (await opened.deliver(poisoned(`qrpy_${n}`))).id),
  );
  await mend();
  const minuteMs = 60_000;
  const stops = Array.from({ length: 4 }, () => opened.start({ batchSize: 10, pauseMs: minuteMs }));
  const applied = async () => (await opened.rooms.reads.webhookEvents('', { outcomes: ['APPLIED'] }, 100)).length;
  await eventually('all are applied', async () => (await applied()) === 30, 20_000);
  await Promise.all(stops.map((stop) => stop()));
  for (const [n, id] of ids.entries()) {
    assert.equal((await opened.event(id)).attempts, 1);
    assert.equal(await opened.changesOf(`qrpy_${n}`), 1);
  }
});

testOnEachDatabase(
  'each pause is four times the one before, and whoever dies meanwhile leaves it to the next',
  async (t, place) => {
    const { deliver, database, inbox } = await openRedriving(t, place);
    await breakOn(database);
    const { id } = await deliver(poisoned('qrpy_1'));
    for (const attempts of [0, 1, 2, 3]) {
      await database.prisma.webhookEvent.updateMany({ data: { attempts, retryAt: new Date(Date.now() - 60_000) } });
      const claimed = await inbox.claimFailed(10, 10_000);
      assert.deepEqual(
        claimed.map((event) => event.id),
        [id],
      );
      const inMs = (claimed[0]?.retryAt?.getTime() ?? 0) - Date.now();
      assert.ok(Math.abs(inMs - 10_000 * 4 ** attempts) < 3_000, `${inMs} ms after ${attempts} attempts`);
      assert.deepEqual(await inbox.claimFailed(10, 10_000), []);
    }
  },
);

testOnEachDatabase('a webhook that is delivered and read again at once takes effect once', async (t, place) => {
  const opened = await openRedriving(t, place);
  const mend = await breakOn(opened.database);
  const { id } = await opened.deliver(poisoned('qrpy_1'));
  await mend();
  const kept = await opened.event(id);
  const receipts = await Promise.all([
    opened.rooms.ledger.observe(opened.rooms.readAgain(kept)),
    opened.deliver(poisoned('qrpy_1')),
    opened.rooms.ledger.observe(opened.rooms.readAgain(kept)),
  ]);
  assert.deepEqual(receipts.map(({ outcome }) => outcome).sort(), ['APPLIED', 'DUPLICATE', 'DUPLICATE']);
  assert.equal(await opened.changesOf('qrpy_1'), 1);
  const event = await opened.event(id);
  assert.equal(event.deliveries, 2);
  assert.equal(event.retryAt, undefined);

  await opened.rooms.ledger.observe(opened.rooms.readAgain(kept));
  assert.deepEqual(await opened.event(id), event, 'whoever comes too late changes nothing');
});
