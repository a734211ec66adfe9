import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/model/json.ts';
import {
  cancelPaymentRequest,
  createPaymentRequest,
  getPaymentRequest,
  type NewPaymentRequest,
  simulatePayment,
  updatePaymentRequest,
} from '../../src/xendit/payment-requests.ts';
import { json, openClient, playXendit, refusal, said } from './playing-xendit.ts';

const created = '2021-12-31T23:59:59.000000000Z';
const stored = {
  payment_request_id: 'pr-90392f42-d98a-49ef-a7f3-abcezas123',
  business_id: '5f27a14a9bf05c73dd040bc8',
  reference_id: 'order-1',
  type: 'PAY',
  country: 'ID',
  currency: 'IDR',
  request_amount: 10000.01,
  capture_method: 'AUTOMATIC',
  channel_code: 'QRIS',
  channel_properties: { expires_at: '2022-01-02T23:59:59Z' },
  status: 'REQUIRES_ACTION',
  actions: [{ type: 'PRESENT_TO_CUSTOMER', descriptor: 'QR_STRING', value: '000201' }],
  description: 'Coffee',
  metadata: { shop: 'senayan' },
  created: '2021-12-31T23:59:59Z',
  updated: '2021-12-31T23:59:59Z',
};
const pay: NewPaymentRequest = {
  type: 'PAY',
  referenceId: 'order-1',
  country: 'ID',
  currency: 'IDR',
  amount: '10000.010',
  channelCode: 'QRIS',
  channelProperties: {},
};

test('a payment request is told as Xendit stored it', async (t) => {
  const server = await playXendit(t, (response) => json(response, 201, stored));
  const observations = await createPaymentRequest(openClient(t, server.url), 'sub-1', pay);
  const [request] = server.received;
  assert.deepEqual(said(request), ['POST /v3/payment_requests', '2024-11-11', 'sub-1']);
  assert.deepEqual(observations, [
    {
      type: 'PaymentRequest',
      id: stored.payment_request_id,
      status: 'REQUIRES_ACTION',
      updated: created,
      fields: {
        family: 'PAYMENTS_V3',
        xenditStatus: 'REQUIRES_ACTION',
        businessId: stored.business_id,
        created,
        updated: created,
        description: 'Coffee',
        metadata: { shop: 'senayan' },
        referenceId: 'order-1',
        type: 'PAY',
        country: 'ID',
        amount: { amount: '10000.01', currency: 'IDR' },
        captureMethod: 'AUTOMATIC',
        channelCode: 'QRIS',
        channelProperties: { expires_at: '2022-01-02T23:59:59Z' },
        actions: stored.actions,
        expiresAt: '2022-01-02T23:59:59.000000000Z',
      },
    },
  ]);
});

