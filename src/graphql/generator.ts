/**
 * A generator of what `next` brings. Leaving calls `end` at once, also while `next` waits, where a plain one would wait for it.
 *
 * @param end ends what `next` waits for.
 */
export function toGenerator<T>(
  next: () => Promise<IteratorResult<T, void>>,
  end: () => Promise<unknown>,
): AsyncGenerator<T, void, void> {
  const generator: AsyncGenerator<T, void, void> = {
    next,
    async return() {
      await end();
      return { done: true, value: undefined };
    },
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
  return generator;
}
