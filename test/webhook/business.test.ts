import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ReadingRules, readDelivery } from '../../src/webhook/reading.ts';
import { delivery, sampleObject } from './deliveries.ts';

/** What becomes of a webhook that came for an account. */
function read(account: string, body: object, owner?: string) {
  const rules: ReadingRules = { businesses: { owner, accounts: new Set(['sub-a', 'sub-b']) }, verifies: false };
  return readDelivery(rules, delivery(body, { account }));
}

/** A payment whose envelope and inside name these businesses. */
function payment(outside: unknown, inside?: unknown): object {
  const { business_id: _, data, ...rest } = sampleObject('payment.capture.v3.json');
  const { business_id: __, ...told } = data;
  return { ...rest, ...named(outside), data: { ...told, ...named(inside) } };
}

function named(business: unknown): object {
  return business === undefined ? {} : { business_id: business };
}

const cases: [
  what: string,
  account: string,
  outside: unknown,
  inside: unknown,
  owner: string | undefined,
  isHeld: boolean,
][] = [
  ['an account’s own', 'sub-a', 'sub-a', 'sub-a', undefined, false],
  ['an account’s own, with another inside, as in Xendit’s samples', 'sub-a', 'sub-a', 'anybody', undefined, false],
  ['none', 'sub-a', undefined, undefined, undefined, false],
  ['null', 'sub-a', null, null, undefined, false],
  ['an account’s own inside alone', 'sub-a', undefined, 'sub-a', undefined, false],
  ['another account', 'sub-a', 'sub-b', 'sub-b', undefined, true],
  ['another account outside', 'sub-a', 'sub-b', 'sub-a', undefined, true],
  ['another account inside', 'sub-a', 'sub-a', 'sub-b', undefined, true],
  ['another account inside alone', 'sub-a', undefined, 'sub-b', undefined, true],
  ['somebody unknown', 'sub-a', 'anybody', undefined, undefined, true],
  ['the owner', 'sub-a', 'own', 'own', 'own', true],
  ['an account that has no token here', 'sub-c', 'sub-c', 'sub-c', undefined, false],
  ['almost the account', 'sub-a', 'Sub-A', undefined, undefined, true],
  ['to the owner: itself', '', 'own', 'own', 'own', false],
  ['to the owner: none', '', undefined, undefined, 'own', false],
  ['to the owner: itself, with another inside', '', 'own', 'anybody', 'own', false],
  ['to the owner: somebody unknown', '', 'anybody', undefined, 'own', true],
  ['to the owner: a sub-account inside', '', 'own', 'sub-a', 'own', true],
  ['to an owner that isn’t known: somebody', '', 'anybody', 'anybody', undefined, false],
  ['to an owner that isn’t known: a sub-account', '', 'sub-b', undefined, undefined, true],
  ['to an owner that isn’t known: a sub-account inside', '', 'anybody', 'sub-b', undefined, true],
];

for (const [what, account, outside, inside, owner, isHeld] of cases) {
  test(`a webhook that names ${what} is ${isHeld ? 'held' : 'taken'}`, () => {
    const { report, isAnothers } = read(account, payment(outside, inside), owner);
    assert.deepEqual([isAnothers, report.account], [isHeld, account]);
    assert.equal(report.observations.length, isHeld ? 0 : 2);
    const reason = 'It names a business other than the account that it came for';
    assert.deepEqual(report.letter.unread, isHeld ? { outcome: 'QUARANTINED', reason } : undefined);
  });
}

test('what is held is no repetition of what counts, nor the reverse', () => {
  const { report: own } = read('sub-a', payment('sub-a'));
  const { report: foreign } = read('sub-a', payment('sub-b'));
  const { report: again } = read('sub-a', { ...payment('sub-b'), created: '2030-01-01T00:00:00Z' });
  assert.notEqual(foreign.letter.contentKey, own.letter.contentKey);
  assert.equal(again.letter.contentKey, foreign.letter.contentKey);
});

test('an event that nobody knows yet is held too where it names another business', () => {
  const { report } = read('sub-a', { event: 'payout.succeeded', business_id: 'sub-b', data: {} });
  assert.equal(report.letter.unread?.outcome, 'QUARANTINED');
});
