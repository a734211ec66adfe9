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

/** Which page of a list. */
export interface PageQuery {
  /** 1 to 100. */
  first: number;
  after?: string | undefined;
}

export const maxPageSize = 100;

/**
 * Reads one page and looks one entry ahead.
 *
 * @param first 1 to `max`.
 * @param read asked for one entry more than the page holds.
 * @throws InvalidInputError `first` is out of range.
 */
export async function readPage<T>(
  first: number,
  hasPreviousPage: boolean,
  read: (limit: number) => Promise<T[]>,
  cursorOf: (node: T) => string,
  max = maxPageSize,
): Promise<Page<T>> {
  if (first < 1 || first > max)
    throw new InvalidInputError([{ path: ['first'], message: `must be within 1 and ${max}` }]);
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
