import type { Followed, Follower } from './following.ts';

/** What hands over all that it has, and may be ended at any time. */
export interface Ending<T> extends Followed<T> {
  /** Nothing is handed over any more, and its follower is told so. Once is enough; more does no harm. */
  end(): void;
}

/** A generator of what a source hands over, each once it is asked for; or the source is followed, and nothing is asked for. */
export class Pulled<T> implements AsyncGenerator<T, undefined>, Followed<T>, Follower<T> {
  readonly #source: Ending<T>;
  /** Hardly ever any: most are followed. */
  #asking: PromiseWithResolvers<IteratorResult<T, undefined>>[] | undefined;
  #isWaitedFor = false;
  #isOver = false;

  constructor(source: Ending<T>) {
    this.#source = source;
  }

  follow(follower: Follower<T>): void {
    this.#source.follow(follower);
  }

  goOn(): void {
    this.#source.goOn();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    const asked = Promise.withResolvers<IteratorResult<T, undefined>>();
    const hasBegun = this.#asking !== undefined;
    this.#asking ??= [];
    this.#asking.push(asked);
    if (!hasBegun) {
      this.#source.follow(this);
    } else if (this.#isWaitedFor) {
      this.#isWaitedFor = false;
      this.#source.goOn();
    }
    return asked.promise;
  }

  take(value: T): boolean {
    this.#asking?.shift()?.resolve({ done: false, value });
    this.#isWaitedFor = this.#asking?.length === 0;
    return !this.#isWaitedFor;
  }

  over(fault?: unknown): void {
    if (fault !== undefined) this.#asking?.shift()?.reject(fault);
    this.#end();
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    return { done: true, value: undefined };
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

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#source.end();
    for (const { resolve } of this.#asking?.splice(0) ?? []) resolve({ done: true, value: undefined });
  }
}
