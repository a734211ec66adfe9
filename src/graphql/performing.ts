import { setTimeout as pause } from 'node:timers/promises';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { GatewayError } from '../errors.ts';
import { Asker, askingFor } from '../xendit/asker.ts';
import type { Execute } from './compiling.ts';
import type { Context } from './context.ts';

/** As `execute` of graphql-js, for queries and mutations. */
export type Perform = (args: ExecutionArgs) => Promise<ExecutionResult>;

export interface Performing {
  perform: Perform;
  /**
   * Lets no mutation begin any more, and waits for those under way, whose clients may have left.
   *
   * @param patienceMs for the last of them at most.
   */
  finish(patienceMs: number): Promise<void>;
}

/**
 * Answers queries in time: one that takes longer, or whose caller leaves, is answered UNAVAILABLE, and what it still asks of
 * Xendit is given up. A mutation is finished whoever leaves and however long it takes: given up, nobody would know what came of it.
 *
 * @param execute executes each of them.
 * @param timeoutMs for one query.
 */
export function createPerforming(execute: Execute, timeoutMs: number): Performing {
  const mutations = new Set<Promise<unknown>>();
  let isStopping = false;
  const perform: Perform = async (args) => {
    const { document, operationName, contextValue } = args;
    const isQuery = getOperationAST(document, operationName)?.operation === 'query';
    if (!isQuery) {
      if (isStopping) return unanswered(new GatewayError('UNAVAILABLE', 'Going away: try again'));
      const mutation = Promise.resolve(askingFor(undefined, () => execute(args)));
      mutations.add(mutation);
      return mutation.finally(() => mutations.delete(mutation));
    }
    return whileAwaited(timeoutMs, (contextValue as Context).asker, async () => execute(args));
  };
  return {
    perform,
    async finish(patienceMs) {
      isStopping = true;
      const patience = new AbortController();
      const late = pause(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined);
      await Promise.race([Promise.allSettled(mutations), late]);
      patience.abort();
    },
  };
}

function whileAwaited(
  timeoutMs: number,
  asker: Asker = new Asker(),
  work: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  return new Promise((resolve, reject) => {
    if (asker.reason !== undefined) return resolve(unanswered(asker.reason));
    const late = () => new GatewayError('UNAVAILABLE', `No answer within ${timeoutMs} ms: try again`);
    const timer = setTimeout(() => asker.leave(late()), timeoutMs);
    const stopListening = asker.onLeave((reason) => {
      clearTimeout(timer);
      resolve(unanswered(reason));
    });
    const end = () => {
      clearTimeout(timer);
      stopListening();
    };
    askingFor(asker, work).then(resolve, reject).finally(end);
  });
}

/** Why what was asked for somebody who has left is given up. */
export function nobodyWaits(): GatewayError {
  return new GatewayError('UNAVAILABLE', 'Nobody waits for the answer');
}

function unanswered(error: Error): ExecutionResult {
  return { data: null, errors: [new GraphQLError(error.message, { originalError: error })] };
}
