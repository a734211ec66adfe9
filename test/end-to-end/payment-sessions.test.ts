import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { type Asking, done, mutate, mutateById, refusal, wrongFields } from '../support/mutations.ts';
import { newName, startOnClock } from '../support/payments.ts';
import { sandboxOf } from '../support/qr-codes.ts';

const testTogether = onSharedGateway();

const minuteMs = 60_000;
const payload = /* GraphQL */ `
  paymentSession {
    id status version referenceId sessionType mode amount { amount currency } country customerId captureMethod
    allowSavePaymentMethod allowedPaymentChannels paymentLinkUrl componentsSdkKey successReturnUrl expiresAt metadata
    paymentRequest { status payments { edges { node { id } } } } payment { id status } paymentToken { id status }
  }
`;

interface ShownSession {
  id: string;
  status: string;
  customerId: string | null;
  paymentLinkUrl: string | null;
  componentsSdkKey: string | null;
  expiresAt: string;
  payment: { id: string; status: string } | null;
  paymentToken: { id: string; status: string } | null;
}

interface Created {
  alreadyProcessed: boolean;
  paymentSession: ShownSession;
}

const siti = () => ({ referenceId: newName('siti'), givenNames: 'Siti', email: 'siti@example.com' });

function ask(gateway: Asking, changes: object = {}) {
  const referenceId = newName('cart').slice(0, 64);
  const input = {
    referenceId,
    sessionType: 'PAY',
    mode: 'PAYMENT_LINK',
    amount: '20000',
    currency: 'IDR',
    country: 'ID',
    idempotencyKey: referenceId,
    ...changes,
  };
  return mutate<Created>(gateway, 'createPaymentSession', `alreadyProcessed ${payload}`, input);
}

async function create(gateway: Asking, changes: object = {}): Promise<ShownSession> {
  const result = await ask(gateway, changes);
  return done(result.paymentSession, result);
}

async function read(gateway: Asking, id: string): Promise<ShownSession> {
  const query = `query ($id: ID!) { ${payload.replace('paymentSession', 'paymentSession(id: $id)')} }`;
  const { data } = await gateway.ask<Created>(query, { id });
  return data?.paymentSession ?? assert.fail('no such session');
}

function cancel(gateway: Asking, id: string) {
  return mutateById<Created>(gateway, 'cancelPaymentSession', payload, id);
}

function watch(gateway: TestGateway, id: string) {
  return gateway.subscribe<{ paymentSessionChanged: { kind: string; paymentSession: { status: string } } }>(
    'subscription ($id: ID!) { paymentSessionChanged(id: $id) { kind paymentSession { status } } }',
    { id },
  );
}

testTogether('a payer goes through a payment link, after a first try that failed', async (t, gateway) => {
  const { payer } = sandboxOf(gateway);
  const session = await create(gateway, { metadata: { cart: 7 }, successReturnUrl: 'https://shop.example/thanks' });
  assert.partialDeepStrictEqual(session, {
    status: 'ACTIVE',
    version: 1,
    mode: 'PAYMENT_LINK',
    amount: { amount: '20000', currency: 'IDR' },
    metadata: { cart: 7 },
    successReturnUrl: 'https://shop.example/thanks',
    componentsSdkKey: null,
    allowedPaymentChannels: [],
    paymentRequest: null,
  });
  assert.match(session.paymentLinkUrl ?? '', /^https:/);
  const changes = watch(gateway, session.id);
  t.after(() => changes.leave());
  await changes.next();
  await payer.completeSession(session.id, { channel_code: 'DANA', failure_code: 'USER_DECLINED_PAYMENT' });
  assert.equal((await read(gateway, session.id)).status, 'ACTIVE');
  await payer.completeSession(session.id, { channel_code: 'DANA' });
  const told = await changes.rest();
  assert.deepEqual(
    told.map(({ paymentSessionChanged: { kind, paymentSession } }) => [kind, paymentSession.status]),
    [['STATUS_CHANGED', 'COMPLETED']],
  );
  const completed = await read(gateway, session.id);
  assert.partialDeepStrictEqual(completed, {
    status: 'COMPLETED',
    payment: { status: 'SUCCEEDED' },
    paymentRequest: { status: 'SUCCEEDED', payments: { edges: [{ node: { id: completed.payment?.id } }] } },
    paymentToken: null,
  });
});

