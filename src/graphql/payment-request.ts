import { toPage } from './arguments.ts';
import { asTold, causeOf, changed } from './change.ts';
import type { Resolvers } from './generated/types.ts';

export const paymentRequestResolvers = {
  Query: { paymentRequest: (_, { id }, { service }) => service.find('PaymentRequest', id) },
  Subscription: {
    paymentRequestChanged: {
      subscribe: (_, { id, after }, { service }) => service.watch('PaymentRequest', id, after ?? undefined),
      resolve: asTold,
    },
  },
  PaymentRequest: {
    paidAfterExpiry: ({ status, xenditStatus }) => status === 'SUCCEEDED' && xenditStatus === 'EXPIRED',
    actions: ({ actions }) => actions ?? [],
    paymentToken: ({ paymentTokenId }, _, { service }) =>
      paymentTokenId ? service.find('PaymentToken', paymentTokenId) : undefined,
    latestPayment: ({ latestPaymentId }, _, { service }) =>
      latestPaymentId ? service.find('Payment', latestPaymentId) : undefined,
    payments: (request, page, { service }) => service.findChildren('Payment', request, toPage(page)),
    captures: (request, page, { service }) => service.findChildren('Capture', request, toPage(page)),
    history: (request, page, { service }) => service.findHistory(request, toPage(page)),
  },
  PaymentRequestChange: {
    paymentRequest: (change) => changed<'PaymentRequest'>(change),
    payment: (change, _, context) => causeOf('Payment', change, context),
    refund: (change, _, context) => causeOf('Refund', change, context),
  },
} satisfies Resolvers;
