import type { ActivityFilter as LedgerFilter } from '../store/change-log.ts';
import { toPage, withoutNulls } from './arguments.ts';
import { asTold } from './change.ts';
import type { ActivityFilter, Resolvers } from './generated/types.ts';

export const activityResolvers = {
  Query: {
    activity: (_, { filter, ...page }, { service }) => service.findActivity(toFilter(filter), toPage(page)),
  },
  Subscription: {
    activity: {
      subscribe: (_, { filter, after }, { service }) => service.watchActivity(toFilter(filter), after ?? undefined),
      resolve: asTold,
    },
  },
  Activity: {
    fromStatus: ({ from }) => from,
    toStatus: ({ to }) => to,
    cause: ({ cause }, _, { service }) => (cause ? service.findLinked(cause.type, cause.id) : undefined),
  },
} satisfies Resolvers;

function toFilter(filter: ActivityFilter | null | undefined): LedgerFilter {
  const { kinds, ...others } = withoutNulls(filter);
  return { ...others, kinds: kinds?.filter((kind) => kind !== 'SNAPSHOT') };
}
