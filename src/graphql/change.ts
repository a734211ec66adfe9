import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import type { ToldChange } from '../service/streams.ts';
import type { Context } from './context.ts';
import type { Resolvers } from './generated/types.ts';

export const changeResolvers = {
  Change: { __resolveType: ({ resource }) => `${resource.__typename}Change` as const },
} satisfies Resolvers;

/** Each message of a stream is what the stream yields. */
export function asTold(change: ToldChange): ToldChange {
  return change;
}

/** The resource that a change is of, as it was then. */
export function changed<T extends ResourceType>(change: ToldChange): Resource<T> {
  return change.resource as Resource<T>;
}

/** What caused a change, as it is now, if it is of the type that is asked for. */
export async function causeOf<T extends ResourceType>(
  type: T,
  { cause }: ToldChange,
  { service }: Context,
): Promise<Resource<T> | undefined> {
  return cause?.type === type ? service.findLinked(type, cause.id) : undefined;
}