testTogether("a card is saved by Xendit's components in a page of the shop's own", async (_t, gateway) => {
  const { payer } = sandboxOf(gateway);
  const session = await create(gateway, {
    sessionType: 'SAVE',
    mode: 'COMPONENTS',
    amount: '0',
    customer: siti(),
    componentsOrigins: ['https://shop.example'],
  });
  assert.partialDeepStrictEqual(session, { status: 'ACTIVE', mode: 'COMPONENTS', paymentLinkUrl: null });
  assert.match(session.componentsSdkKey ?? '', /^session-/);
  assert.match(session.customerId ?? '', /^cust-/);
  await payer.completeSession(session.id);
  assert.partialDeepStrictEqual(await read(gateway, session.id), {
    status: 'COMPLETED',
    payment: null,
    paymentToken: { status: 'ACTIVE' },
  });
});

testTogether('a payer may keep the card that is paid with', async (_t, gateway) => {
  const session = await create(gateway, {
    amount: '150000',
    allowSavePaymentMethod: 'OPTIONAL',
    customer: siti(),
    allowedPaymentChannels: ['CARDS'],
  });
  await sandboxOf(gateway).payer.completeSession(session.id, { save: true });
  assert.partialDeepStrictEqual(await read(gateway, session.id), {
    status: 'COMPLETED',
    allowedPaymentChannels: ['CARDS'],
    payment: { status: 'SUCCEEDED' },
    paymentToken: { status: 'ACTIVE' },
  });
});

testTogether('an open session is called off at once and without a webhook, and only once', async (_t, gateway) => {
  const { record, payer } = sandboxOf(gateway);
  const { id } = await create(gateway);
  const deliveries = record.deliveries.length;
  assert.equal((await cancel(gateway, id)).paymentSession?.status, 'CANCELED');
  await sandboxOf(gateway).idle();
  assert.equal(record.deliveries.length, deliveries);
  assert.deepEqual(refusal(await cancel(gateway, id)), ['WrongState', 'INVALID_SESSION_STATUS']);
  const paid = await create(gateway);
  await payer.completeSession(paid.id, { channel_code: 'DANA' });
  assert.deepEqual(refusal(await cancel(gateway, paid.id)), ['WrongState', 'INVALID_SESSION_STATUS']);
  assert.deepEqual(refusal(await cancel(gateway, 'ps-nobody')), ['NotFound', 'NOT_FOUND']);
});

testTogether('a repeated key opens no second session, and another input is a conflict', async (_t, gateway) => {
  const expiresAt = new Date(Date.now() + 10 * minuteMs + 300).toISOString();
  const input = { referenceId: newName('once'), idempotencyKey: newName('key'), expiresAt };
  const first = await ask(gateway, input);
  assert.equal(done(first.paymentSession, first).expiresAt, expiresAt);
  await eventually('the end is nearer than 10 minutes', () => Date.parse(expiresAt) - Date.now() < 10 * minuteMs);
  const again = await ask(gateway, input);
  assert.deepEqual([again.alreadyProcessed, again.paymentSession?.id], [true, first.paymentSession?.id]);
  const later = new Date(Date.now() + 60 * minuteMs).toISOString();
  assert.equal((await ask(gateway, { ...input, expiresAt: later })).__typename, 'Conflict');
  assert.equal((await ask(gateway, { ...input, amount: '20001' })).__typename, 'Conflict');
});

