import { toGenerator } from '../graphql/generator.ts';
import { follow, type Take } from '../model/following.ts';

/**
 * Sends each result, taking the next one when the last has left. It yields nothing: whoever drives it, as graphql-ws does,
 * only hears of the end, and may end it at any time.
 *
 * @param send false once nothing can be sent any more.
 */
export function tellAll<Result>(
  results: AsyncGenerator<Result, void, void>,
  send: Take<Result>,
): AsyncGenerator<never, void, void> {
  let isOver = false;
  const end = async () => {
    isOver = true;
    await results.return();
  };
  const next = async (): Promise<IteratorResult<never, void>> => {
    try {
      await follow(results, (result) => !isOver && send(result));
      return { done: true, value: undefined };
    } catch (error) {
      await end();
      throw error;
    }
  };
  return toGenerator(next, end);
}
