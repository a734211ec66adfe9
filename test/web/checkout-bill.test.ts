import assert from 'node:assert/strict';
import { test } from 'node:test';
import { questionOf } from '../../web/checkout/bill.ts';
import { wantedAfter } from '../../web/checkout/use-bill.ts';

const expiresAt = new Date();
const told = { version: 1, status: 'REQUIRES_ACTION', amount: null };

test('a payer is led to addresses only, also by a browser that can’t parse one without throwing', (t) => {
  const { parse, canParse } = URL;
  t.after(() => Object.assign(URL, { parse, canParse }));
  Object.assign(URL, { parse: undefined, canParse: undefined });
  const request = questionOf({ type: 'PaymentRequest', id: 'pr-1', reference: undefined, expiresAt });
  const session = questionOf({ type: 'PaymentSession', id: 'ps-1', reference: undefined, expiresAt });
  const table: [url: string, byRequest: boolean, bySession: boolean][] = [
    ['https://pay.example/1', true, true],
    ['wallet://pay/1', true, false],
    ['javascript:alert(1)', false, false],
    ['data:text/html,1', false, false],
    ['no address', false, false],
  ];
  for (const [url, byRequest, bySession] of table) {
    const actions = [{ __typename: 'RedirectAction', descriptor: 'WEB_URL', value: url }];
    const link = [{ type: 'LINK', url }];
    assert.deepEqual(request.read({ paymentRequest: { ...told, actions } })?.ways, byRequest ? link : [], url);
    const read = session.read({ paymentSession: { ...told, paymentLinkUrl: url } });
    assert.deepEqual(read?.ways, bySession ? link : [], url);
  }
});

test('what is to be paid is asked for again whenever there is later news, also news that came meanwhile', () => {
  const table: [version: number | undefined, revision: number, wanted: number | undefined][] = [
    [undefined, 0, 0],
    // News while nothing is known yet begins no second question; the answer tells whether one is needed.
    [undefined, 2, 0],
    [1, 2, 2],
    [2, 2, undefined],
    [2, 3, 3],
    [1, 3, 3],
  ];
  for (const [version, revision, wanted] of table) {
    const bill = version === undefined ? undefined : { version };
    assert.equal(wantedAfter(bill, revision), wanted, `${version} at ${revision}`);
  }
});
