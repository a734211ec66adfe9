import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cancelPaymentSession,
  createPaymentSession,
  type NewPaymentSession,
} from '../../src/xendit/payment-sessions.ts';
import { json, openClient, playXendit, refusal, said } from './playing-xendit.ts';

const stored = {
  payment_session_id: 'ps-661f87c614802d6c402cf82e',
  reference_id: 'order-1',
  session_type: 'PAY',
  mode: 'PAYMENT_LINK',
  amount: 10000,
  currency: 'IDR',
  country: 'ID',
  status: 'ACTIVE',
  payment_link_url: 'https://xen.to/x',
  components_sdk_key: null,
  payment_request_id: null,
  expires_at: '2024-01-01T00:30:00Z',
  created: '2024-01-01T00:00:00Z',
  updated: '2024-01-01T00:00:00Z',
};
const session: NewPaymentSession = {
  referenceId: 'order-1',
  sessionType: 'PAY',
  mode: 'PAYMENT_LINK',
  amount: '10000',
  currency: 'IDR',
  country: 'ID',
};

test('a session is opened, and says where the payer goes', async (t) => {
  const server = await playXendit(t, (response) => json(response, 201, stored));
  const observations = await createPaymentSession(openClient(t, server.url), 'sub-1', session);
  assert.deepEqual(said(server.received[0]), ['POST /sessions', undefined, 'sub-1']);
  assert.equal(
    server.received[0]?.body,
    '{"reference_id":"order-1","session_type":"PAY","mode":"PAYMENT_LINK","amount":10000,"currency":"IDR","country":"ID"}',
  );
  assert.equal(observations.length, 1);
  const [opened] = observations;
  assert.ok(opened?.type === 'PaymentSession');
  assert.deepEqual([opened.id, opened.status], [stored.payment_session_id, 'ACTIVE']);
  assert.deepEqual(opened.fields.amount, { amount: '10000', currency: 'IDR' });
  assert.equal(opened.fields.paymentLinkUrl, 'https://xen.to/x');
  assert.equal('componentsSdkKey' in opened.fields, false);
});

test('everything that can be asked for has its name', async (t) => {
  const server = await playXendit(t, (response) =>
    json(response, 201, { ...stored, mode: 'COMPONENTS', components_sdk_key: 'session-key', payment_token_id: 'pt-1' }),
  );
  const observations = await createPaymentSession(openClient(t, server.url), '', {
    ...session,
    sessionType: 'PAY',
    mode: 'COMPONENTS',
    amount: '0.50',
    customer: { referenceId: 'c', individual: { givenNames: 'Siti' } },
    allowSavePaymentMethod: 'FORCED',
    captureMethod: 'AUTOMATIC',
    allowedPaymentChannels: ['QRIS', 'OVO'],
    channelProperties: { cards: { mid_label: 'a' } },
    expiresAt: new Date('2030-01-01T00:00:00Z'),
    locale: 'id',
    description: 'd',
    items: [
      {
        referenceId: 'i',
        type: 'FEE',
        name: 'n',
        netUnitAmount: '0.5',
        quantity: 1,
        category: 'k',
        currency: 'IDR',
      },
    ],
    metadata: { a: 'b' },
    successReturnUrl: 'https://a.id/s',
    cancelReturnUrl: 'https://a.id/c',
    notificationChannels: ['EMAIL'],
    componentsConfiguration: { origins: ['https://a.id'], returnUrl: 'https://a.id/r' },
  });
  assert.deepEqual(JSON.parse(server.received[0]?.body ?? ''), {
    reference_id: 'order-1',
    session_type: 'PAY',
    mode: 'COMPONENTS',
    amount: 0.5,
    currency: 'IDR',
    country: 'ID',
    customer: { type: 'INDIVIDUAL', reference_id: 'c', individual_detail: { given_names: 'Siti' } },
    allow_save_payment_method: 'FORCED',
    capture_method: 'AUTOMATIC',
    allowed_payment_channels: ['QRIS', 'OVO'],
    channel_properties: { cards: { mid_label: 'a' } },
    expires_at: '2030-01-01T00:00:00.000Z',
    locale: 'id',
    description: 'd',
    items: [
      {
        reference_id: 'i',
        type: 'FEE',
        name: 'n',
        net_unit_amount: 0.5,
        quantity: 1,
        category: 'k',
        currency: 'IDR',
      },
    ],
    metadata: { a: 'b' },
    success_return_url: 'https://a.id/s',
    cancel_return_url: 'https://a.id/c',
    notification_channels: ['EMAIL'],
    components_configuration: { origins: ['https://a.id'], return_url: 'https://a.id/r' },
  });
  const [opened, token] = observations;
  assert.ok(opened?.type === 'PaymentSession');
  assert.equal(opened.fields.componentsSdkKey, 'session-key');
  assert.deepEqual([token?.type, token?.id, token?.status], ['PaymentToken', 'pt-1', 'UNKNOWN']);
});

test('a session is closed by its id, unless it is past that', async (t) => {
  const server = await playXendit(t, (response, _, count) =>
    count === 1
      ? json(response, 200, { ...stored, status: 'CANCELED' })
      : json(response, 422, { error_code: 'INVALID_SESSION_STATUS', message: 'No' }),
  );
  const xendit = openClient(t, server.url);
  const [canceled] = await cancelPaymentSession(xendit, 'sub-1', 'ps-1');
  assert.deepEqual(said(server.received[0]), ['POST /sessions/ps-1/cancel', undefined, 'sub-1']);
  assert.equal(server.received[0]?.body, '');
  assert.equal(canceled?.status, 'CANCELED');
  assert.equal((await refusal(cancelPaymentSession(xendit, '', 'ps-1'))).code, 'WRONG_STATE');
});

test('what is wrong is said before anything is sent, and what is lost stays open', async (t) => {
  const server = await playXendit(t, (response) => json(response, 201, {}));
  const xendit = openClient(t, server.url);
  const cards = { cards: { card_details: {} } };
  for (const wrong of [{ amount: '' }, { channelProperties: cards }]) {
    assert.equal((await refusal(createPaymentSession(xendit, '', { ...session, ...wrong }))).code, 'INVALID_INPUT');
  }
  assert.equal(server.received.length, 0);
  assert.equal((await refusal(createPaymentSession(xendit, '', session))).reference, 'order-1');
  assert.equal((await refusal(cancelPaymentSession(xendit, '', 'ps-1'))).reference, 'ps-1');
});
