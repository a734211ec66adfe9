import assert from 'node:assert/strict';
import { openLedger } from '../../src/store/ledger.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { answered, delivered, open, openStore, payment, paymentKey, rowsOf } from './support.ts';

testOnEachDatabase('one observation gives version 1', async (t, place) => {
  const store = await openStore(t, place);
  const receipt = await store.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED', { channelCode: 'OVO' })]));

  const shown = { __typename: 'Payment', account: '', id: 'py-1', status: 'SUCCEEDED', version: 1, channelCode: 'OVO' };
  assert.partialDeepStrictEqual(receipt, { outcome: 'APPLIED', isRepeated: false, resources: [shown] });
  assert.deepEqual(receipt.changed, [paymentKey('py-1')]);
  const [change, ...more] = await store.reads.changesAfter(paymentKey('py-1'), 0, 10);
  assert.partialDeepStrictEqual(change, {
    version: 1,
    kind: 'CREATED',
    to: 'SUCCEEDED',
    origin: 'WEBHOOK',
    resource: shown,
  });
  assert.equal(change?.from, undefined);
  assert.deepEqual(more, []);
  const event = await store.reads.webhookEvent('', receipt.eventId ?? '');
  assert.partialDeepStrictEqual(event, { outcome: 'APPLIED', deliveries: 1, subject: { type: 'Payment', id: 'py-1' } });
  assert.equal(Buffer.from(event?.body ?? []).toString(), 'paid');
});

testOnEachDatabase('a repeated delivery adds to its row’s count and changes nothing else', async (t, place) => {
  const store = await openStore(t, place);
  const report = () => delivered('paid', [payment('py-1', 'SUCCEEDED')]);
  const first = await store.ledger.observe(report());
  const before = [await rowsOf(store.database, 'Resource'), await rowsOf(store.database, 'Change')];

  const later = await store.ledger.observe(report());
  const together = await Promise.all([1, 2, 3].map(() => store.ledger.observe(report())));

  assert.deepEqual([await rowsOf(store.database, 'Resource'), await rowsOf(store.database, 'Change')], before);
  for (const receipt of [later, ...together]) {
    assert.partialDeepStrictEqual(receipt, { eventId: first.eventId, isRepeated: true, changed: [] });
  }
  const event = await store.reads.webhookEvent('', first.eventId ?? '');
  assert.partialDeepStrictEqual(event, { outcome: 'APPLIED', deliveries: 5 });
  assert.deepEqual(store.told.flat(), [paymentKey('py-1')]);
});

testOnEachDatabase('of deliveries that arrive together, only the first is no repetition', async (t, place) => {
  const { ledger } = await openStore(t, place);
  const receipts = await Promise.all(
    ['decoy', 'paid', 'paid'].map((words) => ledger.observe(delivered(words, [payment(words, 'SUCCEEDED')]))),
  );
  assert.deepEqual(
    receipts.map(({ isRepeated }) => isRepeated),
    [false, false, true],
  );
});

testOnEachDatabase('a richer body of the same payment is not lost', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  await ledger.observe(delivered('poor', [payment('py-1', 'SUCCEEDED')]));
  const rich = await ledger.observe(delivered('rich', [payment('py-1', 'SUCCEEDED', { description: 'whole' })]));
  await ledger.observe(delivered('poor', [payment('py-1', 'SUCCEEDED')]));

  assert.equal(rich.outcome, 'APPLIED');
  const known = await reads.find(paymentKey('py-1'));
  assert.partialDeepStrictEqual(known?.resource, { version: 2, description: 'whole' });
  assert.equal((await reads.webhookEvents('', {}, 10)).length, 2);
});

