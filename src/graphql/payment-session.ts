import { toPage } from './arguments.ts';
import { asTold, causeOf, changed } from './change.ts';
import type { Resolvers } from './generated/types.ts';

export const paymentSessionResolvers = {
  Query: { paymentSession: (_, { id }, { service }) => service.find('PaymentSession', id) },
  Subscription: {
    paymentSessionChanged: {
      subscribe: (_, { id, after }, { service }) => service.watch('PaymentSession', id, after ?? undefined),
      resolve: asTold,
    },
  },
  PaymentSession: {
    allowedPaymentChannels: ({ allowedPaymentChannels }) => allowedPaymentChannels ?? [],
    paymentRequest: ({ paymentRequestId }, _, { service }) =>
      paymentRequestId ? service.find('PaymentRequest', paymentRequestId) : undefined,
    payment: ({ paymentId }, _, { service }) => (paymentId ? service.find('Payment', paymentId) : undefined),
    paymentToken: ({ paymentTokenId }, _, { service }) =>
      paymentTokenId ? service.find('PaymentToken', paymentTokenId) : undefined,
    history: (session, page, { service }) => service.findHistory(session, toPage(page)),
  },
  PaymentSessionChange: {
    paymentSession: (change) => changed<'PaymentSession'>(change),
    payment: (change, _, context) => causeOf('Payment', change, context),
  },
} satisfies Resolvers;
