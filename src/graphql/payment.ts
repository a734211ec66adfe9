import { toPage } from './arguments.ts';
import { asTold, causeOf, changed } from './change.ts';
import type { PaymentFamily, Resolvers } from './generated/types.ts';

export const paymentResolvers = {
  Query: { payment: (_, { id }, { service }) => service.find('Payment', id) },
  Subscription: {
    paymentChanged: {
      subscribe: (_, { id, after }, { service }) => service.watch('Payment', id, after ?? undefined),
      resolve: asTold,
    },
  },
  Payment: {
    family: ({ family }) => (family ?? 'UNKNOWN') as PaymentFamily,
    captures: ({ captures }) => captures ?? [],
    paymentRequest: ({ paymentRequestId }, _, { service }) =>
      paymentRequestId ? service.find('PaymentRequest', paymentRequestId) : undefined,
    paymentToken: ({ paymentTokenId }, _, { service }) =>
      paymentTokenId ? service.find('PaymentToken', paymentTokenId) : undefined,
    refunds: (payment, page, { service }) => service.findChildren('Refund', payment, toPage(page)),
    history: (payment, page, { service }) => service.findHistory(payment, toPage(page)),
  },
  PaymentChange: {
    payment: (change) => changed<'Payment'>(change),
    refund: (change, _, context) => causeOf('Refund', change, context),
  },
  Capture: {
    paymentRequest: ({ paymentRequestId }, _, { service }) =>
      paymentRequestId ? service.find('PaymentRequest', paymentRequestId) : undefined,
    history: (capture, page, { service }) => service.findHistory(capture, toPage(page)),
  },
  CaptureChange: { capture: (change) => changed<'Capture'>(change) },
} satisfies Resolvers;
