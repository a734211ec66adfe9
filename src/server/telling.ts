import { EndableGenerator } from '../graphql/generator.ts';
import { follow, type Take } from '../model/following.ts';

/**
 * Sends each result, taking the next one when the last has left. It yields nothing: whoever drives it, as graphql-ws does,
 * only hears of the end, and may end it at any time.
 */
export class Telling<Result> extends EndableGenerator<never> {
  readonly #results: AsyncGenerator<Result, void, void>;
  readonly #send: Take<Result>;
  #isOver = false;

  /** @param send false once nothing can be sent any more. */
  constructor(results: AsyncGenerator<Result, void, void>, send: Take<Result>) {
    super();
    this.#results = results;
    this.#send = send;
  }

  override next(): Promise<IteratorResult<never, void>> {
    const over = follow(this.#results, (result) => !this.#isOver && this.#send(result));
    return over.then(
      () => ({ done: true, value: undefined }),
      async (error: unknown) => {
        await this.end();
        throw error;
      },
    );
  }

  protected override async end(): Promise<void> {
    this.#isOver = true;
    await this.#results.return();
  }
}
