import { type FieldProblem, InvalidInputError } from '../errors.ts';
import { toDecimal } from '../model/money.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import type { SearchFilter, SearchPlace } from '../store/search.ts';
import { type Page, type PageQuery, readPage } from './pages.ts';
import type { Rooms } from './rooms.ts';

/**
 * One page of what the ledger knows of one type, newest first. Xendit has no such lists.
 *
 * @throws InvalidInputError an amount can't be read, or `first` is out of range; CURSOR_INVALID.
 */
export async function searchResources<T extends ResourceType>(
  { search, cursors }: Rooms,
  account: string,
  type: T,
  filter: SearchFilter,
  { first, after }: PageQuery,
): Promise<Page<Resource<T>>> {
  const stream = `search:${type}`;
  const place = after === undefined ? undefined : (JSON.parse(cursors.read(stream, account, after)) as SearchPlace);
  const amounts = { minAmount: readAmount('minAmount', filter), maxAmount: readAmount('maxAmount', filter) };
  const page = await readPage(
    first,
    after !== undefined,
    (limit) => search.find(account, type, { ...filter, ...amounts }, limit, place),
    (found) => cursors.write(stream, account, JSON.stringify(found.place)),
  );
  return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: node.resource })) };
}

function readAmount(field: 'minAmount' | 'maxAmount', filter: SearchFilter): string | undefined {
  const text = filter[field];
  const amount = toDecimal(text);
  const problem: FieldProblem = { path: ['filter', field], message: 'must be a decimal number, such as 15000' };
  if (text !== undefined && amount === undefined) throw new InvalidInputError([problem]);
  return amount;
}