testOnEachDatabase('what was overtaken is kept as STALE; what says what is known as DUPLICATE', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  const stale = await ledger.observe(delivered('pending', [payment('py-1', 'PENDING')]));
  const duplicate = await ledger.observe(delivered('paid, differently', [payment('py-1', 'SUCCEEDED')]));
  assert.deepEqual([stale.outcome, duplicate.outcome], ['STALE', 'DUPLICATE']);
  assert.equal((await reads.changesAfter(paymentKey('py-1'), 0, 10)).length, 1);
});

testOnEachDatabase(
  'an answer that tells nothing new is a word on the present; an old webhook is none',
  async (t, place) => {
    const { ledger, reads } = await openStore(t, place);
    const heard = async () => (await reads.find(paymentKey('py-1')))?.observedAt.getTime() ?? 0;
    await ledger.observe(answered([payment('py-1', 'SUCCEEDED')]));
    const first = await heard();
    await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
    assert.equal(await heard(), first);
    while (Date.now() <= first) await ledger.observe(answered([]));
    await ledger.observe(answered([payment('py-1', 'SUCCEEDED')]));
    assert.ok((await heard()) > first);
  },
);

testOnEachDatabase('a cause lifts what it belongs to, once, and the log names it', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  const cause = { type: 'Payment', id: 'py-1' } as const;
  const request = {
    type: 'PaymentRequest',
    id: 'pr-1',
    status: 'SUCCEEDED',
    updated: undefined,
    fields: {},
    cause,
  } as const;
  const receipt = await ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED'), request]));
  const again = await ledger.observe(delivered('paid again', [payment('py-1', 'SUCCEEDED'), request]));

  const key = { account: '', type: 'PaymentRequest', id: 'pr-1' } as const;
  assert.deepEqual([receipt.changed, again.changed], [[paymentKey('py-1'), key], []]);
  const log = await reads.changesAfter(key, 0, 10);
  assert.equal(log.length, 1);
  assert.partialDeepStrictEqual(log[0], { kind: 'PAYMENT', cause });
});

testOnEachDatabase('what a commit changed is told, and nothing else', async (t, place) => {
  const database = await open(t, place);
  const told: string[][] = [];
  const ledger = openLedger(database, { onCommit: (changed) => told.push(changed.map(({ id }) => id)) });
  await ledger.observe(delivered('decoy', [payment('py-1', 'SUCCEEDED')]));
  await Promise.all([
    ledger.observe(delivered('first', [payment('py-2', 'PENDING')])),
    ledger.observe(delivered('stale', [payment('py-1', 'PENDING')])),
    ledger.observe(answered([payment('py-3', 'PENDING'), payment('py-1', 'SUCCEEDED')])),
    ledger.observe(delivered('nothing', [])),
    ledger.observe(delivered('second', [payment('py-2', 'SUCCEEDED')])),
  ]);
  assert.deepEqual(told.flat(), ['py-1', 'py-2', 'py-3', 'py-2']);
});

testOnEachDatabase('a full queue refuses at once, and takes in again when it has room', async (t, place) => {
  const { ledger } = await openStore(t, place, { queueLimit: 2 });
  const taken = [1, 2].map((n) => ledger.observe(delivered(`${n}`, [payment(`py-${n}`, 'PENDING')])));
  await assert.rejects(ledger.observe(delivered('4', [])), { code: 'STORE_UNAVAILABLE' });
  await Promise.all(taken);
  assert.equal((await ledger.observe(delivered('4', [payment('py-4', 'PENDING')]))).outcome, 'APPLIED');
});

testOnEachDatabase('closing waits for what is under way, and then refuses', async (t, place) => {
  const { ledger, reads } = await openStore(t, place);
  const taken = [1, 2, 3].map((n) => ledger.observe(delivered(`${n}`, [payment(`py-${n}`, 'PENDING')])));
  await ledger.close();
  assert.equal((await reads.webhookEvents('', {}, 10)).length, 3);
  await Promise.all(taken);
  await assert.rejects(ledger.observe(delivered('4', [])), { code: 'STORE_UNAVAILABLE' });
});
