import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { GatewayError, ThrottledError } from '../errors.ts';
import { causeOf, maskError } from '../graphql/masking.ts';
import { extensionsNow } from '../spans.ts';

const statuses: Partial<Record<GatewayError['code'], number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  THROTTLED: 429,
  UNAVAILABLE: 503,
};

const defaultRetryAfterS = 1;

/** The status of a mistake, and the headers that go with it. */
export function headOf(error: GraphQLError): { status: number; headers: Record<string, string> } {
  const cause = causeOf(error);
  const own = (error.extensions.http as { status?: number } | undefined)?.status;
  const status = (cause instanceof GatewayError ? statuses[cause.code] : undefined) ?? own ?? 400;
  const retryAfterS = cause instanceof ThrottledError ? Math.ceil(cause.retryAfterMs / 1_000) : defaultRetryAfterS;
  return {
    status,
    headers: {
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...((status === 429 || status === 503) && { 'retry-after': String(retryAfterS) }),
    },
  };
}

/** Answers a request of which nothing is executed, as GraphQL over HTTP puts it. */
export function refuseRequest(
  { id, headers }: FastifyRequest,
  reply: FastifyReply,
  errors: readonly GraphQLError[],
): FastifyReply {
  const { status, headers: own } = headOf(errors[0] ?? new GraphQLError('Nothing is executed'));
  const asksForOwnType = headers.accept?.includes('application/graphql-response+json');
  const type = asksForOwnType ? 'application/graphql-response+json' : 'application/json';
  return reply
    .code(status)
    .headers(own)
    .type(`${type}; charset=utf-8`)
    .send(JSON.stringify({ errors: errors.map((error) => maskError(error, id)), ...extensionsNow() }));
}

/** What was thrown, as an error of an operation. */
export function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const fault = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(fault.message, { originalError: fault });
}