test('each of the four kinds has a body of its own', async (t) => {
  const basics = { referenceId: 'r', country: 'ID', currency: 'IDR' } as const;
  const table: [NewPaymentRequest, body: string][] = [
    [
      pay,
      '{"reference_id":"order-1","type":"PAY","country":"ID","currency":"IDR","request_amount":10000.01,"channel_code":"QRIS","channel_properties":{}}',
    ],
    [
      {
        ...basics,
        type: 'PAY_AND_SAVE',
        amount: '9007199254740993',
        channelCode: 'OVO',
        channelProperties: { account_mobile_number: '+6281' },
        captureMethod: 'AUTOMATIC',
        description: 'd',
        customer: {
          referenceId: 'c',
          email: 'a@b.id',
          mobileNumber: '+6281',
          individual: {
            givenNames: 'Siti',
            surname: 'A',
          },
        },
        items: [
          {
            referenceId: 'i',
            type: 'DIGITAL_PRODUCT',
            name: 'n',
            netUnitAmount: '-0.10',
            quantity: 2,
            category: 'k',
            currency: 'IDR',
            subcategory: 's',
            description: 'd',
            url: 'https://a.id',
            imageUrl: 'https://a.id/i',
            metadata: { a: 1 },
          },
        ],
        shippingInformation: {
          country: 'ID',
          streetLine1: '1',
          streetLine2: '2',
          city: 'c',
          provinceState: 'p',
          postalCode: '12',
        },
        metadata: { m: 'x' },
      },
      '{"reference_id":"r","type":"PAY_AND_SAVE","country":"ID","currency":"IDR","request_amount":9007199254740993,"capture_method":"AUTOMATIC","channel_code":"OVO","channel_properties":{"account_mobile_number":"+6281"},"customer":{"type":"INDIVIDUAL","reference_id":"c","email":"a@b.id","mobile_number":"+6281","individual_detail":{"given_names":"Siti","surname":"A"}},"description":"d","items":[{"reference_id":"i","type":"DIGITAL_PRODUCT","name":"n","net_unit_amount":-0.1,"quantity":2,"category":"k","currency":"IDR","subcategory":"s","description":"d","url":"https://a.id","image_url":"https://a.id/i","metadata":{"a":1}}],"shipping_information":{"country":"ID","street_line1":"1","street_line2":"2","city":"c","province_state":"p","postal_code":"12"},"metadata":{"m":"x"}}',
    ],
    [
      { ...basics, type: 'PAY', amount: '1', paymentTokenId: 'pt-1', customerId: 'cust-1' },
      '{"reference_id":"r","type":"PAY","country":"ID","currency":"IDR","request_amount":1,"payment_token_id":"pt-1","customer_id":"cust-1"}',
    ],
    [
      {
        ...basics,
        type: 'REUSABLE_PAYMENT_CODE',
        channelCode: 'BCA_VIRTUAL_ACCOUNT',
        channelProperties: { display_name: 'Toko' },
      },
      '{"reference_id":"r","type":"REUSABLE_PAYMENT_CODE","country":"ID","currency":"IDR","channel_code":"BCA_VIRTUAL_ACCOUNT","channel_properties":{"display_name":"Toko"}}',
    ],
  ];
  const server = await playXendit(t, (response) => json(response, 201, stored));
  const xendit = openClient(t, server.url);
  for (const [request, body] of table) {
    await createPaymentRequest(xendit, '', request);
    assert.equal(server.received.at(-1)?.body, body);
  }
});

test('the payment that an answer holds is told with it', async (t) => {
  const payment = {
    payment_id: 'py-1',
    payment_request_id: stored.payment_request_id,
    currency: 'IDR',
    request_amount: 10000,
    status: 'FAILED',
    failure_code: 'CARD_DECLINED',
    payment_details: { authorization_data: { retrieval_reference_number: '1' } },
  };
  let latest: JsonObject | null = payment;
  const server = await playXendit(t, (response) =>
    json(response, 200, { ...stored, status: 'FAILED', latest_payment_id: 'py-1', latest_payment: latest }),
  );
  const xendit = openClient(t, server.url);
  const observations = await getPaymentRequest(xendit, '', stored.payment_request_id);
  assert.deepEqual(
    observations.map(({ type, id, status, cause }) => [type, id, status, cause?.id]),
    [
      ['PaymentRequest', stored.payment_request_id, 'FAILED', undefined],
      ['Payment', 'py-1', 'FAILED', undefined],
      ['PaymentRequest', stored.payment_request_id, 'FAILED', 'py-1'],
    ],
  );
  assert.equal(observations[0].fields.latestPaymentId, 'py-1');
  assert.ok(observations[1]?.type === 'Payment');
  assert.deepEqual(observations[1].fields.paymentDetails, payment.payment_details);
  for (latest of [null, {}, { status: 'FAILED' }]) {
    assert.equal((await getPaymentRequest(xendit, '', 'pr-1')).length, 1);
  }
});

test('card data never leaves the house, wherever it hides', async (t) => {
  const server = await playXendit(t, (response) => json(response, 201, stored));
  const xendit = openClient(t, server.url);
  const table: [JsonObject, path: string][] = [
    [{ card_details: { card_number: '4000000000002503' } }, 'channelProperties.card_details'],
    [{ cardDetails: null }, 'channelProperties.cardDetails'],
    [{ a: [{}, { 'Card-Number': '4' }] }, 'channelProperties.a.1.Card-Number'],
    [{ x: { CVN: '123' } }, 'channelProperties.x.CVN'],
  ];
  for (const [channelProperties, fieldPath] of table) {
    const error = await refusal(createPaymentRequest(xendit, '', { ...pay, channelProperties }));
    assert.equal(error.code, 'INVALID_INPUT');
    assert.equal(error.message, `${fieldPath}: card data must not pass through here: use Xendit's own components`);
  }
  await createPaymentRequest(xendit, '', { ...pay, channelProperties: { mid_label: 'cvn', skip_three_ds: true } });
  assert.equal(server.received.length, 1);
});

