import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { check, latency } from './checker.ts';
import type { Evidence, LogRow, Sent, Told, Watch } from './evidence.ts';

const code = { type: 'QrCode', id: 'qr_1' };
const start = 1_000_000;

function row(place: number, type: string, id: string, version: number, more: Partial<LogRow> = {}): LogRow {
  const causeId = type === 'QrCode' && version > 1 ? `qrpy_${version}` : null;
  const kind = causeId === null ? 'CREATED' : 'PAYMENT';
  const toStatus = type === 'QrCode' ? 'ACTIVE' : 'COMPLETED';
  const recordedAt = start + place;
  return {
    ...{ transaction: String(place), id: String(place), type, resourceId: id, version, kind, toStatus, causeId },
    ...{ recordedAt, ...more },
  };
}

function toldOf({ type, resourceId: id, version, kind, toStatus: status, causeId, recordedAt }: LogRow): Told {
  const cursor = `${id}:${version}`;
  return { at: recordedAt + 10, connection: 0, type, id, version, kind, status, cursor, causeId: causeId ?? undefined };
}

/** A code that was paid three times, one who watched it, and one who watched everything: nothing is wrong. */
function faultless() {
  const payments = ['qrpy_2', 'qrpy_3', 'qrpy_4'];
  const log = [
    row(0, 'QrCode', 'qr_1', 1),
    ...payments.flatMap((id, index) => [
      row(1 + 2 * index, 'QrPayment', id, 1),
      row(2 + 2 * index, 'QrCode', 'qr_1', 2 + index),
    ]),
  ];
  const sent: Sent[] = payments.map((id, index) => ({
    webhookId: `webhook-${index}`,
    event: 'qr.payment',
    claims: [{ type: 'QrPayment', id, status: 'COMPLETED', toldBy: 'qr_1' }],
    attempts: 2,
    acknowledged: 1,
  }));
  const counter: Watch = {
    subscriber: 'counter',
    resource: code,
    openedAt: [start],
    closes: [],
    messages: log.filter(({ type }) => type === 'QrCode').map(toldOf),
    ending: 'open',
  };
  const office: Watch = {
    ...{ subscriber: 'office', resource: undefined, openedAt: [start], closes: [], ending: 'open' },
    messages: log.map(toldOf),
  };
  const inbox = sent.map(({ webhookId }) => ({ webhookId, outcome: 'APPLIED', deliveries: 1 }));
  const resources = [
    { ...code, status: 'ACTIVE', version: 4 },
    ...payments.map((id) => ({ type: 'QrPayment', id, status: 'COMPLETED', version: 1 })),
  ];
  const evidence: Evidence = { sent, inbox, resources, log, watches: [counter, office] };
  return { ...evidence, counter, office };
}

type Records = ReturnType<typeof faultless>;

/** What the checker says when one thing is wrong. */
function saidOf(breakIt: (records: Records) => void): string[] {
  const records = faultless();
  breakIt(records);
  return check(records).map(({ promise, sentence }) => `${promise}: ${sentence}`);
}

function swap<T>(list: T[], a: number, b: number): void {
  [list[a], list[b]] = [list[b] as T, list[a] as T];
}

test('nothing is said where nothing is wrong', () => assert.deepEqual(check(faultless()), []));

