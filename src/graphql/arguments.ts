import type { PageQuery } from '../service/service.ts';

/** The arguments of a list; `first` has its default from the schema. */
export function toPage(
  { first, after }: { first?: number | null | undefined; after?: string | null | undefined },
  byDefault = 20,
): PageQuery {
  return { first: first ?? byDefault, after: after ?? undefined };
}

/** What was given, without the nulls of a filter. */
export function withoutNulls<T extends object>(input: T | null | undefined): { [K in keyof T]?: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value !== null)) as {
    [K in keyof T]?: Exclude<T[K], null>;
  };
}
