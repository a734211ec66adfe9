import { ApiError } from './http.ts';

/** A page of a list, and whether there is more in the direction that was walked. */
export interface Page<T> {
  data: T[];
  hasMore: boolean;
}

/**
 * Cuts a page out of a list by `limit` (10 by default), `after_id` and `before_id`.
 *
 * @param items in the order of the list, ids unique.
 * @throws ApiError 400 API_VALIDATION_ERROR the limit is no whole number from 1 to 100, or an id is not in the list.
 */
export function pageOf<T extends { id: string }>(items: T[], query: URLSearchParams): Page<T> {
  const limit = readLimit(query);
  const after = query.get('after_id');
  const before = query.get('before_id');
  if (before !== null) {
    const end = positionOf(items, before, 'before_id');
    return { data: items.slice(Math.max(0, end - limit), end), hasMore: end > limit };
  }
  const start = after === null ? 0 : positionOf(items, after, 'after_id') + 1;
  return { data: items.slice(start, start + limit), hasMore: items.length > start + limit };
}

function readLimit(query: URLSearchParams): number {
  const text = query.get('limit') ?? '10';
  const limit = Number(text);
  if (/^\d{1,9}$/.test(text) && limit >= 1 && limit <= 100) return limit;
  throw new ApiError(400, 'API_VALIDATION_ERROR', 'limit must be a whole number from 1 to 100');
}

function positionOf(items: { id: string }[], id: string, name: string): number {
  const position = items.findIndex((item) => item.id === id);
  if (position < 0) throw new ApiError(400, 'API_VALIDATION_ERROR', `${name} ${id} is not in the list`);
  return position;
}
