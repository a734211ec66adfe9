import { InvalidInputError } from '../errors.ts';

/** One page of a list, as Relay's connections spell it. */
export interface Page<T> {
  edges: { cursor: string; node: T }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | undefined;
    endCursor: string | undefined;
  };
}

export const maxPageSize = 100;

/**
 * Reads one page and looks one entry ahead.
 *
 * @param first 1 to 100.
 * @param read asked for one entry more than the page holds.
 * @throws InvalidInputError `first` is out of range.
 */
export async function readPage<T>(
  first: number,
  hasPreviousPage: boolean,
  read: (limit: number) => Promise<T[]>,
  cursorOf: (node: T) => string,
): Promise<Page<T>> {
  if (first < 1 || first > maxPageSize)
    throw new InvalidInputError([{ path: ['first'], message: `must be within 1 and ${maxPageSize}` }]);
  const nodes = await read(first + 1);
  const edges = nodes.slice(0, first).map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: nodes.length > first,
      hasPreviousPage,
      startCursor: edges[0]?.cursor,
      endCursor: edges.at(-1)?.cursor,
    },
  };
}
