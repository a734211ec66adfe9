/** The pages for people, by the names of their folders in `web/`. */
export const allPages = ['start', 'graphiql', 'checkout', 'console'] as const;

export type Page = (typeof allPages)[number];

/** Without those to try things on, for gateways that move money. */
const livePages: readonly Page[] = ['checkout', 'console'];

/** @param names as in `PAGES`; none where it isn't set. A mistake is added to the problems. */
export function readPages(names: readonly string[], isLive: boolean, problems: string[]): Page[] {
  if (names.length === 0) return [...(isLive ? livePages : allPages)];
  if (names.length === 1 && names[0] === 'none') return [];
  if (names.some((name) => !allPages.includes(name as Page))) {
    problems.push(`PAGES must be none, or of ${allPages.join(', ')}, separated by commas`);
  }
  return allPages.filter((page) => names.includes(page));
}
