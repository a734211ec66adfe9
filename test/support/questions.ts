import assert from 'node:assert/strict';
import { getNamedType } from 'graphql';
import { createSchema } from '../../src/graphql/schema.ts';
import type { Belongings } from './belongings.ts';
import { newName } from './payments.ts';
import { type Position, selectionOf } from './positions.ts';

/** As it is served. */
export const schema = createSchema();

/** Where the value of a position comes from: what its owner has, or a cursor that its owner was given there. */
type Source = ((own: Belongings) => string) | 'CURSOR';

const id =
  (name: keyof Belongings): Source =>
  (own) =>
    own[name];
/** A name that its owner has given to something of a kind, or the key that it was made with. */
const name =
  (kind: string): Source =>
  ({ label }) =>
    `${label}-${kind}`;

/** Each position of the graph, and what is tried there. */
export const sources: Record<string, Source> = {
  'Query.node(id)': id('payment'),
  'Query._entities(representations.Capture.id)': id('capture'),
  'Query._entities(representations.Customer.id)': id('customer'),
  'Query._entities(representations.Payment.id)': id('payment'),
  'Query._entities(representations.PaymentRequest.id)': id('request'),
  'Query._entities(representations.PaymentSession.id)': id('session'),
  'Query._entities(representations.PaymentToken.id)': id('token'),
  'Query._entities(representations.QrCode.externalId)': id('qrName'),
  'Query._entities(representations.QrCode.id)': id('qrCode'),
  'Query._entities(representations.QrPayment.id)': id('qrPayment'),
  'Query._entities(representations.Refund.id)': id('refund'),
  'Query._entities(representations.Transaction.id)': id('transaction'),
  'Query.customer(id)': id('customer'),
  'Query.customers(referenceId)': name('customer'),
  'Query.paymentRequest(id)': id('request'),
  'Query.paymentRequests(filter.referenceId)': name('request'),
  'Query.paymentRequests(after)': 'CURSOR',
  'Query.paymentSession(id)': id('session'),
  'Query.paymentSessions(filter.referenceId)': name('session'),
  'Query.paymentSessions(after)': 'CURSOR',
  'Query.paymentToken(id)': id('token'),
  'Query.payment(id)': id('payment'),
  'Query.payments(filter.referenceId)': name('request'),
  'Query.payments(after)': 'CURSOR',
  'Query.qrCode(externalId)': id('qrName'),
  'Query.qrPayments(externalId)': id('qrName'),
  'Query.qrPayments(after)': 'CURSOR',
  'Query.qrCodes(filter.externalId)': id('qrName'),
  'Query.qrCodes(after)': 'CURSOR',
  'Query.refund(id)': id('refund'),
  'Query.transactions(filter.referenceId)': name('request'),
  'Query.transactions(filter.productId)': id('payment'),
  'Query.transactions(after)': 'CURSOR',
  'Query.activity(filter.resourceId)': id('session'),
  'Query.activity(after)': 'CURSOR',
  'Query.webhookEvent(id)': id('webhookEvent'),
  'Query.webhookEvents(filter.resourceId)': id('payment'),
  'Query.webhookEvents(after)': 'CURSOR',
  'Subscription.activity(filter.resourceId)': id('session'),
  'Subscription.activity(after)': 'CURSOR',
  'Subscription.paymentRequestChanged(id)': id('request'),
  'Subscription.paymentRequestChanged(after)': 'CURSOR',
  'Subscription.paymentSessionChanged(id)': id('session'),
  'Subscription.paymentSessionChanged(after)': 'CURSOR',
  'Subscription.paymentTokenChanged(id)': id('token'),
  'Subscription.paymentTokenChanged(after)': 'CURSOR',
  'Subscription.paymentChanged(id)': id('payment'),
  'Subscription.paymentChanged(after)': 'CURSOR',
  'Subscription.qrCodeChanged(externalId)': id('qrName'),
  'Subscription.qrCodeChanged(after)': 'CURSOR',
  'Subscription.refundChanged(id)': id('refund'),
  'Subscription.refundChanged(after)': 'CURSOR',
  'Mutation.createCustomer(input.customer.referenceId)': name('customer'),
  'Mutation.createCustomer(input.idempotencyKey)': name('key-customer'),
  'Mutation.createPaymentRequest(input.referenceId)': name('request'),
  'Mutation.createPaymentRequest(input.kind.payWithToken.paymentTokenId)': id('token'),
  'Mutation.createPaymentRequest(input.customerId)': id('customer'),
  'Mutation.createPaymentRequest(input.customer.referenceId)': name('customer'),
  'Mutation.createPaymentRequest(input.items.referenceId)': name('request'),
  'Mutation.createPaymentRequest(input.idempotencyKey)': name('key-request'),
  'Mutation.updatePaymentRequest(input.id)': id('openRequest'),
  'Mutation.cancelPaymentRequest(id)': id('openRequest'),
  'Mutation.simulatePayment(input.paymentRequestId)': id('openRequest'),
  'Mutation.createPaymentSession(input.referenceId)': name('session'),
  'Mutation.createPaymentSession(input.customerId)': id('customer'),
  'Mutation.createPaymentSession(input.customer.referenceId)': name('visitor'),
  'Mutation.createPaymentSession(input.items.referenceId)': name('session'),
  'Mutation.createPaymentSession(input.idempotencyKey)': name('key-session'),
  'Mutation.cancelPaymentSession(id)': id('openSession'),
  'Mutation.createPaymentToken(input.referenceId)': name('token'),
  'Mutation.createPaymentToken(input.customerId)': id('customer'),
  'Mutation.createPaymentToken(input.customer.referenceId)': name('customer'),
  'Mutation.createPaymentToken(input.idempotencyKey)': name('key-token'),
  'Mutation.cancelPaymentToken(id)': id('token'),
  'Mutation.capturePayment(input.id)': id('payment'),
  'Mutation.capturePayment(input.idempotencyKey)': name('key-capture'),
  'Mutation.cancelPayment(id)': id('payment'),
  'Mutation.createQrCode(input.externalId)': id('qrName'),
  'Mutation.createQrCode(input.idempotencyKey)': name('key-code'),
  'Mutation.simulateQrPayment(input.externalId)': id('qrName'),
  'Mutation.createRefund(input.of.paymentRequestId)': id('request'),
  'Mutation.createRefund(input.of.qrPaymentId)': id('qrPayment'),
  'Mutation.createRefund(input.referenceId)': name('refund'),
  'Mutation.createRefund(input.idempotencyKey)': name('key-refund'),
  'Mutation.cancelRefund(id)': id('refund'),
  'Mutation.createWatchToken(input.id)': id('payment'),
  'Mutation.redriveWebhookEvent(id)': id('webhookEvent'),
  'PaymentRequest.payments(after)': 'CURSOR',
  'PaymentRequest.refunds(after)': 'CURSOR',
  'PaymentRequest.paymentSessions(after)': 'CURSOR',
  'PaymentRequest.captures(after)': 'CURSOR',
  'PaymentRequest.history(after)': 'CURSOR',
  'PaymentSession.history(after)': 'CURSOR',
  'PaymentToken.paymentRequests(after)': 'CURSOR',
  'PaymentToken.history(after)': 'CURSOR',
  'Payment.refunds(after)': 'CURSOR',
  'Payment.history(after)': 'CURSOR',
  'Capture.history(after)': 'CURSOR',
  'QrCode.payments(after)': 'CURSOR',
  'QrCode.history(after)': 'CURSOR',
  'QrPayment.refunds(after)': 'CURSOR',
  'QrPayment.history(after)': 'CURSOR',
  'Refund.history(after)': 'CURSOR',
};

