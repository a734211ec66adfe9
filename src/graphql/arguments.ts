import type { PageQuery } from '../service/pages.ts';
import type { SearchFilter } from '../store/search.ts';

/** The arguments of a list; `first` has its default from the schema. */
export function toPage(
  { first, after }: { first?: number | null | undefined; after?: string | null | undefined },
  byDefault = 20,
): PageQuery {
  return { first: first ?? byDefault, after: after ?? undefined };
}

/** An input whose nulls are gone: what could be null may be absent. */
export type WithoutNulls<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: Exclude<T[K], null>;
};

/** What was given, without the nulls. */
export function withoutNulls<T extends object>(input: T | null | undefined): WithoutNulls<T> {
  return Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value !== null)) as WithoutNulls<T>;
}

/** A search's filter, by the names that the ledger has for what it searches. */
export function toSearch(
  filter:
    | (Omit<SearchFilter, 'reference'> & { referenceId?: unknown; externalId?: unknown })
    | object
    | null
    | undefined,
): SearchFilter {
  const { referenceId, externalId, ...others } = withoutNulls(filter) as SearchFilter & {
    referenceId?: string;
    externalId?: string;
  };
  return { ...others, reference: referenceId ?? externalId };
}
