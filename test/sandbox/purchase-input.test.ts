import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, start } from './support.ts';
import { newPaymentRequest, v3 } from './v3.ts';

const item = {
  reference_id: 'shoe',
  type: 'PHYSICAL_PRODUCT',
  name: 'Shoe',
  net_unit_amount: -1.5,
  quantity: 2,
  category: 'shoes',
};
const session = {
  reference_id: 'visit',
  session_type: 'PAY',
  mode: 'PAYMENT_LINK',
  amount: 50000,
  currency: 'IDR',
  country: 'ID',
};

const wrongItems: [change: unknown, errorCode: string][] = [
  [7, 'API_VALIDATION_ERROR'],
  [{ ...item, reference_id: undefined }, 'API_VALIDATION_ERROR'],
  [{ ...item, type: 'GIFT' }, 'API_VALIDATION_ERROR'],
  [{ ...item, net_unit_amount: '1' }, 'API_VALIDATION_ERROR'],
  [{ ...item, net_unit_amount: undefined }, 'API_VALIDATION_ERROR'],
  [{ ...item, quantity: 0 }, 'API_VALIDATION_ERROR'],
  [{ ...item, quantity: 1.5 }, 'API_VALIDATION_ERROR'],
  [{ ...item, category: '' }, 'API_VALIDATION_ERROR'],
];

test('an item is refused that lacks what the contract asks for, in a payment request and in a session', async (t) => {
  const sandbox = await start(t);
  const request = async (each: unknown) =>
    (await v3(sandbox, 'POST', '/payment_requests', newPaymentRequest({ items: [each] }))).body.error_code;
  const visit = async (each: unknown) =>
    (await call(sandbox, 'POST', '/sessions', { ...session, items: [each] })).body.error_code;
  for (const [wrong, errorCode] of wrongItems) {
    const inRupiah = typeof wrong === 'object' ? { currency: 'IDR', ...wrong } : wrong;
    assert.deepEqual([await request(inRupiah), await visit(wrong)], [errorCode, errorCode], JSON.stringify(wrong));
  }
  const metadata = { why: 'x'.repeat(501) };
  assert.equal(await request({ ...item, currency: 'IDR', metadata }), 'API_VALIDATION_ERROR');
  assert.equal(await visit({ ...item, metadata }), 'INVALID_ITEM_METADATA');
  assert.deepEqual(
    [await request(item), await visit(item)],
    ['API_VALIDATION_ERROR', undefined],
    'a session names no currency',
  );
  assert.equal(await request({ ...item, currency: 'IDR' }), undefined);
});

test('an address has a country, and an inline customer is a person with a name', async (t) => {
  const sandbox = await start(t);
  const person = { type: 'INDIVIDUAL', reference_id: 'budi', individual_detail: { given_names: 'Budi' } };
  for (const [change, status] of [
    [{ shipping_information: { city: 'Jakarta' } }, 400],
    [{ shipping_information: { country: 'ID' } }, 201],
    [{ customer: { ...person, type: undefined } }, 400],
    [{ customer: { ...person, type: 'BUSINESS' } }, 400],
    [{ customer: { ...person, individual_detail: { surname: 'Santoso' } } }, 400],
    [{ customer: person }, 201],
  ] as const) {
    const answer = await v3(sandbox, 'POST', '/payment_requests', newPaymentRequest(change));
    assert.equal(answer.status, status, JSON.stringify(change));
  }
});
