import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSettled, type ResourceType, rankOf, resourceTypes, toStatus } from '../../src/model/status.ts';

/** Each type's statuses from the first to the last; `=` joins equals, `!` marks what nothing can follow. */
const ladders: Record<ResourceType, string> = {
  QrCode: 'ACTIVE INACTIVE!',
  QrPayment: 'COMPLETED!',
  PaymentRequest: 'REQUIRES_ACTION=ACCEPTING_PAYMENTS PENDING AUTHORIZED EXPIRED=CANCELED=FAILED SUCCEEDED!',
  Payment: 'PENDING AUTHORIZED EXPIRED=CANCELED=FAILED SUCCEEDED! VOIDED!=REFUNDED!',
  Capture: 'PENDING FAILED SUCCEEDED!',
  PaymentSession: 'ACTIVE PENDING EXPIRED=CANCELED COMPLETED!',
  PaymentToken: 'REQUIRES_ACTION PENDING FAILED ACTIVE EXPIRED!=CANCELED!=INACTIVE!',
  Refund: 'PENDING FAILED=CANCELLED SUCCEEDED!',
};

for (const type of resourceTypes) {
  test(`${type}: ${ladders[type]}`, () => {
    for (const [index, equals] of ladders[type].split(' ').entries()) {
      for (const marked of equals.split('=')) {
        const status = marked.replace('!', '');
        assert.equal(rankOf(type, status), index + 1, status);
        assert.equal(isSettled(type, status), marked.endsWith('!'), status);
        assert.equal(toStatus(type, status), status);
      }
    }
  });

  test(`${type}: a stranger is UNKNOWN, comes before all others and settles nothing`, () => {
    for (const stranger of ['SHINY', 'UNKNOWN', 'active', '', 'toString', '__proto__', undefined]) {
      assert.equal(toStatus(type, stranger), 'UNKNOWN');
    }
    assert.equal(rankOf(type, 'UNKNOWN'), 0);
    assert.equal(isSettled(type, 'UNKNOWN'), false);
  });
}

const synonyms: [ResourceType, string, string][] = [
  ['QrPayment', 'SUCCEEDED', 'COMPLETED'],
  ['Payment', 'AWAITING_CAPTURE', 'AUTHORIZED'],
  ['PaymentRequest', 'AWAITING_CAPTURE', 'AUTHORIZED'],
  ['Refund', 'CANCELED', 'UNKNOWN'],
];

for (const [type, said, status] of synonyms) {
  test(`${type}: ${said} is ${status}`, () => assert.equal(toStatus(type, said), status));
}
