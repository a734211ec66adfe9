import { toPage, withoutNulls } from './arguments.ts';
import type { Resolvers } from './generated/types.ts';

export const balanceResolvers = {
  Query: {
    balance: (_, { currency, accountType }, { service }) =>
      service.findBalance(withoutNulls({ currency, accountType })),
    transactions: (_, { filter, ...page }, { service }) => service.findTransactions(withoutNulls(filter), toPage(page)),
  },
  Transaction: {
    payment: ({ productId }, _, { service }) =>
      productId?.startsWith('py-') ? service.findLinked('Payment', productId) : undefined,
    qrPayment: ({ productId }, _, { service }) =>
      productId?.startsWith('qrpy_') ? service.findLinked('QrPayment', productId) : undefined,
    refund: ({ productId }, _, { service }) =>
      /^(rfd-|qrrf_)/.test(productId ?? '') ? service.findLinked('Refund', productId) : undefined,
    paymentRequest: ({ paymentRequestId }, _, { service }) => service.findLinked('PaymentRequest', paymentRequestId),
  },
} satisfies Resolvers;
