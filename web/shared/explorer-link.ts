/** An operation to be opened in the explorer. */
export interface Asked {
  query: string;
  /** In JSON. */
  variables: string;
}

/** The fragment that opens the contract beside the explorer's operations. */
export const documentation = '#documentation';

/** Where the explorer opens with it; in the fragment, so that it is in nobody's log. */
export function explorerLink({ query, variables }: Asked): string {
  return `/graphiql#${new URLSearchParams({ query, variables })}`;
}

/** What a fragment asks the explorer to open; undefined when it names no operation. */
export function askedBy(fragment: string): Asked | undefined {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  const query = parameters.get('query');
  return query === null ? undefined : { query, variables: parameters.get('variables') ?? '' };
}
