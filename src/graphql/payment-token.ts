import { toPage } from './arguments.ts';
import { changed } from './change.ts';
import type { Resolvers } from './generated/types.ts';

export const paymentTokenResolvers = {
  Query: { paymentToken: (_, { id }, { service }) => service.find('PaymentToken', id) },
  PaymentToken: {
    actions: ({ actions }) => actions ?? [],
    history: (token, page, { service }) => service.findHistory(token, toPage(page)),
  },
  PaymentTokenChange: { paymentToken: (change) => changed<'PaymentToken'>(change) },
} satisfies Resolvers;
