import { toGenerator } from '../graphql/generator.ts';

/**
 * Sends each result, pulling the next one when the last has left. It yields nothing: whoever drives it, as graphql-ws does,
 * only hears of the end, and may end it at any time.
 *
 * @param send false once nothing can be sent any more.
 */
export function tellAll<Result>(
  results: AsyncGenerator<Result, void, void>,
  send: (result: Result) => boolean | Promise<boolean>,
): AsyncGenerator<never, void, void> {
  let isOver = false;
  const end = async () => {
    isOver = true;
    await results.return();
  };
  const next = async (): Promise<IteratorResult<never, void>> => {
    try {
      for (;;) {
        const { done, value } = await results.next();
        if (done || isOver) break;
        const sent = send(value);
        if (!(typeof sent === 'boolean' ? sent : await sent)) {
          await end();
          break;
        }
      }
      return { done: true, value: undefined };
    } catch (error) {
      await end();
      throw error;
    }
  };
  return toGenerator(next, end);
}
