import type { Followed, Take } from './following.ts';

/** What hands over all that it has, and may be ended at any time. */
export interface Ending<T> extends Followed<T> {
  /** Nothing is handed over any more, and `follow` is over. Once is enough; more does no harm. */
  end(): void;
}

/** A generator of what a source hands over, each once it is asked for; or the source is followed, and nothing is asked for. */
export class Pulled<T> implements AsyncGenerator<T, undefined>, Followed<T> {
  readonly #source: Ending<T>;
  #asking: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  #hasBegun = false;
  #isOver = false;
  /** Lets the source look for the next one. */
  #goOn: ((isTaken: boolean) => void) | undefined;

  constructor(source: Ending<T>) {
    this.#source = source;
  }

  follow(take: Take<T>): Promise<void> {
    return this.#source.follow(take);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    const asked = Promise.withResolvers<IteratorResult<T, undefined>>();
    this.#asking.push(asked);
    this.#goOn?.(true);
    if (!this.#hasBegun) this.#begin();
    return asked.promise;
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

  #begin(): void {
    this.#hasBegun = true;
    const over = this.#source.follow((value) => {
      this.#asking.shift()?.resolve({ done: false, value });
      if (this.#asking.length > 0) return true;
      return new Promise((resolve) => {
        this.#goOn = resolve;
      });
    });
    over.then(
      () => this.#end(),
      (error: unknown) => {
        this.#asking.shift()?.reject(error);
        this.#end();
      },
    );
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#source.end();
    for (const { resolve } of this.#asking.splice(0)) resolve({ done: true, value: undefined });
  }
}
