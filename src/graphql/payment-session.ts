import type { JsonObject } from '../model/json.ts';
import type { NewPaymentSession } from '../service/payment-sessions.ts';
import { toPage, toSearch, withoutNulls } from './arguments.ts';
import { asTold, changed } from './change.ts';
import { resultType } from './failure.ts';
import {
  AllowSavePaymentMethod,
  CaptureMethod,
  type CreatePaymentSessionInput,
  type Resolvers,
  SessionMode,
  SessionType,
} from './generated/types.ts';
import { atId, inInputAt } from './places.ts';
import { placesOfPurchase, toPurchase } from './purchase.ts';
import { asResult, asWatchable } from './result.ts';
import { xenditWords } from './xendit-words.ts';

export const paymentSessionResolvers = {
  Query: {
    paymentSession: (_, { id }, { service }) => service.findCurrent('PaymentSession', id),
    paymentSessions: (_, { filter, ...page }, { service }) =>
      service.search('PaymentSession', toSearch(filter), toPage(page)),
  },
  Mutation: {
    createPaymentSession: (_, { input }, { service }) =>
      asResult(async () => {
        const created = await service.createPaymentSession(toNewPaymentSession(input), input.idempotencyKey);
        return { __typename: 'CreatePaymentSessionPayload', ...asWatchable('paymentSession', created, service) };
      }, placeInSession),
    cancelPaymentSession: (_, { id }, { service }) =>
      asResult(
        async () => ({
          __typename: 'CancelPaymentSessionPayload',
          paymentSession: await service.cancelPaymentSession(id),
        }),
        atId,
      ),
  },
  Subscription: {
    paymentSessionChanged: {
      subscribe: (_, { id, after }, { service }) => service.watch('PaymentSession', id, after ?? undefined),
      resolve: asTold,
    },
  },
  CreatePaymentSessionResult: { __resolveType: resultType },
  CancelPaymentSessionResult: { __resolveType: resultType },
  PaymentSession: {
    ...xenditWords({
      sessionType: SessionType,
      mode: SessionMode,
      allowSavePaymentMethod: AllowSavePaymentMethod,
      captureMethod: CaptureMethod,
    }),
    allowedPaymentChannels: ({ allowedPaymentChannels }) => allowedPaymentChannels ?? [],
    customer: ({ customerId }, _, { service }) => service.findLinkedCustomer(customerId),
    paymentRequest: ({ paymentRequestId }, _, { service }) => service.findLinked('PaymentRequest', paymentRequestId),
    payment: ({ paymentId }, _, { service }) => service.findLinked('Payment', paymentId),
    paymentToken: ({ paymentTokenId }, _, { service }) => service.findLinked('PaymentToken', paymentTokenId),
    history: (session, page, { service }) => service.findHistory(session, toPage(page)),
  },
  PaymentSessionChange: {
    paymentSession: (change) => changed<'PaymentSession'>(change),
    payment: (change, _, { service }) => service.findLinked('Payment', changed<'PaymentSession'>(change).paymentId),
  },
} satisfies Resolvers;

const placeInSession = inInputAt({
  ...placesOfPurchase,
  componentsConfiguration: 'componentsOrigins',
  'componentsConfiguration.origins': 'componentsOrigins',
  'componentsConfiguration.returnUrl': 'componentsReturnUrl',
});

function toNewPaymentSession(input: CreatePaymentSessionInput): NewPaymentSession {
  const { customer, items, metadata, channelProperties, idempotencyKey: _, ...named } = input;
  const { componentsOrigins: origins, componentsReturnUrl: returnUrl, ...others } = named;
  return {
    ...withoutNulls(others),
    ...toPurchase({ customer, items, metadata }),
    ...(channelProperties ? { channelProperties: channelProperties as JsonObject } : {}),
    ...(origins || returnUrl ? { componentsConfiguration: withoutNulls({ origins, returnUrl }) } : {}),
  };
}
