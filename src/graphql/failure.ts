import { type GraphQLResolveInfo, getNamedType, isAbstractType, isObjectType } from 'graphql';
import type { Context } from './context.ts';
import type { Resolvers } from './generated/types.ts';

const failure = { requestId: (_: unknown, __: unknown, { requestId }: Context) => requestId };

export const failureResolvers = {
  InvalidInput: failure,
  Forbidden: failure,
  NotFound: failure,
  Conflict: failure,
  WrongState: failure,
  Throttled: failure,
  Unavailable: failure,
  OutcomeUnknown: failure,
  Rejected: failure,
} satisfies Resolvers;

/** The type of a mutation's result; a failure that its union doesn't foresee is shown as Rejected, with its code kept. */
export function resultType(value: object, _: Context, { schema, returnType }: GraphQLResolveInfo): 'Rejected' {
  const name = (value as { __typename: string }).__typename;
  const union = getNamedType(returnType);
  const type = schema.getType(name);
  const isForeseen = isAbstractType(union) && isObjectType(type) && schema.isSubType(union, type);
  return (isForeseen ? name : 'Rejected') as 'Rejected';
}