/** What a caller has of each type that has lists of its own. */
const ownOf: Record<string, keyof Belongings> = {
  PaymentRequest: 'request',
  PaymentSession: 'session',
  PaymentToken: 'token',
  Payment: 'payment',
  Capture: 'capture',
  QrCode: 'qrCode',
  QrPayment: 'qrPayment',
  Refund: 'refund',
};

/** The arguments that a position's field needs beside it, about what the caller has. */
const beside: Record<string, (own: Belongings) => object> = {
  'Query.qrPayments(after)': ({ qrName }) => ({ externalId: qrName }),
  'Subscription.paymentRequestChanged(after)': ({ request }) => ({ id: request }),
  'Subscription.paymentSessionChanged(after)': ({ session }) => ({ id: session }),
  'Subscription.paymentTokenChanged(after)': ({ token }) => ({ id: token }),
  'Subscription.paymentChanged(after)': ({ payment }) => ({ id: payment }),
  'Subscription.qrCodeChanged(after)': ({ qrName }) => ({ externalId: qrName }),
  'Subscription.refundChanged(after)': ({ refund }) => ({ id: refund }),
};

const item = {
  referenceId: 'item',
  type: 'PHYSICAL_PRODUCT',
  name: 'x',
  netUnitAmount: '15000',
  quantity: 1,
  category: 'x',
};
const items = [{ ...item, currency: 'IDR' }];
const customer = () => ({ referenceId: newName('person'), givenNames: 'Siti' });
const purchase = () => ({
  country: 'ID',
  currency: 'IDR',
  referenceId: newName('order'),
  idempotencyKey: newName('key'),
});
const qris = { amount: '15000', channel: { qrCode: { code: 'QRIS' } } };
const cards = { other: { code: 'CARDS', properties: { skip_three_ds: true } } };

