import type { LinkedFragment } from './generated/documents.ts';
import type { Shown } from './history.ts';

/** The other resources that one leads to, each once: single ones, and those of its lists. */
export function linksOf(node: Shown): LinkedFragment[] {
  const { history: _, ...rest } = node;
  const found = Object.values(rest).flatMap((value): unknown[] => {
    if (typeof value !== 'object' || value === null) return [];
    return 'edges' in value ? value.edges.map((edge: { node: unknown }) => edge.node) : [value];
  });
  const links = found.filter((one): one is LinkedFragment => typeof one === 'object' && one !== null && 'id' in one);
  return [...new Map(links.map((link) => [link.id, link])).values()];
}
