/**
 * A generator that closes its source the moment its consumer leaves. A plain one hangs there: `return` waits for a `next`
 * that waits for a wake-up which may never come.
 */
export function endingWith<T>(close: () => void, generate: () => AsyncGenerator<T>): AsyncGenerator<T> {
  const inner = generate();
  const outer: AsyncGenerator<T> = {
    async next() {
      const result = await inner.next().catch((error: unknown) => {
        close();
        throw error;
      });
      if (result.done) close();
      return result;
    },
    return(value) {
      close();
      return inner.return(value);
    },
    throw(error) {
      close();
      return inner.throw(error);
    },
    [Symbol.asyncIterator]: () => outer,
    [Symbol.asyncDispose]: async () => {
      close();
      await inner.return(undefined);
    },
  };
  return outer;
}
