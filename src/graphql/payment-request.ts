import { InvalidInputError } from '../errors.ts';
import type { NewPaymentRequest } from '../service/payment-requests.ts';
import { toPage, toSearch, withoutNulls } from './arguments.ts';
import { asTold, causeOf, changed } from './change.ts';
import { placesOfChannel, toChannel } from './channel.ts';
import { resultType } from './failure.ts';
import {
  CaptureMethod,
  type CreatePaymentRequestInput,
  PaymentRequestType,
  type Resolvers,
} from './generated/types.ts';
import { atId, inInput, inInputAt, type Place } from './places.ts';
import { placesOfPurchase, toPurchase } from './purchase.ts';
import { asResult, asWatchable } from './result.ts';
import { xenditWords } from './xendit-words.ts';

const closedStatuses: ReadonlySet<string> = new Set(['EXPIRED', 'CANCELED', 'FAILED']);

export const paymentRequestResolvers = {
  Query: {
    paymentRequest: (_, { id }, { service }) => service.findCurrent('PaymentRequest', id),
    paymentRequests: (_, { filter, ...page }, { service }) =>
      service.search('PaymentRequest', toSearch(filter), toPage(page)),
  },
  Mutation: {
    createPaymentRequest: (_, { input }, { service }) =>
      asResult(async () => {
        const created = await service.createPaymentRequest(toNewPaymentRequest(input), input.idempotencyKey);
        return { __typename: 'CreatePaymentRequestPayload', ...asWatchable('paymentRequest', created, service) };
      }, placeIn(input)),
    updatePaymentRequest: (_, { input: { id, ...update } }, { service }) =>
      asResult(
        async () => ({
          __typename: 'UpdatePaymentRequestPayload',
          paymentRequest: await service.updatePaymentRequest(id, withoutNulls(update)),
        }),
        placeOfUpdate,
      ),
    cancelPaymentRequest: (_, { id }, { service }) =>
      asResult(
        async () => ({
          __typename: 'CancelPaymentRequestPayload',
          paymentRequest: await service.cancelPaymentRequest(id),
        }),
        atId,
      ),
    simulatePayment: (_, { input: { paymentRequestId, amount } }, { service }) =>
      asResult(
        async () => ({
          __typename: 'SimulatePaymentPayload',
          paymentRequest: await service.simulatePayment({ paymentRequestId, amount: amount ?? undefined }),
        }),
        placeOfSimulation,
      ),
  },
  Subscription: {
    paymentRequestChanged: {
      subscribe: (_, { id, after }, { service }) => service.watch('PaymentRequest', id, after ?? undefined),
      resolve: asTold,
    },
  },
  CreatePaymentRequestResult: { __resolveType: resultType },
  UpdatePaymentRequestResult: { __resolveType: resultType },
  CancelPaymentRequestResult: { __resolveType: resultType },
  SimulatePaymentResult: { __resolveType: resultType },
  PaymentRequest: {
    ...xenditWords({ type: PaymentRequestType, captureMethod: CaptureMethod }),
    paidAfterExpiry: ({ status, xenditStatus }) => status === 'SUCCEEDED' && xenditStatus === 'EXPIRED',
    paidAfterClosing: ({ status, xenditStatus = '' }) => status === 'SUCCEEDED' && closedStatuses.has(xenditStatus),
    actions: ({ actions }) => actions ?? [],
    customer: ({ customerId }, _, { service }) => service.findLinkedCustomer(customerId),
    paymentToken: ({ paymentTokenId }, _, { service }) => service.findLinked('PaymentToken', paymentTokenId),
    failureCode: ({ status, failureCode }) => (status === 'FAILED' ? failureCode : undefined),
    latestPayment: async ({ id, latestPaymentId }, _, { service }) =>
      (await service.findChildren('Payment', id, { first: 1 })).edges[0]?.node ??
      service.findLinked('Payment', latestPaymentId),
    payments: (request, page, { service }) => service.findChildren('Payment', request.id, toPage(page)),
    refunds: ({ id }, page, { service }) => service.findRefundsOf(id, toPage(page)),
    paymentSessions: ({ id }, page, { service }) => service.findChildren('PaymentSession', id, toPage(page)),
    captures: (request, page, { service }) => service.findChildren('Capture', request.id, toPage(page)),
    history: (request, page, { service }) => service.findHistory(request, toPage(page)),
  },
  PaymentRequestChange: {
    paymentRequest: (change) => changed<'PaymentRequest'>(change),
    payment: (change, _, context) => causeOf('Payment', change, context),
    capture: (change, _, context) => causeOf('Capture', change, context),
    refund: (change, _, context) => causeOf('Refund', change, context),
  },
} satisfies Resolvers;

function toNewPaymentRequest(input: CreatePaymentRequestInput): NewPaymentRequest {
  const { kind, customer, items, shippingInformation, metadata, idempotencyKey: _, ...others } = input;
  const common = { ...withoutNulls(others), ...toPurchase({ customer, items, shippingInformation, metadata }) };
  const { pay, payAndSave, payWithToken, reusablePaymentCode } = kind;
  if (pay) return { ...common, type: 'PAY', amount: pay.amount, ...toChannel(pay.channel) };
  if (payAndSave)
    return { ...common, type: 'PAY_AND_SAVE', amount: payAndSave.amount, ...toChannel(payAndSave.channel) };
  if (payWithToken) {
    const { amount, paymentTokenId, channel } = payWithToken;
    return { ...common, type: 'PAY', amount, paymentTokenId, ...(channel ? toChannel(channel) : {}) };
  }
  if (reusablePaymentCode) {
    const { customerId, customer: inline, ...withoutCustomer } = common;
    const given = [customerId === undefined ? [] : ['customerId'], inline === undefined ? [] : ['customer']].flat();
    if (given.length > 0)
      throw new InvalidInputError(given.map((name) => ({ path: [name], message: 'is not for a reusable code' })));
    const { amount, channel } = reusablePaymentCode;
    return {
      ...withoutCustomer,
      type: 'REUSABLE_PAYMENT_CODE',
      ...(amount == null ? {} : { amount }),
      ...toChannel(channel),
    };
  }
  throw new InvalidInputError([{ path: ['kind'], message: 'is needed' }]);
}

/** The amount is all that there is to be wrong. */
const placeOfSimulation: Place = ([field = 'amount', ...rest]) => inInput([field, ...rest]);

const placeOfUpdate = inInputAt({
  requestAmount: 'amount',
  channelProperties: 'expiresAt',
  'channelProperties.expires_at': 'expiresAt',
});

/** Amount and channel stand within the kind that was chosen. */
function placeIn({ kind }: CreatePaymentRequestInput): Place {
  const names = ['pay', 'payAndSave', 'payWithToken', 'reusablePaymentCode'] as const;
  const name = names.find((each) => kind[each]);
  const { channel } = (name && kind[name]) ?? {};
  const at = `kind.${name}`;
  return inInputAt({
    ...placesOfPurchase,
    amount: `${at}.amount`,
    requestAmount: `${at}.amount`,
    paymentTokenId: `${at}.paymentTokenId`,
    ...(channel ? placesOfChannel(channel, `${at}.channel`) : {}),
  });
}
