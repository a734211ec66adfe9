import type { JsonObject } from '../model/json.ts';
import { withoutNulls } from './arguments.ts';
import { resultType } from './failure.ts';
import { type CustomerInput, CustomerType, type Resolvers } from './generated/types.ts';
import { inInputAt } from './places.ts';
import { asCreated, asResult } from './result.ts';
import { xenditWords } from './xendit-words.ts';

const placeInCustomer = inInputAt({
  referenceId: 'customer.referenceId',
  email: 'customer.email',
  mobileNumber: 'customer.mobileNumber',
  individual: 'customer',
  individualDetail: 'customer',
});

export const customerResolvers = {
  Query: {
    customer: (_, { id }, { service }) => service.findCustomer(id),
    customers: (_, { referenceId }, { service }) => service.findCustomers(referenceId),
  },
  Mutation: {
    createCustomer: (_, { input: { customer, description, metadata, idempotencyKey } }, { service }) =>
      asResult(async () => {
        const newCustomer = {
          type: 'INDIVIDUAL' as const,
          ...toInlineCustomer(customer),
          ...withoutNulls({ description }),
          ...(metadata ? { metadata: metadata as JsonObject } : {}),
        };
        const created = await service.createCustomer(newCustomer, idempotencyKey);
        return { __typename: 'CreateCustomerPayload', ...asCreated('customer', created) };
      }, placeInCustomer),
  },
  CreateCustomerResult: { __resolveType: resultType },
  Customer: {
    ...xenditWords({ type: CustomerType }),
    givenNames: ({ individual }) => individual?.givenNames,
    surname: ({ individual }) => individual?.surname,
    businessName: ({ business }) => business?.businessName,
  },
} satisfies Resolvers;

/** A person who pays, as Xendit's products take one. */
export function toInlineCustomer({ referenceId, givenNames, surname, ...contact }: CustomerInput) {
  return { referenceId, individual: { givenNames, ...withoutNulls({ surname }) }, ...withoutNulls(contact) };
}
