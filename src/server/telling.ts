import { EndableGenerator } from '../graphql/generator.ts';
import { type Followed, type Follower, toFollowed } from '../model/following.ts';

/**
 * Sends each result, taking the next one when the last has left. It yields nothing: whoever drives it, as graphql-ws does,
 * only hears of the end, and may end it at any time.
 */
export class Telling<Result> extends EndableGenerator<never> implements Follower<Result> {
  readonly #results: AsyncGenerator<Result, void, void>;
  readonly #followed: Followed<Result>;
  readonly #send: (result: Result) => boolean | Promise<boolean>;
  #driver: Pick<PromiseWithResolvers<IteratorResult<never, void>>, 'resolve' | 'reject'> | undefined;
  #isOver = false;
  #left: Promise<void> | undefined;

  /** @param send false once nothing can be sent any more. */
  constructor(results: AsyncGenerator<Result, void, void>, send: (result: Result) => boolean | Promise<boolean>) {
    super();
    this.#results = results;
    this.#followed = toFollowed(results);
    this.#send = send;
  }

  override next(): Promise<IteratorResult<never, void>> {
    if (this.#isOver) return Promise.resolve(over);
    return new Promise((resolve, reject) => {
      this.#driver = { resolve, reject };
      this.#followed.follow(this);
    });
  }

  take(result: Result): boolean {
    if (this.#isOver) return false;
    try {
      const isSent = this.#send(result);
      if (typeof isSent === 'boolean') return this.#endUnless(isSent);
      isSent.then(
        (hasLeft) => this.#endUnless(hasLeft) && this.#followed.goOn(),
        (error: unknown) => this.over(error),
      );
    } catch (error) {
      this.over(error);
    }
    return false;
  }

  over(fault?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#left = this.#leave(fault);
  }

  protected override async end(): Promise<void> {
    this.over();
    await this.#left;
  }

  #endUnless(hasLeft: boolean): boolean {
    if (!hasLeft) this.over();
    return hasLeft;
  }

  async #leave(fault: unknown): Promise<void> {
    try {
      await this.#results.return();
      if (fault !== undefined) throw fault;
      this.#driver?.resolve(over);
    } catch (error) {
      this.#driver?.reject(error);
    }
  }
}

const over = { done: true, value: undefined } as const;