/** A right input of each mutation that takes one, about what the caller has. */
const inputs: Record<string, (own: Belongings) => object> = {
  createCustomer: () => ({ customer: customer(), idempotencyKey: newName('key') }),
  createPaymentRequest: () => ({ ...purchase(), kind: { pay: qris } }),
  updatePaymentRequest: () => ({ amount: '16000' }),
  simulatePayment: () => ({}),
  createPaymentSession: () => ({ ...purchase(), sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '15000' }),
  createPaymentToken: () => ({ ...purchase(), channel: { other: { code: 'CARDS', properties: {} } } }),
  capturePayment: ({ payment }) => ({ id: payment, amount: '1', idempotencyKey: newName('key') }),
  createQrCode: () => ({ externalId: newName('code'), type: 'STATIC', idempotencyKey: newName('key') }),
  simulateQrPayment: () => ({ amount: '15000' }),
  createRefund: ({ sessionRequest }) => ({
    of: { paymentRequestId: sessionRequest },
    amount: '1',
    reason: 'OTHERS',
    idempotencyKey: newName('key'),
  }),
  createWatchToken: () => ({}),
};

/** What an input needs where one of its optional parts is tried. */
const parts: Record<string, () => object> = {
  'input.customer.referenceId': () => ({ customer: customer() }),
  'input.items.referenceId': () => ({ items }),
  'input.kind.payWithToken.paymentTokenId': () => ({ kind: { payWithToken: { amount: '150000', channel: cards } } }),
  'input.of.paymentRequestId': () => ({ of: {} }),
  'input.of.qrPaymentId': () => ({ of: {} }),
};

export interface Question {
  query: string;
  variables: Record<string, unknown>;
}

/** Asks for all that a position can give, with a value there. */
export function questionAt(
  { name: at, parent, field, path }: Position,
  own: Belongings,
  value: string | undefined,
): Question {
  // Where anything may stand, all kinds of it are asked for.
  const isOfAnything = ['node', 'activity', 'webhookEvent', 'webhookEvents', 'redriveWebhookEvent'].includes(
    field.name,
  );
  const depth = ['node', '_entities'].includes(field.name) ? 1 : isOfAnything || parent === 'Mutation' ? 2 : 3;
  const selection = selectionOf(schema, getNamedType(field.type), depth);
  const [argument = '', ...inner] = path;
  const besides = Object.entries(beside[at]?.(own) ?? {});
  const base = argument === 'input' ? { ...inputs[field.name]?.(own), ...parts[path.join('.')]?.() } : {};
  const whole = wholeOf(argument, base, inner, value);
  const given = Object.fromEntries([[argument, whole] as const, ...besides]);
  const used = field.args.filter((one) => one.name in given);
  const definitions = used.map((one) => `$${one.name}: ${one.type}`);
  const first = field.args.some((one) => one.name === 'first') ? ['first: 1'] : [];
  const asked = `asked: ${field.name}(${[...used.map((one) => `${one.name}: $${one.name}`), ...first].join(', ')}) { ${selection} }`;
  if (['Query', 'Mutation', 'Subscription'].includes(parent)) {
    return { query: `${parent.toLowerCase()} (${definitions.join(', ')}) { ${asked} }`, variables: given };
  }
  const query = `query (${['$own: ID!', ...definitions].join(', ')}) { node(id: $own) { ... on ${parent} { ${asked} } } }`;
  return { query, variables: { ...given, own: own[ownIn(at, parent)] } };
}

/** What an argument is given, so that a value stands where it is tried. */
function wholeOf(argument: string, base: object, inner: string[], value: string | undefined): unknown {
  const [type, key = ''] = inner;
  if (argument === 'representations') return [{ __typename: type, [key]: value }];
  return inner.length === 0 ? value : put(base, inner, value);
}

/** A request that came of a session is another than the one with captures. */
function ownIn(at: string, parent: string): keyof Belongings {
  if (at === 'PaymentRequest.paymentSessions(after)') return 'sessionRequest';
  return ownOf[parent] ?? assert.fail(`nothing is known of ${parent}`);
}

function put(base: object, [first = '', ...more]: string[], value: unknown): object {
  const inner = (base as Record<string, unknown>)[first];
  if (more.length === 0) return { ...base, [first]: value };
  if (Array.isArray(inner)) return { ...base, [first]: inner.map((one) => put(one, more, value)) };
  return { ...base, [first]: put((inner ?? {}) as object, more, value) };
}
