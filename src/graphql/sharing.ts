import { createHash } from 'node:crypto';
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
  print,
  visit,
} from 'graphql';
import { type Followed, type Follower, nobody, toFollowed } from '../model/following.ts';
import { createMemo } from '../model/memo.ts';
import { asPartOfThis } from '../spans.ts';
import { askingFor } from '../xendit/asker.ts';
import type { Execute } from './compiling.ts';
import type { Context } from './context.ts';
import { EndableGenerator } from './generator.ts';
import { type Joiner, SharedResult, Sharing, type Work } from './shared-result.ts';

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
 * reaches them as one object is executed once and written once. Each still takes it at its own pace, from its own place.
 *
 * @param execute executes what a message tells.
 * @param keepMs for how long a result is given to others, in milliseconds: what is linked to a change is told as it is now.
 */
export function createSharing(execute: Execute, keepMs: number): Subscribe {
  const sharings = createMemo<object, Map<string, Sharing>>();

  const share = (event: unknown, key: string, work: Work): Sharing => {
    if (typeof event !== 'object' || event === null) return new Sharing(work(event), () => undefined);
    const known = sharings.get(event)?.get(key);
    if (known !== undefined && performance.now() - known.at < keepMs) return known;
    const ofEvent = sharings.get(event) ?? new Map<string, Sharing>();
    // Who comes later shall not inherit a fault that may have passed.
    const sharing: Sharing = new Sharing(work(event), () => ofEvent.get(key) === sharing && ofEvent.delete(key));
    ofEvent.set(key, sharing);
    sharings.set(event, ofEvent);
    return sharing;
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
    const work: Work = async (event) =>
      new SharedResult(
        await execute({ ...args, rootValue: event, contextValue: createContext() }),
        recordedAtMsOf(event),
      );
    // It is woken outside its trace.
    const toSharing = asPartOfThis((event: unknown) => share(event, key, work));
    return new Results(events, toSharing);
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
class Results extends EndableGenerator<SharedResult> implements Followed<SharedResult>, Follower<unknown>, Joiner {
  readonly #events: AsyncIterator<unknown>;
  readonly #followed: Followed<unknown>;
  readonly #share: (event: unknown) => Sharing;
  #follower: Follower<SharedResult> = nobody;

  constructor(events: AsyncIterator<unknown>, share: (event: unknown) => Sharing) {
    super();
    this.#events = events;
    this.#followed = toFollowed(events);
    this.#share = share;
  }

  override async next(): Promise<IteratorResult<SharedResult, void>> {
    const { done, value } = await this.#events.next();
    if (done) return { done, value: undefined };
    try {
      return { done: false, value: await this.#share(value).work };
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  follow(follower: Follower<SharedResult>): void {
    this.#follower = follower;
    this.#followed.follow(this);
  }

  goOn(): void {
    this.#followed.goOn();
  }

  take(event: unknown): boolean {
    const sharing = this.#share(event);
    if (sharing.result !== undefined) return this.#follower.take(sharing.result);
    sharing.join(this);
    return false;
  }

  onResult(result: SharedResult): void {
    if (this.#follower.take(result)) this.#followed.goOn();
  }

  onFault(error: unknown): void {
    this.#follower.over(error);
  }

  over(fault?: unknown): void {
    this.#follower.over(fault);
  }

  protected override async end(): Promise<void> {
    await this.#events.return?.();
  }
}
