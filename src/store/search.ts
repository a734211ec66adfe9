import { parseJson } from '../model/json.ts';
import { type ResourceState, toResource } from '../model/reduce.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { type Database, withStore } from './database.ts';
import { Prisma } from './generated/client.ts';
import { canBeKept, collectionOf } from './rows.ts';

/** Which resources of one type to find; only what all given fields allow. */
export interface SearchFilter {
  statuses?: readonly string[] | undefined;
  /** The merchant's own name for it. */
  reference?: string | undefined;
  /** The resource that it belongs to. */
  parent?: string | undefined;
  channelCode?: string | undefined;
  currency?: string | undefined;
  /** In major units, as decimal text, inclusive. */
  minAmount?: string | undefined;
  maxAmount?: string | undefined;
  /** Xendit's `created`, inclusive. */
  createdFrom?: Date | undefined;
  createdTo?: Date | undefined;
}

/** Where a page ended. */
export interface SearchPlace {
  /** Text of the database's own making, to the microsecond. */
  createdAt: string;
  id: string;
}

export interface Found<T extends ResourceType> {
  resource: Resource<T>;
  place: SearchPlace;
}

/** Finds resources that the ledger knows. */
export interface Search {
  /**
   * One page, newest first.
   *
   * @throws GatewayError STORE_UNAVAILABLE.
   */
  find<T extends ResourceType>(
    account: string,
    type: T,
    filter: SearchFilter,
    limit: number,
    after?: SearchPlace,
  ): Promise<Found<T>[]>;
}

export function openSearch({ prisma }: Database): Search {
  return {
    async find<T extends ResourceType>(
      account: string,
      type: T,
      filter: SearchFilter,
      limit: number,
      after?: SearchPlace,
    ) {
      if (!canBeKept(filter.reference, filter.parent, filter.channelCode, filter.currency)) return [];
      const newest = Prisma.sql`
        SELECT id, data, "createdAt" AS made FROM "Resource" AS r
        WHERE collection = ${collectionOf(account, type)} ${conditions(filter)}
          ${after ? Prisma.sql`AND ("createdAt", id) < (${after.createdAt}::timestamptz, ${after.id})` : Prisma.empty}`;
      const page = Prisma.sql`ORDER BY made DESC, id DESC LIMIT ${limit}`;
      const rows = await withStore(
        () => prisma.$queryRaw<{ data: string; createdAt: string; id: string }[]>`
          SELECT id, data, to_char(made AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "createdAt"
          FROM (${filter.statuses ? eachStatus(filter.statuses, newest, page) : newest}) AS found ${page}`,
      );
      return rows.map(({ data, createdAt, id }) => ({
        resource: toResource(account, parseJson(data) as unknown as ResourceState) as Resource<T>,
        place: { createdAt, id },
      }));
    },
  };
}

/** The first of each status, each from the index in its order: of all statuses together everything would have to be sorted. */
function eachStatus(statuses: readonly string[], newest: Prisma.Sql, page: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT of_status.* FROM unnest(${[...new Set(statuses)]}::text[]) AS wanted(status)
    CROSS JOIN LATERAL (${newest} AND r.status = wanted.status ${page}) AS of_status`;
}

function conditions(filter: SearchFilter): Prisma.Sql {
  const { reference, parent, channelCode, currency, minAmount, maxAmount, createdFrom, createdTo } = filter;
  const parts = [
    reference === undefined ? undefined : Prisma.sql`AND reference = ${reference}`,
    parent === undefined ? undefined : Prisma.sql`AND parent = ${parent}`,
    channelCode === undefined ? undefined : Prisma.sql`AND channel = ${channelCode}`,
    currency === undefined ? undefined : Prisma.sql`AND currency = ${currency}`,
    minAmount === undefined ? undefined : Prisma.sql`AND amount >= ${minAmount}::numeric`,
    maxAmount === undefined ? undefined : Prisma.sql`AND amount <= ${maxAmount}::numeric`,
    createdFrom && Prisma.sql`AND "createdAt" >= ${createdFrom}`,
    createdTo && Prisma.sql`AND "createdAt" <= ${createdTo}`,
  ];
  const given = parts.filter((part) => part !== undefined);
  return given.length === 0 ? Prisma.empty : Prisma.join(given, ' ');
}
