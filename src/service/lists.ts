import DataLoader from 'dataloader';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import type { Change } from '../store/change-log.ts';
import { type Page, type PageQuery, readPage } from './pages.ts';
import type { Rooms } from './rooms.ts';
import { streamOf, type ToldChange, tellInStream } from './streams.ts';

/** Lists under a resource. Those that are asked for at the same moment, for the nodes of one list, are read together. */
export interface ListService {
  /** What belongs to a resource, newest first. */
  findChildren<T extends ResourceType>(type: T, parent: string, page: PageQuery): Promise<Page<Resource<T>>>;
  /** The refunds of a payment request and of its payments, newest first. */
  findRefundsOf(paymentRequestId: string, page: PageQuery): Promise<Page<Resource<'Refund'>>>;
  /** The changes of one resource, newest first. Its cursors are the stream's own. */
  findHistory(resource: Resource, page: PageQuery): Promise<Page<ToldChange>>;
}

interface Children {
  parent: string;
  type: ResourceType;
  through: ResourceType | undefined;
  limit: number;
  after: string | undefined;
}

interface History {
  of: { type: ResourceType; id: string };
  limit: number;
  before: number | undefined;
}

export function createListService(rooms: Rooms, account: string): ListService {
  const { lists, cursors } = rooms;
  const children = new DataLoader<Children, Resource[], string>(
    (wanted) =>
      together(
        wanted,
        ({ parent: _, ...list }) => JSON.stringify(list),
        (list, alike) =>
          lists.children(
            account,
            alike.map(({ parent }) => parent),
            list,
          ),
      ),
    { cache: false },
  );
  const histories = new DataLoader<History, Change[], string>(
    (wanted) =>
      together(
        wanted,
        ({ limit, before }) => JSON.stringify([limit, before]),
        ({ limit, before }, alike) =>
          lists.histories(
            account,
            alike.map(({ of }) => of),
            limit,
            before,
          ),
      ),
    { cache: false },
  );
  function find<T extends ResourceType>(
    type: T,
    parent: string,
    { first, after }: PageQuery,
    through?: ResourceType,
  ): Promise<Page<Resource<T>>> {
    const stream = `${type}:of:${parent}`;
    const afterId = after === undefined ? undefined : cursors.read(stream, account, after);
    return readPage(
      first,
      after !== undefined,
      async (limit) => (await children.load({ parent, type, through, limit, after: afterId })) as Resource<T>[],
      ({ id }) => cursors.write(stream, account, id),
    );
  }
  return {
    findChildren: (type, parent, page) => find(type, parent, page),
    findRefundsOf: (paymentRequestId, page) => find('Refund', paymentRequestId, page, 'Payment'),
    findHistory({ __typename: type, id }, { first, after }) {
      const stream = streamOf(type, id);
      const before = after === undefined ? undefined : Number(cursors.read(stream, account, after));
      return readPage(
        first,
        after !== undefined,
        async (limit) => {
          const changes = await histories.load({ of: { type, id }, limit, before });
          return changes.map((change) => tellInStream(rooms, stream, account, change));
        },
        ({ cursor }) => cursor,
      );
    },
  };
}

/** Reads at once what is wanted in the same way; the answers stand where the questions did. */
async function together<W, A>(
  wanted: readonly W[],
  wayOf: (one: W) => string,
  read: (one: W, alike: readonly W[]) => Promise<A[]>,
): Promise<A[]> {
  const answers = await Promise.all(
    Object.values(Object.groupBy(wanted, wayOf)).map(async (alike = []) => {
      const [first] = alike;
      const found = first === undefined ? [] : await read(first, alike);
      return alike.map((one, index) => [one, found[index]] as [W, A]);
    }),
  );
  const answerTo = new Map(answers.flat());
  return wanted.map((one) => answerTo.get(one) as A);
}
