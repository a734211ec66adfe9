import { InvalidInputError } from '../errors.ts';

/** What follows the question mark; a list repeats its name, and what is undefined isn't sent. */
export type Query = Record<string, string | number | readonly string[] | undefined>;

/**
 * The headers that have a value.
 *
 * @throws InvalidInputError a value can't be a header.
 */
export function toHeaders(values: Record<string, string | undefined>): Record<string, string> {
  const given: Record<string, string> = {};
  const wrong: string[] = [];
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === undefined) continue;
    if (!/^[\x20-\x7e]*$/.test(value)) wrong.push(name);
    given[name] = value;
  }
  if (wrong.length === 0) return given;
  throw new InvalidInputError(
    wrong.map((name) => ({ path: [name], message: 'has characters that no header can hold' })),
  );
}

/** The query with its question mark; empty when there is nothing to say. */
export function toQuery(query: Query | undefined): string {
  if (query === undefined) return '';
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of typeof value === 'object' ? value : [value]) {
      if (each !== undefined) pairs.append(name, String(each));
    }
  }
  return pairs.size === 0 ? '' : `?${pairs}`;
}
