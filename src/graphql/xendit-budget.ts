import type { Resolvers } from './generated/types.ts';

export const xenditBudgetResolvers = {
  Query: { xenditBudget: (_, __, { service }) => service.findXenditBudget() },
} satisfies Resolvers;
