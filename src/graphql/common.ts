import type { QueryResolvers, Resolvers } from './generated/types.ts';

export const commonResolvers = {
  Query: { node: (_, { id }, { service }) => service.findNode(id) } satisfies QueryResolvers,
  Node: { __resolveType: (node) => node.__typename },
} satisfies Resolvers;
