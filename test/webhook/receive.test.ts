import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '../../src/errors.ts';
import type { Outcome, Report } from '../../src/model/report.ts';
import { receiveWebhook } from '../../src/webhook/receive.ts';
import { delivery, sample } from './deliveries.ts';

/** A ledger that keeps what it is told in a list. */
function listLedger(outcome: Outcome = 'APPLIED') {
  const reports: Report[] = [];
  const observe = async (report: Report) => {
    reports.push(report);
    return { outcome, eventId: 'e-1' };
  };
  return { reports, observe };
}

test('a delivery that proves itself is read and committed, and the ledger’s receipt comes back', async () => {
  const ledger = listLedger();
  const receipt = await receiveWebhook(
    { callbackTokens: ['token'], verifies: false, ledger },
    delivery(sample('qr.payment.v1.json')),
  );
  assert.deepEqual(receipt, { outcome: 'APPLIED', eventId: 'e-1' });
  assert.deepEqual(
    ledger.reports.map(({ observations }) => observations.length),
    [2],
  );
});

test('a stranger’s delivery is not even read', async () => {
  const ledger = listLedger();
  const stranger = delivery(sample('qr.payment.v1.json'), { callbackToken: 'guess' });
  await assert.rejects(receiveWebhook({ callbackTokens: ['token'], verifies: false, ledger }, stranger), {
    code: 'UNAUTHENTICATED',
  });
  assert.deepEqual(ledger.reports, []);
});

test('what can’t be read is kept all the same', async () => {
  const ledger = listLedger('QUARANTINED');
  await receiveWebhook({ callbackTokens: ['token'], verifies: false, ledger }, delivery('garbage'));
  assert.deepEqual(new TextDecoder().decode(ledger.reports[0]?.letter?.body), 'garbage');
});

test('a ledger that can’t commit is heard by the transport', async () => {
  const observe = async () => {
    throw new GatewayError('STORE_UNAVAILABLE', 'down');
  };
  const door = { callbackTokens: ['token'], verifies: false, ledger: { observe } };
  await assert.rejects(receiveWebhook(door, delivery('{}')), { code: 'STORE_UNAVAILABLE' });
});
