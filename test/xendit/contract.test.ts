import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';
import type { XenditClient } from '../../src/xendit/client.ts';
import { createCustomer } from '../../src/xendit/customers.ts';
import {
  createPaymentRequest,
  type NewPaymentRequest,
  simulatePayment,
  updatePaymentRequest,
} from '../../src/xendit/payment-requests.ts';
import { createPaymentSession } from '../../src/xendit/payment-sessions.ts';
import { createPaymentToken } from '../../src/xendit/payment-tokens.ts';
import { capturePayment } from '../../src/xendit/payments.ts';
import { createQrCode, simulateQrPayment } from '../../src/xendit/qr-codes.ts';
import { createQrRefund } from '../../src/xendit/qr-refunds.ts';
import { createRefund } from '../../src/xendit/refunds.ts';
import { bodyProblems } from '../sandbox/contract.ts';
import { json, openClient, playXendit } from './playing-xendit.ts';

const id = '1102feb0-bb79-47ae-9d1e-e69394d3949c';
const person = {
  givenNames: 'Siti',
  surname: 'Aminah',
};
const customer = { referenceId: 'siti', email: 'siti@toko.id', mobileNumber: '+62812', individual: person };
const item = {
  referenceId: 'shoe',
  type: 'PHYSICAL_PRODUCT',
  name: 'Shoe',
  netUnitAmount: '-10000.01',
  quantity: 2,
  category: 'shoes',
  currency: 'IDR',
  subcategory: 'boots',
  description: 'left',
  url: 'https://toko.id',
  imageUrl: 'https://toko.id/1.png',
  metadata: { size: '40' },
};
const basics = {
  referenceId: 'order-1',
  country: 'ID',
  currency: 'IDR',
  captureMethod: 'AUTOMATIC',
  description: 'shoes',
  items: [item],
  shippingInformation: {
    country: 'ID',
    streetLine1: 'Jalan 1',
    streetLine2: 'RT 2',
    city: 'Jakarta',
    provinceState: 'DKI',
    postalCode: '10110',
  },
  metadata: { a: 'b' },
} as const;
const channel = { channelCode: 'BNI_VIRTUAL_ACCOUNT', channelProperties: { expires_at: '2030-01-01T00:00:00Z' } };
const at = new Date('2030-01-01T00:00:00Z');
const kinds: NewPaymentRequest[] = [
  { type: 'PAY', amount: '1.5', ...basics, ...channel, customer },
  { type: 'PAY_AND_SAVE', amount: '1', ...basics, ...channel, customerId: `cust-${id}` },
  { type: 'PAY', amount: '1', ...basics, ...channel, paymentTokenId: `pt-${id}` },
  { type: 'REUSABLE_PAYMENT_CODE', ...basics, ...channel },
];
const payment = { paymentRequestId: `pr-${id}` };
const session = {
  referenceId: 'visit',
  sessionType: 'PAY',
  mode: 'COMPONENTS',
  amount: '50000',
  currency: 'IDR',
  country: 'ID',
  customer,
  allowSavePaymentMethod: 'FORCED',
  captureMethod: 'AUTOMATIC',
  allowedPaymentChannels: ['CARDS'],
  channelProperties: { cards: {} },
  expiresAt: at,
  locale: 'en',
  description: 'shoes',
  items: [item],
  metadata: { a: 'b' },
  successReturnUrl: 'https://toko.id',
  cancelReturnUrl: 'https://toko.id',
  notificationChannels: ['EMAIL'],
  componentsConfiguration: { origins: ['https://toko.id'], returnUrl: 'https://toko.id' },
} as const;
const known = {
  referenceId: 'c',
  email: 'a@b.id',
  mobileNumber: '+62812',
  description: 'd',
  metadata: { a: 'b' },
} as const;
const qrCode = { externalId: 'order-1', type: 'DYNAMIC', amount: '15000', metadata: { a: 'b' } } as const;

const calls: [Endpoint, (xendit: XenditClient) => Promise<unknown>][] = [
  ...kinds.map(
    (kind) =>
      ['POST /v3/payment_requests', (xendit: XenditClient) => createPaymentRequest(xendit, '', kind)] as [
        Endpoint,
        (xendit: XenditClient) => Promise<unknown>,
      ],
  ),
  [
    'PATCH /v3/payment_requests/:payment_request_id',
    (xendit) => updatePaymentRequest(xendit, '', `pr-${id}`, { amount: '1', description: 'd', expiresAt: at }),
  ],
  [
    'POST /v3/payment_requests/:payment_request_id/simulate',
    (xendit) => simulatePayment(xendit, '', { ...payment, amount: '1' }),
  ],
  [
    'POST /v3/payments/:payment_id/capture',
    (xendit) => capturePayment(xendit, '', { paymentId: `py-${id}`, amount: '1' }),
  ],
  [
    'POST /v3/payment_tokens',
    (xendit) =>
      createPaymentToken(xendit, '', {
        ...channel,
        ...{ referenceId: 'token', country: 'ID', currency: 'IDR', description: 'd', metadata: { a: 'b' }, customer },
      }),
  ],
  ['POST /sessions', (xendit) => createPaymentSession(xendit, '', session)],
  [
    'POST /refunds',
    (xendit) =>
      createRefund(
        xendit,
        '',
        { ...payment, reason: 'OTHERS', amount: '1', currency: 'IDR', referenceId: 'r', metadata: { a: 'b' } },
        'key',
      ),
  ],
  [
    'POST /customers',
    (xendit) => createCustomer(xendit, '', { ...known, type: 'INDIVIDUAL', individual: person }, 'key'),
  ],
  ['POST /qr_codes', (xendit) => createQrCode(xendit, '', { ...qrCode, callbackUrl: 'https://toko.id' })],
  [
    'POST /qr_codes',
    (xendit) =>
      createQrCode(xendit, '', {
        ...qrCode,
        ...{ api: 'v2', currency: 'IDR', channelCode: 'ID_DANA', expiresAt: at, description: 'd', basket: [{ a: 1 }] },
      }),
  ],
  [
    'POST /qr_codes/:external_id/payments/simulate',
    (xendit) => simulateQrPayment(xendit, '', { externalId: 'order-1', amount: '15000' }),
  ],
  [
    'POST /qr_codes/payments/:qrpy_id/refunds',
    (xendit) => createQrRefund(xendit, '', { qrPaymentId: 'qrpy_1', amount: '1', reason: 'OTHERS' }, 'key'),
  ],
];

test('every body that is sent, with all that it can hold, is what the contract says', async (t) => {
  const server = await playXendit(t, (response) => json(response, 500, { error_code: 'SERVER_ERROR' }));
  const xendit = openClient(t, server.url);
  for (const [endpoint, send] of calls) {
    await assert.rejects(send(xendit), { code: 'UNAVAILABLE' });
    assert.deepEqual(bodyProblems(endpoint, JSON.parse(server.received.at(-1)?.body ?? '')), [], endpoint);
  }
});

test('a body that the contract does not know is seen', () => {
  const endpoint = 'POST /v3/payments/:payment_id/capture';
  assert.deepEqual(bodyProblems(endpoint, { capture_amount: 1 }), []);
  for (const body of [{ capture_amount: '1' }, { amount: 1 }, { capture_amount: 1, extra: 1 }]) {
    assert.equal(bodyProblems(endpoint, body).length, 1, JSON.stringify(body));
  }
  assert.equal(bodyProblems('GET /balance', {}).length, 1);
});
