import { toPage } from './arguments.ts';
import { asTold, changed } from './change.ts';
import type { Resolvers } from './generated/types.ts';

export const refundResolvers = {
  Query: { refund: (_, { id }, { service }) => service.find('Refund', id) },
  Subscription: {
    refundChanged: {
      subscribe: (_, { id, after }, { service }) => service.watch('Refund', id, after ?? undefined),
      resolve: asTold,
    },
  },
  Refund: {
    payment: ({ paymentId }, _, { service }) => (paymentId ? service.find('Payment', paymentId) : undefined),
    paymentRequest: ({ paymentRequestId }, _, { service }) =>
      paymentRequestId ? service.find('PaymentRequest', paymentRequestId) : undefined,
    history: (refund, page, { service }) => service.findHistory(refund, toPage(page)),
  },
  RefundChange: { refund: (change) => changed<'Refund'>(change) },
} satisfies Resolvers;
