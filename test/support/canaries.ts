import assert from 'node:assert/strict';
import { sample } from './samples.ts';

/** Each has its mark: the word, or its digits. */
export const shaped = {
  key: 'xnd_development_canary0123',
  apiKey: 'xgk_canary_0123456789abcdef',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZQ',
  card: '4000000000001000',
  cardInGroups: '5200 0000 0000 2151',
  email: 'canary.person@example.com',
  phone: '+6281299988877',
};
/** No shape tells what these are: their places do. */
export const placed = { token: 'canary-wrong-token', name: 'Canarya Rahasia', account: '99887766554' };
export const callbackToken = 'canary-callback-token';
const marks = /canary|eyJzdWIi|Y2FuYXJ5|4000000000001000|5200.{0,3}0000.{0,3}0000.{0,3}2151|81299988877|99887766554/i;

const person = {
  referenceId: 'person-1',
  givenNames: placed.name,
  surname: placed.name,
  email: shaped.email,
  mobileNumber: shaped.phone,
};
const notes = Object.values(shaped).join(' and ');
const returnUrl = `http://localhost:1/?token=${placed.token}&email=${encodeURIComponent(shaped.email)}`;
const basics = { country: 'ID', currency: 'IDR', description: notes };
const ewallet = { code: 'DANA', successReturnUrl: returnUrl, mobileNumber: shaped.phone };
const shipping = { country: 'ID', streetLine1: placed.name, city: placed.name };
const cards = { card_details: { card_number: shaped.card, cvn: placed.account } };

/** Inputs that are right, or wrong in one place, with a canary wherever a text may stand. */
export const mutations: [name: string, input: object][] = [
  [
    'createQrCode',
    { externalId: shaped.email, type: 'DYNAMIC', amount: '15000', callbackUrl: returnUrl, metadata: shaped },
  ],
  ['createQrCode', { externalId: shaped.phone, type: 'DYNAMIC', amount: shaped.card, callbackUrl: shaped.key }],
  ['createQrCode', { externalId: 'a', type: placed.token, amount: [placed.token] }],
  [
    'createQrCode',
    { externalId: 'a', type: 'STATIC', metadata: { [shaped.email.padEnd(300, 'x')]: 1, cvn: shaped.card } },
  ],
  [
    'createPaymentRequest',
    {
      ...basics,
      referenceId: shaped.email,
      kind: { pay: { amount: '15000', channel: { ewallet } } },
      customer: person,
      shippingInformation: shipping,
    },
  ],
  [
    'createPaymentRequest',
    {
      ...basics,
      referenceId: 'a',
      kind: { pay: { amount: '1', channel: { other: { code: 'CARDS', properties: cards } } } },
    },
  ],
  [
    'createPaymentRequest',
    { ...basics, referenceId: 'a', customer: { ...person, email: placed.name, surname: { deep: placed.name } } },
  ],
  [
    'createPaymentSession',
    {
      ...basics,
      referenceId: 'b',
      sessionType: 'PAY',
      mode: 'PAYMENT_LINK',
      amount: '20000',
      customer: person,
      successReturnUrl: returnUrl.replace('http:', 'https:'),
      cancelReturnUrl: `http://u:${placed.token}@a.id/`,
    },
  ],
  [
    'createPaymentToken',
    {
      ...basics,
      referenceId: 'c',
      channel: { ewallet },
      customer: person,
      metadata: { ...shaped, token: placed.token },
    },
  ],
  ['createCustomer', { customer: person, description: notes, metadata: shaped }],
  [
    'createRefund',
    { of: { paymentRequestId: shaped.email }, amount: shaped.phone, reason: 'OTHERS', metadata: shaped },
  ],
];

const shown = '__typename ... on Failure { code message xenditCode } ... on InvalidInput { fields { path message } }';

export function mutation(name: string): string {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  return `mutation ($input: ${type}Input!) { ${name}(input: $input) { ${shown} } }`;
}

/** Questions with a canary where an id, a number, a word or a name should be. */
export function questions(canary: string): [query: string, variables?: object][] {
  const literal = JSON.stringify(canary);
  return [
    [
      `query ($id: ID!, $reference: String!) {
        node(id: $id) { id } qrCode(externalId: $id) { id } paymentRequest(id: $id) { id } payment(id: $id) { id }
        paymentSession(id: $id) { id } paymentToken(id: $id) { id } refund(id: $id) { id } customer(id: $id) { id }
        qrPayments(externalId: $id) { edges { cursor } } customers(referenceId: $reference) { id }
        webhookEvents(filter: { resourceId: $id, event: $reference }) { edges { cursor } }
      }`,
      { id: canary, reference: canary },
    ],
    ['query ($after: Cursor) { activity(after: $after) { edges { cursor } } }', { after: canary }],
    ['query ($first: Int) { activity(first: $first) { edges { cursor } } }', { first: canary }],
    [
      'query ($filter: PaymentFilter) { payments(filter: $filter) { edges { cursor } } }',
      { filter: { statuses: [canary] } },
    ],
    ['query ($filter: PaymentFilter) { payments(filter: $filter) { edges { cursor } } }', { filter: canary }],
    [`{ activity(first: ${literal}) { edges { cursor } } }`],
    [`{ payments(filter: { minAmount: ${literal}, statuses: [${literal}] }) { edges { cursor } } }`],
    [`{ balance(currency: { a: ${literal} }) { __typename } }`],
    [`{ node(id: ${literal} ${literal}`],
    [`mutation { redriveWebhookEvent(id: ${literal}) { ${shown} } cancelPaymentRequest(id: ${literal}) { ${shown} } }`],
    [`mutation { simulateQrPayment(input: { externalId: ${literal}, amount: "1500" }) { ${shown} } }`],
  ];
}

const paid = {
  ...sample('payment.capture.v3'),
  payer: { name: placed.name, email: shaped.email, phone_number: shaped.phone },
  account_number: placed.account,
  said: notes,
};
export const deliveries: [body: object | string, headers?: Record<string, string>][] = [
  [paid],
  [
    { event: shaped.email, data: { id: shaped.card, name: 'x', customer: { given_names: placed.name } } },
    { 'webhook-id': shaped.email },
  ],
  [{ event: 'payment.succeeded', data: { id: 'py-1', amount: notes, currency: shaped.card } }],
  [`{"event":"qr.payment","email":"${shaped.email}","given_names":"${placed.name}","cvv":"${placed.token}" broken`],
  [`token=${placed.token}&phone=${shaped.phone}`, { 'content-type': 'application/x-www-form-urlencoded' }],
  [
    paid,
    { 'x-callback-token': placed.token, cookie: `session=${placed.token}`, authorization: `Bearer ${placed.token}` },
  ],
];

/** @param parts other words of which none may be found. */
export function assertUnmarked(texts: readonly string[], parts: readonly string[] = []): void {
  const isMarked = (text: string) => marks.test(text) || parts.some((part) => text.includes(part));
  assert.deepEqual(texts.filter(isMarked), []);
}
