import { examplesFor, newReference } from '../examples/examples.ts';
import type { About } from '../shared/about.ts';
import { type Asked, askedBy, documentation } from '../shared/explorer-link.ts';

/** Where GraphiQL keeps the tabs that were left open. */
const storageKey = 'graphiql:tabState';

interface StartingTabs {
  /** The one to be seen. */
  first: Asked | undefined;
  /** Where none were left open. */
  tabs: Asked[];
  /** Whether the contract is to be read beside it. */
  showsDocumentation: boolean;
}

/** What is to be opened: what the address asks for, else what was seen last, else the first of the examples. */
export function startingTabs({ mode }: Pick<About, 'mode'>): StartingTabs {
  const asked = askedBy(location.hash);
  const showsDocumentation = location.hash === documentation;
  // So that it isn't asked for once more when the page is loaded again.
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
  const examples = examplesFor(mode, newReference());
  const first = asked ?? seenLast() ?? examples[0];
  return { first, tabs: asked ? [asked, ...examples] : examples, showsDocumentation };
}

function seenLast(): Asked | undefined {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem(storageKey) ?? '');
    const { query, variables } = tabs[activeTabIndex];
    return { query: query ?? '', variables: variables ?? '' };
  } catch {
    return undefined;
  }
}