const soon = () => new Date(Date.now() + 9 * minuteMs).toISOString();
const item = {
  referenceId: 'cake',
  type: 'PHYSICAL_PRODUCT',
  name: 'Cake',
  netUnitAmount: '10000',
  quantity: 1,
  category: 'FOOD',
  currency: 'IDR',
};
const limits: [what: string, changes: () => object, wrong: string[]][] = [
  ['a reference of 65 characters', () => ({ referenceId: 'x'.repeat(65) }), ['input.referenceId']],
  ['nothing to pay', () => ({ amount: '0' }), ['input.amount']],
  [
    'saving that costs something, without a customer',
    () => ({ sessionType: 'SAVE', amount: '1' }),
    ['input.amount', 'input.customerId'],
  ],
  ['forced saving without a customer', () => ({ allowSavePaymentMethod: 'FORCED' }), ['input.customerId']],
  ['two customers', () => ({ customerId: 'cust-1', customer: siti() }), ['input.customer']],
  [
    'what is for PAY only',
    () => ({
      sessionType: 'SAVE',
      amount: '0',
      customer: siti(),
      captureMethod: 'MANUAL',
      allowSavePaymentMethod: 'DISABLED',
      items: [item],
    }),
    ['input.allowSavePaymentMethod', 'input.captureMethod', 'input.items'],
  ],
  ['an end in nine minutes', () => ({ expiresAt: soon() }), ['input.expiresAt']],
  [
    'addresses that are not secure',
    () => ({
      successReturnUrl: 'http://shop.example',
      cancelReturnUrl: 'nowhere',
      componentsOrigins: ['https://a.example', 'http://b.example'],
    }),
    ['input.cancelReturnUrl', 'input.componentsOrigins.1', 'input.successReturnUrl'],
  ],
  [
    'items of nothing',
    () => ({ items: [item, { ...item, quantity: 0, name: '', netUnitAmount: 'x' }] }),
    ['input.items.1.name', 'input.items.1.netUnitAmount', 'input.items.1.quantity'],
  ],
  ['a note of 81 characters', () => ({ metadata: { note: 'x'.repeat(81) } }), ['input.metadata.note']],
  ['a description that is too long', () => ({ description: 'x'.repeat(1_001) }), ['input.description']],
  [
    'card data',
    () => ({ channelProperties: { cards: { card_details: { cvn: '123' } } } }),
    ['input.channelProperties.cards.card_details'],
  ],
];

testTogether('what breaks a limit is refused before any call, with its place', async (_t, gateway) => {
  const { record } = sandboxOf(gateway);
  const calls = record.requests.length;
  for (const [what, changes, wrong] of limits) {
    assert.deepEqual(wrongFields(await ask(gateway, changes())), wrong, what);
  }
  assert.equal(record.requests.length, calls);
});

const xenditsOwn: [changes: object, xenditCode: string, wrong: string][] = [
  [{ currency: 'XXX' }, 'INVALID_CURRENCY', 'input.currency'],
  [{ country: 'XX' }, 'INVALID_COUNTRY', 'input.country'],
  [{ amount: '20000.001' }, 'INVALID_AMOUNT', 'input.amount'],
  [{ allowedPaymentChannels: ['NOWHERE'] }, 'INVALID_PAYMENT_CHANNEL', 'input.allowedPaymentChannels'],
  [{ customerId: 'cust-nobody' }, 'INVALID_CUSTOMER_ID', 'input.customerId'],
];

testTogether('what Xendit finds wrong comes back with its place', async (_t, gateway) => {
  for (const [changes, xenditCode, wrong] of xenditsOwn) {
    const answer = await ask(gateway, changes);
    assert.deepEqual([answer.xenditCode, wrongFields(answer)], [xenditCode, [wrong]]);
  }
});

test('a session that nobody goes through expires, on time, and is told', async (t) => {
  const { gateway, clock } = await startOnClock(t);
  const { id } = await create(gateway);
  const changes = watch(gateway, id);
  t.after(() => changes.leave());
  await changes.next();
  await clock.advance(29 * minuteMs);
  assert.equal((await read(gateway, id)).status, 'ACTIVE');
  await clock.advance(1 * minuteMs);
  assert.equal((await changes.next())?.paymentSessionChanged.paymentSession.status, 'EXPIRED');
  assert.deepEqual(refusal(await cancel(gateway, id)), ['WrongState', 'INVALID_SESSION_STATUS']);
});
