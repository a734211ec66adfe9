import assert from 'node:assert/strict';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';
import { bodyProblems } from '../sandbox/contract.ts';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { mutate, wrongFields } from '../support/mutations.ts';
import { newName, qris } from '../support/payments.ts';
import { sandboxOf } from '../support/qr-codes.ts';

const testTogether = onSharedGateway();

const siti = () => ({
  referenceId: newName('siti'),
  givenNames: 'Siti',
  surname: 'Aminah',
  email: 'siti@example.com',
  mobileNumber: '+6281234567890',
});
const wireOf = ({ referenceId }: { referenceId: string }) => ({
  type: 'INDIVIDUAL',
  reference_id: referenceId,
  email: 'siti@example.com',
  mobile_number: '+6281234567890',
  individual_detail: { given_names: 'Siti', surname: 'Aminah' },
});
const shipping = {
  country: 'ID',
  streetLine1: 'Jalan 1',
  streetLine2: 'RT 2',
  city: 'Jakarta',
  provinceState: 'DKI',
  postalCode: '10110',
};
const wireShipping = {
  country: 'ID',
  street_line1: 'Jalan 1',
  street_line2: 'RT 2',
  city: 'Jakarta',
  province_state: 'DKI',
  postal_code: '10110',
};
const token = { channel: { ewallet: { code: 'OVO', mobileNumber: '+6281234567890' } } };
const session = { sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '20000' };
const request = { kind: { pay: { amount: '15000', channel: qris } } };
const reusable = { kind: { reusablePaymentCode: { channel: qris } } };

const products = {
  createPaymentRequest: ['paymentRequest', 'POST /v3/payment_requests'],
  createPaymentSession: ['paymentSession', 'POST /sessions'],
  createPaymentToken: ['paymentToken', 'POST /v3/payment_tokens'],
} as const satisfies Record<string, readonly [string, Endpoint]>;

type Create = keyof typeof products;
type Customer = { referenceId: string };
type Created = Record<string, { id: string; customerId: string | null; customer: Customer | null }>;

function ask(gateway: TestGateway, create: Create, input: object) {
  const referenceId = newName('order').slice(0, 64);
  const basics = { referenceId, country: 'ID', currency: 'IDR', idempotencyKey: referenceId };
  const payload = `${products[create][0]} { id customerId customer { referenceId } }`;
  return mutate<Created>(gateway, create, payload, { ...basics, ...input });
}

const sent: [
  what: string,
  create: Create,
  input: (customer: Customer) => object,
  wire: (customer: Customer) => object,
][] = [
  [
    'a request',
    'createPaymentRequest',
    (customer) => ({ ...request, customer, shippingInformation: shipping }),
    (customer) => ({ customer: wireOf(customer), shipping_information: wireShipping }),
  ],
  [
    'a token',
    'createPaymentToken',
    (customer) => ({ ...token, customer }),
    (customer) => ({ customer: wireOf(customer) }),
  ],
  [
    'a session by a link',
    'createPaymentSession',
    (customer) => ({ ...session, customer, notificationChannels: ['EMAIL'] }),
    (customer) => ({ customer: wireOf(customer), notification_channels: ['EMAIL'] }),
  ],
  [
    'a session by components',
    'createPaymentSession',
    (customer) => ({
      ...session,
      ...{ mode: 'COMPONENTS', customer, componentsOrigins: ['https://shop.example'] },
      componentsReturnUrl: 'https://shop.example/back',
    }),
    () => ({
      components_configuration: { origins: ['https://shop.example'], return_url: 'https://shop.example/back' },
    }),
  ],
];

testTogether('who pays and where it goes are sent as the contract says, and shown', async (_t, gateway) => {
  for (const [what, create, inputOf, wireFor] of sent) {
    const customer = siti();
    const answer = await ask(gateway, create, inputOf(customer));
    const [name, endpoint] = products[create];
    const body = JSON.parse(
      sandboxOf(gateway).record.requests.findLast((each) => each.endpoint === endpoint)?.body ?? '',
    );
    assert.partialDeepStrictEqual(body, wireFor(customer), what);
    assert.deepEqual(bodyProblems(endpoint, body), [], what);
    const made = answer[name] ?? assert.fail(`${what}: ${answer.message}`);
    assert.match(made.customerId ?? '', /^cust-/);
    assert.equal(made.customer?.referenceId, customer.referenceId, what);
  }
});

