import { createHash } from 'node:crypto';
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  getOperationAST,
  Kind,
  print,
  visit,
} from 'graphql';
import { askingFor } from '../xendit/asker.ts';
import type { Context } from './context.ts';
import { toGenerator } from './generator.ts';

/** What one event comes to for all who asked for it in the same words; it belongs to all of them, so nobody changes it. */
export class SharedResult implements ExecutionResult {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLError[];
  /** When what it tells was recorded, by the clock of `performance.now()`; undefined where nobody knows. */
  readonly recordedAtMs: number | undefined;
  #json: string | undefined;

  constructor({ data = null, errors }: ExecutionResult, recordedAtMs?: number) {
    this.data = data;
    this.recordedAtMs = recordedAtMs;
    if (errors !== undefined) this.errors = errors;
  }

  /** `{"data":…}`, written once; without the errors, which each subscriber is told with its own request's id. */
  get json(): string {
    this.#json ??= JSON.stringify({ data: this.data });
    return this.#json;
  }
}

/** As `subscribe` of graphql-js. */
export type Subscribe = (args: ExecutionArgs) => Promise<AsyncGenerator<SharedResult, void, void> | ExecutionResult>;

/** The argument of a stream that says where to begin, and nothing of what is told. */
const positionArgument = 'after';

/**
 * Subscribes so that those who watch the same thing in the same words, and may see the same, share the work: an event that
 * reaches them as one object is executed once and written once. Each still pulls at its own pace, from its own place.
 *
 * @param keepMs for how long a result is given to others, in milliseconds: what is linked to a change is told as it is now.
 */
export function createSharing(keepMs: number): Subscribe {
  const results = new WeakMap<object, Map<string, { at: number; result: Promise<SharedResult> }>>();

  const share = (event: unknown, key: string, work: () => Promise<SharedResult>): Promise<SharedResult> => {
    if (typeof event !== 'object' || event === null) return work();
    const ofEvent = results.get(event) ?? new Map();
    const known = ofEvent.get(key);
    if (known !== undefined && performance.now() - known.at < keepMs) return known.result;
    const result = work();
    ofEvent.set(key, { at: performance.now(), result });
    results.set(event, ofEvent);
    // Who comes later shall not inherit a fault that may have passed.
    const forget = () => void (ofEvent.get(key)?.result === result && ofEvent.delete(key));
    result.then(({ errors }) => errors && forget(), forget);
    return result;
  };

  return async (args) => {
    // Only for the beginning: what an event comes to is told to others too.
    const { left } = args.contextValue as Context;
    const source = await askingFor(left, () => createSourceEventStream(args));
    if (!(Symbol.asyncIterator in source)) return source;
    const key = keyOf(args);
    return mapEvents(source[Symbol.asyncIterator](), (event) =>
      share(
        event,
        key,
        async () => new SharedResult(await execute({ ...args, rootValue: event }), recordedAtMsOf(event)),
      ),
    );
  };
}

function recordedAtMsOf(event: unknown): number | undefined {
  return (event as { recordedAtMs?: number } | null)?.recordedAtMs;
}

/** The same for those, and only those, to whom one result can be told. */
function keyOf({ document, operationName, variableValues, contextValue }: ExecutionArgs): string {
  const text = document.loc?.source.body ?? print(document);
  const names = [...namesOfVariables({ document, operationName })].sort();
  const set = names.filter((name) => variableValues?.[name] !== undefined);
  const variables = set.map((name) => [name, variableValues?.[name]]);
  const { entitlement } = contextValue as Context;
  return createHash('sha256')
    .update(JSON.stringify([entitlement, text, operationName ?? null, variables]))
    .digest('base64');
}

/** The variables that the result may depend on: all but those that only say where a stream begins. */
function namesOfVariables({ document, operationName }: Pick<ExecutionArgs, 'document' | 'operationName'>): Set<string> {
  const roots = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  const places = new Set(
    roots
      .flatMap((root) => (root.kind === Kind.FIELD ? (root.arguments ?? []) : []))
      .filter(({ name }) => name.value === positionArgument),
  );
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument: (argument) => (places.has(argument) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  return names;
}

function mapEvents(
  events: AsyncIterator<unknown>,
  toResult: (event: unknown) => Promise<SharedResult>,
): AsyncGenerator<SharedResult, void, void> {
  const end = async () => events.return?.();
  const next = async (): Promise<IteratorResult<SharedResult, void>> => {
    const { done, value } = await events.next();
    if (done) return { done, value: undefined };
    try {
      return { done: false, value: await toResult(value) };
    } catch (error) {
      await end();
      throw error;
    }
  };
  return toGenerator(next, end);
}
