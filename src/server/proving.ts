import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../model/caller.ts';
import { createMemo } from '../model/memo.ts';
import { type GraphQLRoom, logFaults } from './graphql-room.ts';
import { refuseRequest, toGraphQLError } from './refusing.ts';

/** Asks who sends a request before its body is read, and refuses whoever can't say. */
export interface Proving {
  /** A hook of Fastify's. */
  onRequest(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  /** Who sent a request that was let in. */
  callerOf(request: FastifyRequest): Caller;
}

export function createProving({ callers, log }: Pick<GraphQLRoom, 'callers' | 'log'>): Proving {
  const proved = createMemo<FastifyRequest, Caller>();
  return {
    async onRequest(request, reply) {
      try {
        proved.set(request, await callers.identify(request.headers.authorization, request.raw));
      } catch (error) {
        const fault = toGraphQLError(error);
        logFaults(log, request.id, [fault]);
        // What is left of the body is not read.
        return refuseRequest(request, reply.header('connection', 'close'), [fault]);
      }
    },
    callerOf(request) {
      const caller = proved.get(request);
      if (caller === undefined) throw new Error('A request was let in without asking whose it is');
      return caller;
    },
  };
}