testTogether('an address goes with a reusable code too, with no more than its country', async (_t, gateway) => {
  const answer = await ask(gateway, 'createPaymentRequest', { ...reusable, shippingInformation: { country: 'ID' } });
  assert.equal(answer.__typename, 'CreatePaymentRequestPayload');
  const { body = '' } = sandboxOf(gateway).record.requests.findLast(({ method }) => method === 'POST') ?? {};
  assert.deepEqual(JSON.parse(body).shipping_information, { country: 'ID' });
});

testTogether('one key stands for one customer and one address', async (_t, gateway) => {
  const once = { ...request, ...{ referenceId: newName('once'), idempotencyKey: newName('key') } };
  const customer = siti();
  const input = { ...once, customer, shippingInformation: shipping };
  assert.equal((await ask(gateway, 'createPaymentRequest', input)).__typename, 'CreatePaymentRequestPayload');
  assert.equal((await ask(gateway, 'createPaymentRequest', input)).__typename, 'CreatePaymentRequestPayload');
  for (const other of [{ customer: siti() }, { shippingInformation: { country: 'ID' } }]) {
    assert.equal((await ask(gateway, 'createPaymentRequest', { ...input, ...other })).__typename, 'Conflict');
  }
});

const both = { customerId: 'cust-1', customer: siti() };
const badCustomer = {
  referenceId: '',
  givenNames: 'x'.repeat(51),
  surname: '',
  email: 'nobody',
  mobileNumber: '1'.repeat(51),
};
const badPlaces = ['email', 'givenNames', 'mobileNumber', 'referenceId', 'surname'].map((each) => `customer.${each}`);
const wrong: [what: string, create: Create, input: object, wrong: string[]][] = [
  ['two customers of a request', 'createPaymentRequest', { ...request, ...both }, ['customer']],
  ['two customers of a token', 'createPaymentToken', { ...token, ...both }, ['customer']],
  ['two customers of a session', 'createPaymentSession', { ...session, ...both }, ['customer']],
  ['a customer of a reusable code', 'createPaymentRequest', { ...reusable, customer: siti() }, ['customer']],
  ['customers of a reusable code', 'createPaymentRequest', { ...reusable, ...both }, ['customer', 'customerId']],
  ['a request for nobody', 'createPaymentRequest', { ...request, customer: badCustomer }, badPlaces],
  ['a token for nobody', 'createPaymentToken', { ...token, customer: badCustomer }, badPlaces],
  [
    'a session for somebody without a name',
    'createPaymentSession',
    { ...session, customer: { ...siti(), givenNames: '' } },
    ['customer.givenNames'],
  ],
  [
    'an address of nowhere',
    'createPaymentRequest',
    { ...request, shippingInformation: { ...shipping, country: 'IDN', city: '', streetLine2: 'x'.repeat(256) } },
    ['shippingInformation.city', 'shippingInformation.country', 'shippingInformation.streetLine2'],
  ],
  [
    'a way back that is not secure',
    'createPaymentSession',
    { ...session, mode: 'COMPONENTS', componentsReturnUrl: 'http://shop.example' },
    ['componentsReturnUrl'],
  ],
];

testTogether(
  'a payer or an address that can not be is refused before any call, with its place',
  async (_t, gateway) => {
    const { record } = sandboxOf(gateway);
    const calls = record.requests.length;
    for (const [what, create, input, places] of wrong) {
      const expected = places.map((place) => `input.${place}`);
      assert.deepEqual(wrongFields(await ask(gateway, create, input)), expected, what);
    }
    assert.equal(record.requests.length, calls);
  },
);

testTogether('no session is opened for a subscription, whose schedule can not be given', async (_t, gateway) => {
  const { errors } = await gateway.ask(
    `mutation { createPaymentSession(input: {
      referenceId: "s", sessionType: SUBSCRIPTION, mode: PAYMENT_LINK, amount: "1", currency: "IDR", country: "ID", idempotencyKey: "s"
    }) { __typename } }`,
  );
  assert.match(errors?.[0]?.message ?? '', /"SUBSCRIPTION" does not exist in "SessionTypeInput"/);
});
