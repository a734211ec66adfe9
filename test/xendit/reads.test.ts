import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../src/model/observation.ts';
import type { XenditClient } from '../../src/xendit/client.ts';
import { getPaymentRequest } from '../../src/xendit/payment-requests.ts';
import { getPaymentSession } from '../../src/xendit/payment-sessions.ts';
import { getPaymentToken } from '../../src/xendit/payment-tokens.ts';
import { getPayment } from '../../src/xendit/payments.ts';
import { getRefund } from '../../src/xendit/refunds.ts';
import { json, openClient, playXendit, refusal } from './playing-xendit.ts';

type Get = (xendit: XenditClient, account: string, id: string) => Promise<Observation[]>;

const v3 = '2024-11-11';
const table: [Get, url: string, version: string | undefined, body: object, observed: string[]][] = [
  [
    getPayment,
    '/v3/payments/a',
    v3,
    { payment_id: 'py-1', payment_request_id: 'pr-1', status: 'CANCELED' },
    ['Payment py-1 CANCELED', 'PaymentRequest pr-1 CANCELED'],
  ],
  [
    getPaymentRequest,
    '/v3/payment_requests/a',
    v3,
    { payment_request_id: 'pr-1', status: 'ACCEPTING_PAYMENTS' },
    ['PaymentRequest pr-1 ACCEPTING_PAYMENTS'],
  ],
  [
    getPaymentRequest,
    '/v3/payment_requests/a',
    v3,
    { id: 'pr-1', status: 'NEW_WORD' },
    ['PaymentRequest pr-1 UNKNOWN'],
  ],
  [
    getPaymentToken,
    '/v3/payment_tokens/a',
    v3,
    { payment_token_id: 'pt-1', status: 'ACTIVE' },
    ['PaymentToken pt-1 ACTIVE'],
  ],
  [
    getPaymentSession,
    '/sessions/a',
    undefined,
    { payment_session_id: 'ps-1', status: 'ACTIVE', payment_token_id: null },
    ['PaymentSession ps-1 ACTIVE'],
  ],
  [
    getRefund,
    '/refunds/a',
    undefined,
    { id: 'rfd-1', payment_request_id: 'pr-1', status: 'CANCELLED' },
    ['Refund rfd-1 CANCELLED', 'PaymentRequest pr-1 UNKNOWN'],
  ],
];

test('each product is asked at its own address, in its own version', async (t) => {
  for (const [get, url, version, body, observed] of table) {
    const server = await playXendit(t, (response) => json(response, 200, body));
    const observations = await get(openClient(t, server.url), 'sub-1', 'a');
    const [request] = server.received;
    assert.deepEqual([request?.url, request?.headers['api-version']], [url, version]);
    assert.equal(request?.headers['for-user-id'], 'sub-1');
    assert.deepEqual(
      observations.map(({ type, id, status }) => `${type} ${id} ${status}`),
      observed,
    );
  }
});

test('an answer without an id is none', async (t) => {
  const server = await playXendit(t, (response) => json(response, 200, { status: 'SUCCEEDED' }));
  const xendit = openClient(t, server.url);
  for (const [get] of table) assert.equal((await refusal(get(xendit, '', 'a'))).code, 'UPSTREAM_PROTOCOL');
});

test('what is still to be done is read in both spellings, and half of it is left out', async (t) => {
  const actions = [
    { type: 'PRESENT_TO_CUSTOMER', descriptor: 'QR_STRING', value: '000201' },
    { action: 'AUTH', url_type: 'WEB', method: 'GET', url: 'https://a.id' },
    { action: 'PRESENT_TO_CUSTOMER', url_type: 'API', url: null, qr_code: '000202' },
    { type: 'REDIRECT_CUSTOMER' },
    null,
    5,
  ];
  const body = { payment_request_id: 'pr-1', actions, channel_properties: { expires_at: '2030-01-01T00:00:00+0700' } };
  const server = await playXendit(t, (response) => json(response, 200, body));
  const [request] = await getPaymentRequest(openClient(t, server.url), '', 'pr-1');
  assert.deepEqual(request?.fields.actions, [
    { type: 'PRESENT_TO_CUSTOMER', descriptor: 'QR_STRING', value: '000201' },
    { type: 'AUTH', descriptor: 'WEB', value: 'https://a.id' },
    { type: 'PRESENT_TO_CUSTOMER', descriptor: 'API', value: '000202' },
  ]);
  assert.equal(request?.fields.expiresAt, '2029-12-31T17:00:00.000000000Z');
});
