import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCustomer, findCustomers, getCustomer } from '../../src/xendit/customers.ts';
import { json, openClient, playXendit, refusal, said } from './playing-xendit.ts';

const version = '2020-10-31';
const stored = {
  id: 'cust-239c16f4-866d-43e8-9341-7badafbc019f',
  reference_id: 'customer-1',
  type: 'INDIVIDUAL',
  individual_detail: { given_names: 'Siti', surname: null, date_of_birth: '1990-01-02', employment: {} },
  business_detail: null,
  email: 'siti@toko.id',
  mobile_number: '+628121234567890',
  phone_number: null,
  addresses: [
    { country: 'ID', street_line1: 'Jalan 1', province_state: 'DKI Jakarta', category: 'HOME', is_primary: true },
    { country_code: 'PH', line_1: 'Street 2', is_primary: null },
  ],
  identity_accounts: [{ type: 'BANK_ACCOUNT', properties: { account_number: '123' } }],
  kyc_documents: [{ type: 'PASSPORT', document_number: '456' }],
  metadata: { tier: 'gold' },
  created: '2020-03-30T06:12:47.212Z',
  updated: '2020-03-30T06:12:47.212Z',
};

test('a customer is made under a key, and told without documents and bank accounts', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, stored));
  const xendit = openClient(t, server.url);
  const newCustomer = {
    referenceId: 'customer-1',
    type: 'INDIVIDUAL',
    individual: { givenNames: 'Siti', surname: 'Aminah' },
    email: 'siti@toko.id',
    mobileNumber: '+628121234567890',
    metadata: { tier: 'gold' },
  } as const;
  const customer = await createCustomer(xendit, 'sub-1', newCustomer, 'key-1');
  const [request] = server.received;
  assert.deepEqual(said(request), ['POST /customers', version, 'sub-1']);
  assert.equal(request?.headers['idempotency-key'], 'key-1');
  assert.equal(
    request?.body,
    '{"reference_id":"customer-1","type":"INDIVIDUAL","individual_detail":{"given_names":"Siti","surname":"Aminah"},"email":"siti@toko.id","mobile_number":"+628121234567890","metadata":{"tier":"gold"}}',
  );
  assert.deepEqual(JSON.parse(JSON.stringify(customer)), {
    id: stored.id,
    type: 'INDIVIDUAL',
    referenceId: 'customer-1',
    individual: { givenNames: 'Siti', dateOfBirth: '1990-01-02' },
    email: 'siti@toko.id',
    mobileNumber: '+628121234567890',
    addresses: [
      { category: 'HOME', country: 'ID', provinceState: 'DKI Jakarta', streetLine1: 'Jalan 1', isPrimary: true },
      { country: 'PH', streetLine1: 'Street 2' },
    ],
    metadata: { tier: 'gold' },
    created: '2020-03-30T06:12:47.212000000Z',
    updated: '2020-03-30T06:12:47.212000000Z',
  });
});

test('a business is a customer too', async (t) => {
  const detail = {
    business_name: 'Toko',
    business_type: 'CORPORATION',
    nature_of_business: 'Coffee',
    business_domicile: 'ID',
    date_of_registration: '2000-01-01',
  };
  const server = await playXendit(t, (response) =>
    json(response, 200, { id: 'cust-2', type: 'BUSINESS', business_detail: detail, addresses: null }),
  );
  const business = {
    businessName: 'Toko',
    businessType: 'CORPORATION',
    natureOfBusiness: 'Coffee',
    businessDomicile: 'ID',
    dateOfRegistration: '2000-01-01',
  };
  const customer = await getCustomer(openClient(t, server.url), '', 'cust-2');
  assert.deepEqual([customer.business, customer.addresses], [business, []]);
});

test('a customer is found by its id, and by the merchant’s name for it', async (t) => {
  const server = await playXendit(t, (response, { url }) =>
    json(response, 200, url.startsWith('/customers?') ? { data: [stored], has_more: false } : stored),
  );
  const xendit = openClient(t, server.url);
  assert.equal((await getCustomer(xendit, 'sub-1', stored.id)).referenceId, 'customer-1');
  const found = await findCustomers(xendit, '', 'a&b');
  assert.deepEqual(
    found.map(({ id }) => id),
    [stored.id],
  );
  assert.deepEqual(server.received.map(said), [
    [`GET /customers/${stored.id}`, version, 'sub-1'],
    ['GET /customers?reference_id=a%26b', version, undefined],
  ]);
});

test('a name that is taken is a conflict, and what is lost stays open', async (t) => {
  const server = await playXendit(t, (response, _, count) =>
    count === 1 ? json(response, 409, { error_code: 'DUPLICATE_ERROR' }) : json(response, 200, {}),
  );
  const xendit = openClient(t, server.url);
  const newCustomer = { referenceId: 'c', type: 'INDIVIDUAL', individual: { givenNames: 'Siti' } } as const;
  assert.equal((await refusal(createCustomer(xendit, '', newCustomer, 'key-1'))).code, 'CONFLICT');
  const error = await refusal(createCustomer(xendit, '', newCustomer, 'key-1'));
  assert.deepEqual([error.code, error.reference], ['OUTCOME_UNKNOWN', 'c']);
  assert.equal((await refusal(getCustomer(xendit, '', 'cust-1'))).code, 'UPSTREAM_PROTOCOL');
  assert.equal((await refusal(findCustomers(xendit, '', 'c'))).code, 'UPSTREAM_PROTOCOL');
});
