import { useMemo, useSyncExternalStore } from 'react';

export const views = ['activity', 'webhooks', 'budget', 'charts'] as const;
export type View = (typeof views)[number];

/** Where in the page one is; it stands behind the `#` of the address, so that it can be kept, sent and gone back to. */
export interface Route {
  view: View;
  /** The filters of the view, by their names. */
  filters: Readonly<Record<string, string>>;
  /** The id of the resource or webhook (`wh_…`) that lies open above it. */
  open: string | undefined;
}

/** @param hash as the address has it; a resource may also be named alone, as `#/resource/pr-1`. */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [first = '', second] = path.split('/');
  const { open, ...filters } = Object.fromEntries(new URLSearchParams(query));
  const view = views.find((one) => one === first) ?? 'activity';
  return { view, filters, open: first === 'resource' && second ? decodeURIComponent(second) : open };
}

export function hrefOf({ view, filters = {}, open }: Partial<Route> & Pick<Route, 'view'>): string {
  const set = Object.entries({ ...filters, open }).filter(([, value]) => value !== undefined && value !== '');
  const query = new URLSearchParams(set as [string, string][]).toString();
  return query === '' ? `#/${view}` : `#/${view}?${query}`;
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(onHashChange, () => location.hash);
  return useMemo(() => readRoute(hash), [hash]);
}

function onHashChange(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

export function routeNow(): Route {
  return readRoute(location.hash);
}

export function goTo(route: Parameters<typeof hrefOf>[0]): void {
  location.hash = hrefOf(route);
}
