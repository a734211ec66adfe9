import { CursorExpiredError } from '../errors.ts';
import type { Followed, Take } from '../model/following.ts';
import type { ResourceKey } from '../model/resource.ts';
import { isSettled } from '../model/status.ts';
import type { Change } from '../store/change-log.ts';
import type { Reads } from '../store/reads.ts';
import type { Listening } from './feed.ts';
import { pageSize, patiently, untilNextTry } from './patience.ts';

export interface ChangesOptions<Told> {
  /** What is yielded for a change. */
  tell: (change: Change) => Told;
  /** What is yielded before any change. */
  beginning?: Told | undefined;
}

/**
 * Yields every change of one resource after a version, in order and once. Ends when the resource is settled and everything
 * has been said, or when the feed closes. While the ledger can't be read it waits.
 *
 * @param wake listening to the resource since before `version` was read; closed at the end.
 * @throws CursorExpiredError changes after the version were pruned.
 */
export function changesAfter<Told = Change>(
  reads: Reads,
  wake: Listening,
  key: ResourceKey,
  version: number,
  { tell, beginning }: ChangesOptions<Told> = { tell: (change) => change as Told },
): AsyncGenerator<Told> {
  return new Changes(reads, wake, key, version, tell, beginning);
}

/**
 * Written out rather than as an `async function*`: thousands wait at a time, and such a one would keep all that it ever named,
 * and each message would cost two promises more for every generator that it passes.
 */
class Changes<Told> implements AsyncGenerator<Told, undefined>, Followed<Told> {
  readonly #reads: Reads;
  readonly #wake: Listening;
  readonly #key: ResourceKey;
  readonly #tell: (change: Change) => Told;
  #beginning: Told | undefined;
  /** The version of what was taken last. */
  #seen: number;
  #hasBegun = false;
  #isOver = false;
  #status = 'UNKNOWN';
  /** A code may be known to be paid before its payment is known: then not everything has been said. */
  #isExplained: boolean;
  /** What was read and not taken yet, from `taken` on, and whether the log had no more. */
  #page: readonly Change[] = nothing;
  #taken = 0;
  #isAtEnd = false;
  #isAsked = false;
  /** Those who ask for the next one while it is being looked for. */
  readonly #others: (() => void)[] = [];

  constructor(
    reads: Reads,
    wake: Listening,
    key: ResourceKey,
    version: number,
    tell: (change: Change) => Told,
    beginning: Told | undefined,
  ) {
    this.#reads = reads;
    this.#wake = wake;
    this.#key = key;
    this.#seen = version;
    this.#isExplained = key.type !== 'QrCode';
    this.#tell = tell;
    this.#beginning = beginning;
  }

  async next(): Promise<IteratorResult<Told, undefined>> {
    while (this.#isAsked) await new Promise<void>((resolve) => this.#others.push(resolve));
    this.#isAsked = true;
    try {
      const beginning = this.#takeBeginning();
      if (beginning !== undefined) return { done: false, value: beginning };
      return (await this.#find()) ? { done: false, value: this.#tell(this.#take()) } : this.#end();
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      this.#isAsked = false;
      this.#others.shift()?.();
    }
  }

  async follow(take: Take<Told>): Promise<void> {
    try {
      const beginning = this.#takeBeginning();
      if (beginning !== undefined && !(await take(beginning))) return;
      while (this.#hasPage || (await this.#find())) {
        const isTaken = take(this.#tell(this.#take()));
        if (!(typeof isTaken === 'boolean' ? isTaken : await isTaken)) return;
      }
    } finally {
      this.#end();
    }
  }

  async return(): Promise<IteratorResult<Told, undefined>> {
    return this.#end();
  }

  async throw(error: unknown): Promise<never> {
    this.#end();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
  }

  #takeBeginning(): Told | undefined {
    const beginning = this.#beginning;
    this.#beginning = undefined;
    return beginning;
  }

  /** Whether something that was read is still to be taken. */
  get #hasPage(): boolean {
    return !this.#isOver && this.#taken < this.#page.length;
  }

  /** Waits until there is a change to take. @returns false once there will be none any more. */
  async #find(): Promise<boolean> {
    if (!this.#hasBegun) await this.#begin();
    while (!this.#isOver && this.#taken === this.#page.length) {
      this.#page = nothing;
      this.#taken = 0;
      if (this.#isAtEnd && (this.#isSaid || !(await this.#wake.next(this.#seen)))) return false;
      this.#isAtEnd = false;
      try {
        this.#page = await this.#reads.changesAfter(this.#key, this.#seen, pageSize);
        this.#isAtEnd = this.#page.length < pageSize;
      } catch (error) {
        await untilNextTry(this.#wake, error);
      }
    }
    return !this.#isOver;
  }

  async #begin(): Promise<void> {
    const present = await patiently(this.#wake, () => this.#reads.find(this.#key));
    this.#status = present?.resource.status ?? this.#status;
    this.#isExplained ||=
      (await patiently(this.#wake, () => this.#reads.lastCaused(this.#key, this.#seen))) !== undefined;
    this.#hasBegun = true;
  }

  #take(): Change {
    const change = this.#page[this.#taken] as Change;
    if (change.version !== this.#seen + 1) throw new CursorExpiredError();
    this.#taken += 1;
    this.#seen = change.version;
    this.#status = change.to;
    this.#isExplained ||= change.cause !== undefined;
    return change;
  }

  /** Whether everything has been said. */
  get #isSaid(): boolean {
    return this.#isExplained && isSettled(this.#key.type, this.#status);
  }

  #end(): IteratorReturnResult<undefined> {
    this.#isOver = true;
    this.#page = nothing;
    this.#wake.close();
    return { done: true, value: undefined };
  }
}

const nothing: readonly Change[] = [];
