/**
 * Sends each result, pulling the next one when the last has left. It yields nothing: whoever drives it, as graphql-ws does,
 * only hears of the end, and may end it at any time.
 *
 * @param send resolves with false once nothing can be sent any more.
 */
export function tellAll<Result>(
  results: AsyncGenerator<Result, void, void>,
  send: (result: Result) => Promise<boolean>,
): AsyncGenerator<never, void, void> {
  let isOver = false;
  const end = async () => {
    isOver = true;
    await results.return();
    return { done: true as const, value: undefined };
  };
  const telling: AsyncGenerator<never, void, void> = {
    async next() {
      try {
        for (;;) {
          const { done, value } = await results.next();
          if (done || isOver) return { done: true, value: undefined };
          if (!(await send(value))) return await end();
        }
      } catch (error) {
        await end();
        throw error;
      }
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]: () => telling,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
  return telling;
}
