import { resultType } from './failure.ts';
import type { Resolvers } from './generated/types.ts';
import { asResult } from './result.ts';

export const watchTokenResolvers = {
  Mutation: {
    createWatchToken: (_, { input: { id } }, { service }) =>
      asResult(async () => ({
        __typename: 'CreateWatchTokenPayload',
        watchToken: await service.createWatchToken(id),
      })),
  },
  CreateWatchTokenResult: { __resolveType: resultType },
} satisfies Resolvers;