const cases: [what: string, breakIt: (records: Records) => void, said: string[]][] = [
  [
    'an acknowledged delivery that is not in the inbox',
    ({ inbox }) => inbox.splice(1, 1),
    ['lost: qr.payment webhook-1 was acknowledged and is not in the inbox'],
  ],
  [
    'one that was counted less often than acknowledged',
    ({ sent }) => Object.assign(sent[0] ?? {}, { acknowledged: 2 }),
    ['lost: qr.payment webhook-0 was acknowledged 2 times and counted 1 times'],
  ],
  [
    'one that was never acknowledged',
    ({ sent }) => Object.assign(sent[0] ?? {}, { acknowledged: 0 }),
    ['wrong: qr.payment webhook-0 was never acknowledged, however often it was sent'],
  ],
  [
    'one that is twice in the inbox',
    ({ inbox }) => inbox.push(...inbox.slice(0, 1)),
    ['duplicated: qr.payment webhook-0 is 2 times in the inbox'],
  ],
  [
    'one that was not understood',
    ({ inbox }) => Object.assign(inbox[0] ?? {}, { outcome: 'FAILED' }),
    ['lost: qr.payment webhook-0 is in the inbox as FAILED'],
  ],
  [
    'one that nobody sent',
    ({ inbox }) => inbox.push({ webhookId: 'stranger', outcome: 'APPLIED', deliveries: 1 }),
    ['wrong: the inbox has webhook stranger, which nobody sent'],
  ],
  [
    'an acknowledged payment that is not known',
    ({ resources, log, office }) => {
      resources.splice(1, 1);
      log.splice(1, 1);
      office.messages.splice(1, 1);
    },
    ['lost: QrPayment qrpy_2 is unknown, though qr.payment webhook-0 said COMPLETED'],
  ],
  [
    'a payment that fell behind what was acknowledged',
    ({ sent }) => sent[0]?.claims.push({ type: 'PaymentRequest', id: 'pr-1', status: 'SUCCEEDED' }),
    ['lost: PaymentRequest pr-1 is unknown, though qr.payment webhook-0 said SUCCEEDED'],
  ],
  [
    'a payment that its code told twice',
    ({ log, resources, counter, office }) => {
      const again = row(7, 'QrCode', 'qr_1', 5, { causeId: 'qrpy_4' });
      log.push(again);
      for (const { messages } of [counter, office]) messages.push(toldOf(again));
      Object.assign(resources[0] ?? {}, { version: 5 });
    },
    ['duplicated: qr_1 told 2 times of payment qrpy_4'],
  ],
  [
    'a gap in the versions of the tables',
    ({ log, resources, counter, office }) => {
      const late = row(7, 'QrCode', 'qr_1', 6, { causeId: 'qrpy_6' });
      log.push(late);
      for (const { messages } of [counter, office]) messages.push(toldOf(late));
      Object.assign(resources[0] ?? {}, { version: 6 });
    },
    ['lost: version 5 of QrCode qr_1 in the log', 'lost: version 5 at counter of QrCode qr_1'],
  ],
  [
    'versions that the log releases in the wrong order',
    ({ log, office }) => {
      swap(log, 2, 4);
      swap(office.messages, 2, 4);
    },
    ['outOfOrder: version 2 of QrCode qr_1 in the log'],
  ],
  [
    'a version that a subscriber never got',
    ({ counter }) => counter.messages.splice(1, 1),
    ['lost: version 2 at counter of QrCode qr_1'],
  ],
  [
    'the last version, that a subscriber never got',
    ({ counter }) => counter.messages.pop(),
    ['lost: version 4 at counter of QrCode qr_1'],
  ],
  [
    'a version that a subscriber got twice, on two connections',
    ({ counter }) => counter.messages.splice(2, 0, { ...(counter.messages[1] as Told), connection: 1 }),
    ['duplicated: version 2 at counter of QrCode qr_1'],
  ],
  [
    'two versions that came the wrong way round',
    ({ counter }) => swap(counter.messages, 1, 2),
    ['outOfOrder: version 2 at counter of QrCode qr_1'],
  ],
  [
    'an entry of the log that activity left out',
    ({ office }) => office.messages.splice(3, 1),
    ['lost: QrPayment qrpy_3 1 at office of activity'],
  ],
  [
    'an entry of the log that activity told twice',
    ({ office }) => office.messages.push(office.messages[3] as Told),
    ['duplicated: QrPayment qrpy_3 1 at office of activity'],
  ],
  [
    'entries of the log that activity told the wrong way round',
    ({ office }) => swap(office.messages, 3, 4),
    ['outOfOrder: QrPayment qrpy_3 1 at office of activity'],
  ],
  [
    'another status than the log has',
    ({ counter }) => Object.assign(counter.messages[1] ?? {}, { status: 'INACTIVE' }),
    ['wrong: counter was told INACTIVE instead of ACTIVE at version 2 of QrCode qr_1'],
  ],
  [
    'another payment than the log has',
    ({ counter }) => Object.assign(counter.messages[1] ?? {}, { causeId: 'qrpy_9' }),
    ['wrong: counter was told of qrpy_9 instead of qrpy_2 at version 2 of QrCode qr_1'],
  ],
  [
    'a stream that completes before all is said',
    ({ counter }) => Object.assign(counter, { ending: 'completed' }),
    ["wrong: counter's stream of QrCode qr_1 completed at ACTIVE"],
  ],
  [
    'a subscriber that was refused',
    ({ office }) => Object.assign(office, { ending: { refused: 'CURSOR_INVALID' } }),
    ['wrong: office was refused activity: CURSOR_INVALID'],
  ],
  [
    'a subscriber that never got the present',
    ({ counter }) => counter.messages.splice(0),
    ['lost: counter never got the present of QrCode qr_1'],
  ],
];

for (const [what, breakIt, said] of cases) {
  test(`${what}: said so, and nothing else`, () => assert.deepEqual(saidOf(breakIt), said));
}

test('one who begins in the middle owes nothing for what was before, and one who has left nothing for what came after', () => {
  assert.deepEqual(
    saidOf(({ counter, office }) => {
      counter.messages.splice(0, 2);
      office.messages.splice(5);
      office.ending = 'left';
    }),
    [],
  );
});

test('times are those of changes that came while one was subscribed', () => {
  const records = faultless();
  assert.equal(latency(records, 50), 10);
  records.counter.openedAt = [start + 6];
  records.office.openedAt = [start + 7];
  Object.assign(records.counter.messages[3] as Told, { at: start + 6 + 25 });
  assert.equal(latency(records, 50), 25, 'the one that was recorded after');
  records.counter.openedAt = [start + 7];
  assert.equal(latency(records, 50), undefined);
});

test('the checker knows nothing of the gateway’s code', async () => {
  const text = await readFile(new URL('./checker.ts', import.meta.url), 'utf8');
  const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, specifier]) => specifier);
  assert.deepEqual(imports, ['./evidence.ts']);
  assert.doesNotMatch(await readFile(new URL('./evidence.ts', import.meta.url), 'utf8'), /\bfrom '/);
});
