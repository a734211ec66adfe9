/** What is pushed at one end and iterated at the other. */
export interface Queue<T> {
  push(value: T): void;
  /** Nothing follows what was pushed; with an error, that is thrown then. Only the first end counts. */
  end(error?: Error): void;
  values: AsyncIterableIterator<T>;
}

/**
 * @param onBegin is called once its reader asks for the first value.
 * @param onLeave is called at once when its reader leaves, even while it waits for a value.
 */
export function createQueue<T extends object>(onBegin: () => void, onLeave: () => void): Queue<T> {
  const values: T[] = [];
  const waiting: (() => void)[] = [];
  let hasBegun = false;
  let isEnded = false;
  let failure: Error | undefined;
  const wake = () => {
    for (const one of waiting.splice(0)) one();
  };
  const end = (error?: Error) => {
    if (isEnded) return;
    isEnded = true;
    failure = error;
    wake();
  };
  const iterator: AsyncIterableIterator<T> = {
    async next() {
      if (!hasBegun && !isEnded) {
        hasBegun = true;
        onBegin();
      }
      while (values.length === 0 && !isEnded) await new Promise<void>((resolve) => waiting.push(resolve));
      const value = values.shift();
      if (value !== undefined) return { done: false, value };
      const error = failure;
      failure = undefined;
      if (error !== undefined) throw error;
      return { done: true, value: undefined };
    },
    async return(value?: unknown) {
      end();
      failure = undefined;
      values.length = 0;
      onLeave();
      return { done: true, value };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return {
    values: iterator,
    end,
    push(value) {
      if (isEnded) return;
      values.push(value);
      wake();
    },
  };
}
