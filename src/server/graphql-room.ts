import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Admission, Admitted } from '../graphql/admission.ts';
import type { Context } from '../graphql/context.ts';
import { codeOf, faultOf, maskError } from '../graphql/masking.ts';
import type { OnOperation } from '../graphql/measuring.ts';
import type { OperationRequest } from '../graphql/operation.ts';
import type { Perform } from '../graphql/performing.ts';
import { SharedResult } from '../graphql/shared-result.ts';
import type { Subscribe } from '../graphql/sharing.ts';
import type { Log } from '../log.ts';
import type { Caller } from '../model/caller.ts';
import type { Callers } from './callers.ts';
import type { Rates } from './rates.ts';
import { toGraphQLError } from './refusing.ts';

/** What GraphQL over any transport stands on. */
export interface GraphQLRoom {
  schema: GraphQLSchema;
  callers: Callers;
  /** What an operation passes before anything of it is done. */
  admission: Admission;
  rates: Rates;
  createContext(requestId: string, caller: Caller): Context;
  /** What executes queries and mutations. */
  perform: Perform;
  /** What opens a stream. */
  subscribe: Subscribe;
  measures: Measures;
  log: Log;
}

/** Those who count what is done. Nothing of it may throw. */
export interface Measures {
  onOperation: OnOperation;
  /** Told of each message of a stream: how long ago its change was recorded, in milliseconds. */
  onMessage(lagMs: number): void;
}

/** Whom a caller is counted as, apart from those of other accounts. */
export function countedAs({ account, name }: Caller): string {
  return account === '' ? name : `${account} ${name}`;
}

/**
 * Lets an operation in, or says why not. What is refused is counted too, and before it is read: that is most of the work.
 */
export async function admit(
  { admission, rates, measures }: Pick<GraphQLRoom, 'admission' | 'rates' | 'measures'>,
  request: OperationRequest,
  caller: Caller,
): Promise<Admitted | readonly GraphQLError[]> {
  const beganAt = performance.now();
  const admitted = await rates.countOperation(countedAs(caller)).then(
    () => admission.read(request, caller),
    (error: unknown) => [toGraphQLError(error)],
  );
  const [refusal] = 'document' in admitted ? [] : admitted;
  if (refusal !== undefined) measures.onOperation('unread', codeOf(refusal), performance.now() - beganAt);
  return admitted;
}

/**
 * Measures how late a message of a stream is handed to its connection.
 *
 * @param since when its subscriber came, by `performance.now()`. What was recorded earlier doesn't count: it waited for him to
 * come back.
 */
export function measureLag({ onMessage }: Measures, since: number, result: ExecutionResult): void {
  const recordedAtMs = result instanceof SharedResult ? result.recordedAtMs : undefined;
  if (recordedAtMs !== undefined && recordedAtMs >= since) onMessage(performance.now() - recordedAtMs);
}

/** Logs whole what callers only hear the happening of. */
export function logFaults(log: Log, requestId: string, errors: readonly GraphQLError[]): void {
  for (const error of errors) {
    const fault = faultOf(error);
    if (fault !== undefined) log.error({ requestId, path: error.path, err: fault }, 'a resolver failed');
  }
}

/** Errors as a stream's subscriber may see them; what is a fault of ours is logged whole. */
export function maskAll(
  log: Log,
  requestId: string,
  errors: readonly (GraphQLError | GraphQLFormattedError)[],
): GraphQLFormattedError[] {
  const whole = errors.map((error) => (error instanceof GraphQLError ? error : new GraphQLError(error.message, error)));
  logFaults(log, requestId, whole);
  return whole.map((error) => maskError(error, requestId));
}

/**
 * A result as its subscriber is told it, in JSON: written once for all, unless something went wrong.
 *
 * @param traceId names the trace of the stream, where there is one.
 */
export function writeResult(log: Log, requestId: string, traceId: string | undefined, result: ExecutionResult): string {
  const { data = null, errors } = result;
  const extensions = traceId === undefined ? result.extensions : { ...result.extensions, traceId };
  if (errors !== undefined) return JSON.stringify({ data, errors: maskAll(log, requestId, errors), extensions });
  if (!(result instanceof SharedResult)) return JSON.stringify({ data, extensions });
  return traceId === undefined ? result.json : `${result.json.slice(0, -1)},"extensions":{"traceId":"${traceId}"}}`;
}