test('an amount that is none is named where it stands, and nothing is sent', async (t) => {
  const server = await playXendit(t, (response) => json(response, 201, stored));
  const xendit = openClient(t, server.url);
  const item = { referenceId: 'i', type: 'FEE', name: 'n', quantity: 1, category: 'k', currency: 'IDR' };
  const items = [
    { ...item, netUnitAmount: '1' },
    { ...item, netUnitAmount: '1,5' },
  ];
  const table: [Promise<unknown>, message: string][] = [
    [createPaymentRequest(xendit, '', { ...pay, amount: 'NaN' }), 'amount: not a decimal number'],
    [createPaymentRequest(xendit, '', { ...pay, items }), 'items.1.netUnitAmount: not a decimal number'],
    [updatePaymentRequest(xendit, '', 'pr-1', { amount: '' }), 'amount: not a decimal number'],
    [simulatePayment(xendit, '', { paymentRequestId: 'pr-1', amount: '0x1' }), 'amount: not a decimal number'],
  ];
  for (const [call, message] of table) {
    const error = await refusal(call);
    assert.deepEqual([error.code, error.message], ['INVALID_INPUT', message]);
  }
  assert.deepEqual(server.received, []);
});

test('a request is changed and canceled by its id', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, { ...stored, status: 'CANCELED' }));
  const xendit = openClient(t, server.url);
  const expiresAt = new Date('2030-01-01T00:00:00Z');
  await updatePaymentRequest(xendit, 'sub-1', 'pr-1', { amount: '5', description: 'd', expiresAt });
  await updatePaymentRequest(xendit, '', 'pr-1', { description: 'd' });
  const [canceled] = await cancelPaymentRequest(xendit, 'sub-1', 'pr-1');
  assert.equal(canceled.status, 'CANCELED');
  assert.deepEqual(server.received.map(said), [
    ['PATCH /v3/payment_requests/pr-1', '2024-11-11', 'sub-1'],
    ['PATCH /v3/payment_requests/pr-1', '2024-11-11', undefined],
    ['POST /v3/payment_requests/pr-1/cancel', '2024-11-11', 'sub-1'],
  ]);
  assert.deepEqual(
    server.received.map(({ body }) => body),
    [
      '{"request_amount":5,"description":"d","channel_properties":{"expires_at":"2030-01-01T00:00:00.000Z"}}',
      '{"description":"d"}',
      '',
    ],
  );
});

test('a simulation says only that it was heard', async (t) => {
  const server = await playXendit(t, (response, _, count) =>
    json(response, 200, count === 1 ? { status: 'PENDING', message: 'A webhook follows' } : {}),
  );
  const xendit = openClient(t, server.url);
  const told = await simulatePayment(xendit, 'sub-1', { paymentRequestId: 'pr-1', amount: '1500.5' });
  assert.deepEqual(told, { status: 'PENDING', message: 'A webhook follows' });
  assert.deepEqual(said(server.received[0]), ['POST /v3/payment_requests/pr-1/simulate', '2024-11-11', 'sub-1']);
  assert.equal(server.received[0]?.body, '{"amount":1500.5}');
  const silent = await simulatePayment(xendit, '', { paymentRequestId: 'pr-1' });
  assert.deepEqual(silent, { status: undefined, message: undefined });
  assert.equal(server.received[1]?.body, '{}');
});

test('what was done and can’t be read is an outcome that isn’t known', async (t) => {
  const server = await playXendit(t, (response) => json(response, 201, { status: 'REQUIRES_ACTION' }));
  const xendit = openClient(t, server.url);
  const table: [Promise<unknown>, reference: string][] = [
    [createPaymentRequest(xendit, '', pay), 'order-1'],
    [updatePaymentRequest(xendit, '', 'pr-1', {}), 'pr-1'],
    [cancelPaymentRequest(xendit, '', 'pr-1'), 'pr-1'],
  ];
  for (const [call, reference] of table) {
    const error = await refusal(call);
    assert.deepEqual([error.code, error.reference], ['OUTCOME_UNKNOWN', reference]);
  }
});
