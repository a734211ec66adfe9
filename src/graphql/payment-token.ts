import { toPage, withoutNulls } from './arguments.ts';
import { asTold, changed } from './change.ts';
import { placesOfChannel, toChannel } from './channel.ts';
import { resultType } from './failure.ts';
import type { Resolvers } from './generated/types.ts';
import { atId, inInputAt } from './places.ts';
import { placesOfPurchase, toPurchase } from './purchase.ts';
import { asResult, asWatchable } from './result.ts';

export const paymentTokenResolvers = {
  Query: { paymentToken: (_, { id }, { service }) => service.findCurrent('PaymentToken', id) },
  Mutation: {
    createPaymentToken: (_, { input: { channel, customer, metadata, idempotencyKey, ...others } }, { service }) =>
      asResult(
        async () => {
          const token = {
            ...withoutNulls(others),
            ...toChannel(channel),
            ...toPurchase({ customer, metadata }),
          };
          const created = await service.createPaymentToken(token, idempotencyKey);
          return { __typename: 'CreatePaymentTokenPayload', ...asWatchable('paymentToken', created, service) };
        },
        inInputAt({ ...placesOfPurchase, ...placesOfChannel(channel, 'channel') }),
      ),
    cancelPaymentToken: (_, { id }, { service }) =>
      asResult(
        async () => ({
          __typename: 'CancelPaymentTokenPayload',
          paymentToken: await service.cancelPaymentToken(id),
        }),
        atId,
      ),
  },
  Subscription: {
    paymentTokenChanged: {
      subscribe: (_, { id, after }, { service }) => service.watch('PaymentToken', id, after ?? undefined),
      resolve: asTold,
    },
  },
  CreatePaymentTokenResult: { __resolveType: resultType },
  CancelPaymentTokenResult: { __resolveType: resultType },
  PaymentToken: {
    actions: ({ actions }) => actions ?? [],
    failureCode: ({ status, failureCode }) => (status === 'FAILED' ? failureCode : undefined),
    customer: ({ customerId }, _, { service }) => service.findLinkedCustomer(customerId),
    paymentRequests: ({ id }, page, { service }) => service.findChildren('PaymentRequest', id, toPage(page)),
    history: (token, page, { service }) => service.findHistory(token, toPage(page)),
  },
  PaymentTokenChange: { paymentToken: (change) => changed<'PaymentToken'>(change) },
} satisfies Resolvers;
