/** Who takes one thing after the other. Neither of these may throw. */
export interface Follower<T> {
  /** @returns whether the next may come at once; otherwise it comes once `Followed.goOn` is called, which is never done in here. */
  take(value: T): boolean;
  /** Nothing comes any more, and why, where that is a fault. */
  over(fault?: unknown): void;
}

/** What hands over all that it has by itself, to one follower. */
export interface Followed<T> {
  follow(follower: Follower<T>): void;
  /** The last is taken, and the next may come. */
  goOn(): void;
}

/**
 * Has all that a generator yields handed over. One that can do so by itself is asked to: where thousands are told the same at one
 * moment, the promises for each message of each of them take as long as to write it.
 */
export function toFollowed<T>(values: AsyncIterator<T> & Partial<Followed<T>>): Followed<T> {
  return values.follow === undefined ? new Pulling(values) : (values as AsyncIterator<T> & Followed<T>);
}

/** Hands over what a generator yields. Whoever ends the generator ends this. */
class Pulling<T> implements Followed<T> {
  readonly #values: AsyncIterator<T>;
  #follower: Follower<T> = nobody;

  constructor(values: AsyncIterator<T>) {
    this.#values = values;
  }

  follow(follower: Follower<T>): void {
    this.#follower = follower;
    this.goOn();
  }

  goOn(): void {
    this.#handOver().catch((fault: unknown) => this.#follower.over(fault));
  }

  async #handOver(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#values.next();
      if (done) return this.#follower.over();
      if (!this.#follower.take(value)) return;
    }
  }
}

/** Takes nothing. */
export const nobody: Follower<unknown> = { take: () => false, over: () => undefined };
