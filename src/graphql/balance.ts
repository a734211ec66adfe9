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
  },
} satisfies Resolvers;
