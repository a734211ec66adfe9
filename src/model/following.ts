/** Takes one thing after the other; false once it takes no more. */
export type Take<T> = (value: T) => boolean | Promise<boolean>;

/** What hands over all that it has by itself. */
export interface Followed<T> {
  /** Hands over each once the last is taken, until it has no more or no more is taken, and then is over. */
  follow(take: Take<T>): Promise<void>;
}

/**
 * Has all that a generator yields handed over. One that can do so by itself is asked to: where thousands are told the same at
 * one moment, a promise more for each message of each of them takes as long as to write it.
 */
export function follow<T>(values: AsyncIterator<T> & Partial<Followed<T>>, take: Take<T>): Promise<void> {
  return values.follow === undefined ? pull(values, take) : values.follow(take);
}

async function pull<T>(values: AsyncIterator<T>, take: Take<T>): Promise<void> {
  for (;;) {
    const { done, value } = await values.next();
    if (done) return;
    try {
      if (await take(value)) continue;
    } catch (error) {
      await values.return?.();
      throw error;
    }
    await values.return?.();
    return;
  }
}
