import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { GatewayError } from '../../src/errors.ts';
import type { Outcome, Report } from '../../src/model/report.ts';
import { receiveWebhook, type WebhookDoor } from '../../src/webhook/receive.ts';
import { createProof } from '../../src/webhook/token.ts';
import { delivery, sample, sampleObject } from './deliveries.ts';

/** A door to a ledger that keeps what it is told in a list. */
function openDoor(outcome: Outcome = 'APPLIED', isRepeated = false) {
  const reports: Report[] = [];
  const warnings: Record<string, unknown>[] = [];
  const door: WebhookDoor = {
    prove: createProof({ owner: ['token'], ofAccounts: new Map([['sub-a', ['a-token']]]), areShared: false }),
    businesses: { owner: undefined, accounts: new Set(['sub-a']) },
    verifies: false,
    ledger: {
      async observe(report) {
        reports.push(report);
        return { outcome, eventId: 'e-1', isRepeated };
      },
    },
    log: pino({ base: null, timestamp: false }, { write: (line) => void warnings.push(JSON.parse(line)) }),
  };
  return { door, reports, warnings };
}

test('a delivery that proves itself is read and committed, and the ledger’s receipt comes back', async () => {
  const { door, reports, warnings } = openDoor();
  const receipt = await receiveWebhook(door, delivery(sample('qr.payment.v1.json')));
  assert.deepEqual(receipt, { outcome: 'APPLIED', eventId: 'e-1', isRepeated: false });
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    reports.map(({ observations }) => observations.length),
    [2],
  );
});

test('a stranger’s delivery is not even read', async () => {
  const { door, reports } = openDoor();
  for (const stranger of [{ callbackToken: 'guess' }, { account: 'sub-a' }, { callbackToken: 'a-token' }]) {
    const refused = receiveWebhook(door, delivery(sample('qr.payment.v1.json'), stranger));
    await assert.rejects(refused, { code: 'UNAUTHENTICATED' });
  }
  assert.deepEqual(reports, []);
});

test('what can’t be read is kept all the same', async () => {
  const { door, reports } = openDoor('QUARANTINED');
  await receiveWebhook(door, delivery('garbage'));
  assert.deepEqual(new TextDecoder().decode(reports[0]?.letter?.body), 'garbage');
});

test('what names another business is kept unapplied, and the log is warned once', async () => {
  const stranger = delivery(sample('payment.capture.v3.json'), { account: 'sub-a', callbackToken: 'a-token' });
  const { door, reports, warnings } = openDoor('QUARANTINED');
  await receiveWebhook(door, stranger);
  assert.partialDeepStrictEqual(reports, [
    { account: 'sub-a', observations: [], letter: { unread: { outcome: 'QUARANTINED' }, body: stranger.body } },
  ]);
  assert.deepEqual(warnings, [
    {
      level: 40,
      id: 'e-1',
      account: 'sub-a',
      event: 'payment.capture',
      businessId: sampleObject('payment.capture.v3.json').business_id,
      msg: 'a webhook names a business other than the account that it came for, and is kept unapplied',
    },
  ]);
  const again = openDoor('QUARANTINED', true);
  await receiveWebhook(again.door, stranger);
  assert.deepEqual([again.reports.length, again.warnings], [1, []]);
});

test('a ledger that can’t commit is heard by the transport', async () => {
  const observe = async () => {
    throw new GatewayError('STORE_UNAVAILABLE', 'down');
  };
  const door = { ...openDoor().door, ledger: { observe } };
  await assert.rejects(receiveWebhook(door, delivery('{}')), { code: 'STORE_UNAVAILABLE' });
});
