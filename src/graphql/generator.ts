/** A generator of what `next` brings. Leaving calls `end` at once, also while `next` waits, where a plain one would wait for it. */
export abstract class EndableGenerator<T> implements AsyncGenerator<T, void, void> {
  abstract next(): Promise<IteratorResult<T, void>>;

  /** Ends what `next` waits for. */
  protected abstract end(): Promise<unknown>;

  async return(): Promise<IteratorResult<T, void>> {
    await this.end();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<never> {
    await this.end();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
