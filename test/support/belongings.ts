import assert from 'node:assert/strict';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { eventually } from './eventually.ts';
import type { Line } from './lines.ts';
import { sample } from './samples.ts';

/** What an account has of each kind: ids, names and keys, by what they are of. */
export interface Belongings {
  label: string;
  customer: string;
  qrCode: string;
  qrName: string;
  qrPayment: string;
  qrRefund: string;
  token: string;
  /** Waits for its payer. */
  openRequest: string;
  /** Paid with the token, held and captured in part; its payment is `payment`. */
  request: string;
  payment: string;
  capture: string;
  /** Completed; `sessionRequest` came of it. */
  session: string;
  sessionRequest: string;
  openSession: string;
  refund: string;
  transaction: string;
  webhookEvent: string;
}

/** Delivers a webhook to one account, with its token. */
export type Deliver = (account: string, body: object) => Promise<unknown>;

/** Makes something of each kind, through the gateway. Whatever can have a name, a note or an amount has one that tells whose it is. */
export async function acquire(
  line: Line,
  xendit: Sandbox,
  deliver: Deliver,
  account: string,
  label: string,
): Promise<Belongings> {
  const metadata = { of: label };
  const description = `a note of ${label}`;
  const common = { country: 'ID', currency: 'IDR', description, metadata };
  const named = (what: string) => ({ referenceId: `${label}-${what}`, idempotencyKey: `${label}-key-${what}` });
  const make = async (name: string, payload: string, input: object) => {
    const type = name.charAt(0).toUpperCase() + name.slice(1);
    const document = `mutation ($input: ${type}Input!) { made: ${name}(input: $input) { __typename ... on ${type}Payload { of: ${payload} { id } } ... on Failure { message } } }`;
    const told = await line.ask<{ made: { of?: { id: string } } }>(document, { input });
    return told.data?.made.of?.id ?? assert.fail(`${name}: ${JSON.stringify(told)}`);
  };
  const find = async (query: string, id: string): Promise<string> => {
    const told = await line.ask<Record<string, object>>(`query ($id: ID!) { ${query} }`, { id });
    return /"found":"([^"]+)"/.exec(JSON.stringify(told))?.[1] ?? assert.fail(JSON.stringify(told));
  };

  const qrName = `${label}-counter`;
  const customer = await make('createCustomer', 'customer', {
    customer: { referenceId: `${label}-customer`, givenNames: label, email: `${label}@example.com` },
    description,
    metadata,
    idempotencyKey: `${label}-key-customer`,
  });
  const qrCode = await make('createQrCode', 'qrCode', {
    externalId: qrName,
    type: 'STATIC',
    metadata,
    idempotencyKey: `${label}-key-code`,
  });
  await make('simulateQrPayment', 'qrPayment', { externalId: qrName, amount: '11000' });
  const qrPayment = await make('simulateQrPayment', 'qrPayment', { externalId: qrName, amount: '12000' });
  const refundOf = (of: object, what: string, more: object = {}) =>
    make('createRefund', 'refund', {
      of,
      reason: 'REQUESTED_BY_CUSTOMER',
      amount: '1000',
      idempotencyKey: `${label}-key-${what}`,
      ...more,
    });
  const qrRefund = await refundOf({ qrPaymentId: qrPayment }, 'qr-refund');
  const token = await make('createPaymentToken', 'paymentToken', {
    ...common,
    ...named('token'),
    customerId: customer,
    channel: { other: { code: 'CARDS', properties: {} } },
  });
  await xendit.payer.linkToken(token, { account });
  const cards = { other: { code: 'CARDS', properties: { skip_three_ds: true } } };
  const request = await make('createPaymentRequest', 'paymentRequest', {
    ...common,
    ...named('request'),
    customerId: customer,
    captureMethod: 'MANUAL',
    kind: { payWithToken: { amount: '150000', paymentTokenId: token, channel: cards } },
  });
  const openRequest = await make('createPaymentRequest', 'paymentRequest', {
    ...common,
    ...named('open'),
    customerId: customer,
    kind: { pay: { amount: '15000', channel: { qrCode: { code: 'QRIS' } } } },
  });
  await xendit.idle();
  const payment = await find('paymentRequest(id: $id) { latestPayment { found: id } }', request);
  await make('capturePayment', 'payment', { id: payment, amount: '100000', idempotencyKey: `${label}-key-capture` });
  await xendit.idle();
  const refund = await refundOf({ paymentRequestId: request }, 'refund', { referenceId: `${label}-refund`, metadata });
  const capture = `cptr-${label}`;
  const captured = { id: capture, payment_request_id: request, reference_id: `${label}-capture` };
  await deliver(account, sample('capture.succeeded.v2', captured, { business_id: account || 'own' }));
  const sessions = { ...common, sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '20000' };
  const openSession = await make('createPaymentSession', 'paymentSession', {
    ...sessions,
    ...named('open-session'),
    customer: { referenceId: `${label}-visitor`, givenNames: label },
  });
  const session = await make('createPaymentSession', 'paymentSession', {
    ...sessions,
    ...named('session'),
    customerId: customer,
  });
  await xendit.payer.completeSession(session, { account });
  await xendit.idle();
  const sessionRequest = await find('paymentSession(id: $id) { paymentRequest { found: id } }', session);
  const transaction = await find('payment(id: $id) { transaction { found: id } }', payment);
  const webhookEvent = await find(
    'webhookEvents(filter: { resourceId: $id }, first: 1) { edges { node { found: id } } }',
    payment,
  );
  const all = { label, customer, qrCode, qrName, qrPayment, qrRefund, token, openRequest, request, payment, capture };
  const own = { ...all, session, sessionRequest, openSession, refund, transaction, webhookEvent };
  await eventually('the refunds are done, and all of it has been released to the activity', async () => {
    const told = await line.ask(
      `query ($refund: ID!, $qrRefund: ID!) {
        refund(id: $refund) { status } qrRefund: refund(id: $qrRefund) { status }
        activity(first: 100) { edges { node { toStatus resource { id } } } }
      }`,
      { refund, qrRefund },
    );
    const words = JSON.stringify(told);
    const isTold = (id: string) => words.includes(`{"toStatus":"SUCCEEDED","resource":{"id":"${id}"}}`);
    return !words.includes('{"status":"PENDING"}') && isTold(refund) && isTold(qrRefund);
  });
  return own;
}
