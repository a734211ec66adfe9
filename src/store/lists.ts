import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { type Change, type ChangeRow, toChange } from './change-log.ts';
import { type Database, withStore } from './database.ts';
import { Prisma } from './generated/client.ts';
import { toKnown } from './present.ts';
import { canBeKept } from './rows.ts';

/** What is listed under a resource. */
export interface ListOf {
  type: ResourceType;
  /** What belongs to those is meant, such as the refunds of a request's payments; what belongs to the resource itself too. */
  through?: ResourceType | undefined;
  limit: number;
  /** The id of the last one that is known already. */
  after?: string | undefined;
}

/** The same list of many resources, in one read each. Each throws GatewayError STORE_UNAVAILABLE when the database is away. */
export interface Lists {
  /** What belongs to each of these, newest first. */
  children(account: string, parents: readonly string[], list: ListOf): Promise<Resource[][]>;
  /** The changes of each of these before a version, newest first. */
  histories(
    account: string,
    of: readonly { type: ResourceType; id: string }[],
    limit: number,
    before?: number,
  ): Promise<Change[][]>;
}

interface ListedRow {
  place: number;
  account: string;
  observedAt: Date;
  data: string;
}

export function openLists({ prisma }: Database): Lists {
  return {
    async children(account, parents, { type, through, limit, after }) {
      if (!canBeKept(after)) return parents.map(() => []);
      const columns = Prisma.sql`r.account, r."observedAt", r.data, r."createdAt", r.id`;
      const farther = through
        ? Prisma.sql`
          UNION ALL
          SELECT ${columns} FROM "Resource" AS m
          JOIN "Resource" AS r ON r.parent = m.id AND r.account = m.account AND r.type = ${type}
          WHERE m.parent = p.id AND m.account = ${account} AND m.type = ${through}`
        : Prisma.empty;
      const later =
        after === undefined
          ? Prisma.empty
          : Prisma.sql`WHERE ("createdAt", id) < (
              SELECT "createdAt", id FROM "Resource" WHERE account = ${account} AND type = ${type} AND id = ${after})`;
      const rows = await withStore(
        () => prisma.$queryRaw<ListedRow[]>`
          SELECT p.place::int AS place, c.account, c."observedAt", c.data
          FROM json_array_elements_text(${JSON.stringify(parents.map(kept))}::json) WITH ORDINALITY AS p(id, place)
          CROSS JOIN LATERAL (
            SELECT * FROM (
              SELECT ${columns} FROM "Resource" AS r WHERE r.parent = p.id AND r.account = ${account} AND r.type = ${type}
              ${farther}
            ) AS one ${later}
            ORDER BY "createdAt" DESC, id DESC LIMIT ${limit}
          ) AS c
          ORDER BY p.place, c."createdAt" DESC, c.id DESC`,
      );
      return inPlaces(parents, rows, (row) => toKnown(row).resource);
    },
    async histories(account, of, limit, before = 2 ** 31 - 1) {
      const keys = of.map(({ type, id }) => ({ type, id: kept(id) }));
      const rows = await withStore(
        () => prisma.$queryRaw<(ChangeRow & { place: number })[]>`
          SELECT k.place::int AS place, c.*
          FROM ROWS FROM (json_to_recordset(${JSON.stringify(keys)}::json) AS (type text, id text)) WITH ORDINALITY AS k(type, id, place)
          CROSS JOIN LATERAL (
            SELECT * FROM "Change"
            WHERE account = ${account} AND type = k.type AND "resourceId" = k.id AND version < ${before}
            ORDER BY version DESC LIMIT ${limit}
          ) AS c
          ORDER BY k.place, c.version DESC`,
      );
      return inPlaces(of, rows, toChange);
    },
  };
}

/** Text that Postgres refuses is nothing's id. */
function kept(id: string): string {
  return canBeKept(id) ? id : '';
}

function inPlaces<R extends { place: number }, T>(of: readonly unknown[], rows: R[], toEntry: (row: R) => T): T[][] {
  const lists = of.map((): T[] => []);
  for (const row of rows) lists[row.place - 1]?.push(toEntry(row));
  return lists;
}
