/** The pages for people, by the names of their folders in `web/`. */
export const allPages = ['start', 'graphiql', 'checkout', 'console'] as const;

export type Page = (typeof allPages)[number];

/** @param names as in `PAGES`. A mistake is added to the problems. */
export function readPages(names: readonly string[], problems: string[]): Page[] {
  if (names.length === 1 && names[0] === 'none') return [];
  if (names.some((name) => !allPages.includes(name as Page))) {
    problems.push(`PAGES must be none, or of ${allPages.join(', ')}, separated by commas`);
  }
  return allPages.filter((page) => names.includes(page));
}
