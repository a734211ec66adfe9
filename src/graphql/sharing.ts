import { createHash } from 'node:crypto';
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  getOperationAST,
  Kind,
  print,
  visit,
} from 'graphql';
import { type Followed, follow, type Take } from '../model/following.ts';
import { createMemo } from '../model/memo.ts';
import { asPartOfThis } from '../spans.ts';
import { askingFor } from '../xendit/asker.ts';
import type { Execute } from './compiling.ts';
import type { Context } from './context.ts';
import { EndableGenerator } from './generator.ts';

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

/**
 * As `subscribe` of graphql-js.
 *
 * @param createContext makes the context in which the stream begins, and that of each message: nothing of it is kept between them.
 */
export type Subscribe = (
  args: Omit<ExecutionArgs, 'contextValue'>,
  createContext: () => Context,
) => Promise<AsyncGenerator<SharedResult, void, void> | ExecutionResult>;

/** The argument of a stream that says where to begin, and nothing of what is told. */
const positionArgument = 'after';

/**
 * Subscribes so that those who watch the same thing in the same words, and may see the same, share the work: an event that
 * reaches them as one object is executed once and written once. Each still pulls at its own pace, from its own place.
 *
 * @param execute executes what a message tells.
 * @param keepMs for how long a result is given to others, in milliseconds: what is linked to a change is told as it is now.
 */
export function createSharing(execute: Execute, keepMs: number): Subscribe {
  const results = createMemo<object, Map<string, Sharing>>();

  const share = (event: unknown, key: string, work: () => Promise<SharedResult>): Sharing['result'] => {
    if (typeof event !== 'object' || event === null) return work();
    const known = results.get(event)?.get(key);
    if (known !== undefined && performance.now() - known.at < keepMs) return known.result;
    const ofEvent = results.get(event) ?? new Map<string, Sharing>();
    const result = work();
    const sharing: Sharing = { at: performance.now(), result };
    ofEvent.set(key, sharing);
    results.set(event, ofEvent);
    // Who comes later shall not inherit a fault that may have passed.
    const forget = () => void (ofEvent.get(key) === sharing && ofEvent.delete(key));
    result.then((done) => {
      sharing.result = done;
      if (done.errors) forget();
    }, forget);
    return result;
  };

  return async (args, createContext) => {
    const context = createContext();
    // Only for the beginning: what an event comes to is told to others too.
    const source = await askingFor(context.asker, () => createSourceEventStream({ ...args, contextValue: context }));
    if (!(Symbol.asyncIterator in source)) return source;
    return tellEvents(source[Symbol.asyncIterator](), args, keyOf(args, context), createContext);
  };

  /** Apart from where a stream begins, so that nothing of that is kept for as long as it goes on. */
  function tellEvents(
    events: AsyncIterator<unknown>,
    args: Omit<ExecutionArgs, 'contextValue'>,
    key: string,
    createContext: () => Context,
  ): AsyncGenerator<SharedResult, void, void> {
    const work = async (event: unknown) =>
      new SharedResult(
        await execute({ ...args, rootValue: event, contextValue: createContext() }),
        recordedAtMsOf(event),
      );
    return new Results(events, (event) => share(event, key, () => work(event)));
  }
}

function recordedAtMsOf(event: unknown): number | undefined {
  return (event as { recordedAtMs?: number } | null)?.recordedAtMs;
}

/** The same for those, and only those, to whom one result can be told. */
function keyOf(
  { document, operationName, variableValues }: Omit<ExecutionArgs, 'contextValue'>,
  { entitlement }: Context,
): string {
  const text = document.loc?.source.body ?? print(document);
  const names = [...namesOfVariables({ document, operationName })].sort();
  const set = names.filter((name) => variableValues?.[name] !== undefined);
  const variables = set.map((name) => [name, variableValues?.[name]]);
  return createHash('sha256')
    .update(JSON.stringify([entitlement, text, operationName ?? null, variables]))
    .digest('base64');
}

interface Sharing {
  /** By the clock of `performance.now()`. */
  at: number;
  result: SharedResult | Promise<SharedResult>;
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

/** The results of a stream's events. */
class Results extends EndableGenerator<SharedResult> implements Followed<SharedResult> {
  readonly #events: AsyncIterator<unknown>;
  readonly #toResult: (event: unknown) => Sharing['result'];

  constructor(events: AsyncIterator<unknown>, toResult: (event: unknown) => Sharing['result']) {
    super();
    this.#events = events;
    this.#toResult = toResult;
  }

  override async next(): Promise<IteratorResult<SharedResult, void>> {
    const { done, value } = await this.#events.next();
    if (done) return { done, value: undefined };
    try {
      const result = this.#toResult(value);
      return { done: false, value: result instanceof SharedResult ? result : await result };
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  follow(take: Take<SharedResult>): Promise<void> {
    // It is woken outside the stream's trace.
    const takeEvent = asPartOfThis((event: unknown) => {
      const result = this.#toResult(event);
      return result instanceof SharedResult ? take(result) : result.then(take);
    });
    return follow(this.#events, takeEvent);
  }

  protected override async end(): Promise<void> {
    await this.#events.return?.();
  }
}
