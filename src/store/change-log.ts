import { CursorExpiredError } from '../errors.ts';
import { parseJson } from '../model/json.ts';
import type { ChangeKind, Origin } from '../model/observation.ts';
import { keyText, type Resource, type ResourceKey } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { askOnce, askTogether } from './ask-together.ts';
import { type Database, withStore } from './database.ts';
import { Prisma } from './generated/client.ts';
import { canBeKept } from './rows.ts';

/** One entry of the log: what a resource became, when and why. Whoever reads it at one moment gets the same object. */
export interface Change {
  /** Transaction and id: the place in the account's whole activity. */
  place: Place;
  version: number;
  kind: ChangeKind;
  from: string | undefined;
  to: string;
  origin: Origin;
  /** The payment, capture or refund whose news this is. */
  cause: { type: ResourceType; id: string } | undefined;
  /** The resource as it was then. */
  resource: Resource;
  occurredAt: Date;
  /** When its transaction began, by the clock of the database. */
  recordedAt: Date;
  /**
   * When the transaction began that recorded it, by the clock of `performance.now()`. The database has measured how long that
   * was ago, so that its clock needn't agree with ours; undefined where nobody waits for the change.
   */
  recordedAtMs: number | undefined;
}

/** A place in the log: changes are released in this order. */
export interface Place {
  transaction: bigint;
  id: bigint;
}

export interface ActivityFilter {
  types?: readonly ResourceType[] | undefined;
  resourceId?: string | undefined;
  kinds?: readonly ChangeKind[] | undefined;
  /** What the changes led to. */
  statuses?: readonly string[] | undefined;
  origins?: readonly Origin[] | undefined;
}

/** What the log of changes answers. Every read is of one account; equal questions of one moment are one read. */
export interface ChangeLog {
  /** The changes of one resource after a version, oldest first. Those that were pruned are missing. */
  changesAfter(key: ResourceKey, version: number, limit: number): Promise<Change[]>;
  /** The latest change of one resource, up to a version, that was the news of something else. */
  lastCaused(key: ResourceKey, version: number): Promise<Change | undefined>;
  /**
   * All changes of an account after a place, oldest first, as far as no transaction that could precede them is running.
   *
   * @throws GatewayError CURSOR_EXPIRED changes after the place were pruned.
   */
  activityAfter(account: string, place: Place, filter: ActivityFilter, limit: number): Promise<Change[]>;
  /** All changes of an account before a place, newest first. */
  activityBefore(account: string, place: Place | undefined, filter: ActivityFilter, limit: number): Promise<Change[]>;
  /** The last place released. */
  head(account: string): Promise<Place>;
}

/** One entry of the log as it stands in its row. */
export interface ChangeRow {
  id: bigint;
  transaction: bigint;
  version: number;
  kind: string;
  fromStatus: string | null;
  toStatus: string;
  origin: string;
  causeType: string | null;
  causeId: string | null;
  snapshot: string;
  occurredAt: Date;
  recordedAt: Date;
  /** The database's clock, where it was asked. */
  readAt?: Date;
}

/** Below the oldest transaction still running: only there can nothing more appear in between. */
export const released = Prisma.sql`transaction < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint`;

export function openChangeLog(database: Database): ChangeLog {
  const changes = async (query: Prisma.Sql) => (await withStore(() => database.ask<ChangeRow>(query))).map(toChange);

  const changesAfterEach = askTogether(
    ({ key, version, limit }: { key: ResourceKey; version: number; limit: number }) =>
      `${keyText(key)} ${version} ${limit}`,
    async (asked) => {
      const questions = asked.map(({ key, version, limit }, index) => ({ index, ...key, version, most: limit }));
      const rows = await withStore(() =>
        database.ask<ChangeRow & { index: number }>(Prisma.sql`
          SELECT asked.index, clock_timestamp() AS "readAt", c.*
          FROM json_to_recordset(${JSON.stringify(questions.filter(({ id }) => canBeKept(id)))}::json)
            AS asked(index int, account text, type text, id text, version int, most int)
          CROSS JOIN LATERAL (
            SELECT * FROM "Change" WHERE account = asked.account AND type = asked.type AND "resourceId" = asked.id AND version > asked.version
            ORDER BY version LIMIT asked.most
          ) AS c ORDER BY asked.index, c.version`),
      );
      const answers: Change[][] = asked.map(() => []);
      for (const row of rows) answers[row.index]?.push(toChange(row));
      return answers;
    },
  );

  const lastCausedOfEach = askTogether(
    ({ key, version }: { key: ResourceKey; version: number }) => `${keyText(key)} ${version}`,
    async (asked) => {
      const questions = asked.map(({ key, version }, index) => ({ index, ...key, version }));
      const rows = await withStore(() =>
        database.ask<ChangeRow & { index: number }>(Prisma.sql`
          SELECT asked.index, c.*
          FROM json_to_recordset(${JSON.stringify(questions.filter(({ id }) => canBeKept(id)))}::json)
            AS asked(index int, account text, type text, id text, version int)
          CROSS JOIN LATERAL (
            SELECT * FROM "Change" WHERE account = asked.account AND type = asked.type AND "resourceId" = asked.id
              AND version <= asked.version AND "causeId" IS NOT NULL
            ORDER BY version DESC LIMIT 1
          ) AS c`),
      );
      const answers: (Change | undefined)[] = asked.map(() => undefined);
      for (const row of rows) answers[row.index] = toChange(row);
      return answers;
    },
  );

  // The horizon is read by the same statement: nothing can be pruned between the two.
  const activityAfter = askOnce(
    ({ account, place, filter, limit }: { account: string; place: Place; filter: ActivityFilter; limit: number }) =>
      JSON.stringify([account, `${place.transaction}.${place.id}`, filter, limit]),
    async ({ account, place, filter, limit }) => {
      const rows = await withStore(() =>
        database.ask<(ChangeRow | { snapshot: null }) & { isPruned: boolean }>(Prisma.sql`
          SELECT coalesce((h.transaction, h."changeId") > (${place.transaction}, ${place.id}), false) AS "isPruned", clock_timestamp() AS "readAt", c.*
          FROM (SELECT ${account}::text AS account) AS mine
          LEFT JOIN "Horizon" AS h ON h.account = mine.account
          LEFT JOIN LATERAL (
            SELECT * FROM "Change"
            WHERE account = ${account} AND (transaction, id) > (${place.transaction}, ${place.id}) AND ${released} ${matching(filter)}
            ORDER BY transaction, id LIMIT ${limit}
          ) AS c ON true ORDER BY c.transaction, c.id`),
      );
      if (rows[0]?.isPruned) throw new CursorExpiredError();
      return rows.flatMap((row) => (row.snapshot === null ? [] : [toChange(row)]));
    },
  );

  const head = askOnce(
    (account: string) => account,
    async (account) => {
      const [row] = await withStore(() =>
        database.ask<Place>(Prisma.sql`
          SELECT transaction, id FROM "Change" WHERE account = ${account} AND ${released}
          ORDER BY transaction DESC, id DESC LIMIT 1`),
      );
      return row ?? { transaction: 0n, id: 0n };
    },
  );

  return {
    changesAfter: (key, version, limit) => changesAfterEach({ key, version, limit }),
    lastCaused: (key, version) => lastCausedOfEach({ key, version }),
    activityAfter: (account, place, filter, limit) => activityAfter({ account, place, filter, limit }),
    activityBefore: (account, place, filter, limit) =>
      changes(Prisma.sql`
        SELECT * FROM "Change"
        WHERE account = ${account} ${place ? Prisma.sql`AND (transaction, id) < (${place.transaction}, ${place.id})` : Prisma.empty}
          AND ${released} ${matching(filter)}
        ORDER BY transaction DESC, id DESC LIMIT ${limit}`),
    head,
  };
}

function matching({ types, resourceId, kinds, statuses, origins }: ActivityFilter): Prisma.Sql {
  if (!canBeKept(resourceId)) return Prisma.sql`AND false`;
  return Prisma.sql`
    ${types ? Prisma.sql`AND type = ANY(${[...types]})` : Prisma.empty}
    ${kinds ? Prisma.sql`AND kind = ANY(${[...kinds]})` : Prisma.empty}
    ${statuses ? Prisma.sql`AND "toStatus" = ANY(${statuses.filter((one) => canBeKept(one))})` : Prisma.empty}
    ${origins ? Prisma.sql`AND origin = ANY(${[...origins]})` : Prisma.empty}
    ${resourceId === undefined ? Prisma.empty : Prisma.sql`AND "resourceId" = ${resourceId}`}`;
}

/** A row as an entry of the log. */
export function toChange(row: ChangeRow): Change {
  return {
    place: { transaction: row.transaction, id: row.id },
    version: row.version,
    kind: row.kind as ChangeKind,
    from: row.fromStatus ?? undefined,
    to: row.toStatus,
    origin: row.origin as Origin,
    cause: toReference(row.causeType, row.causeId),
    resource: parseJson(row.snapshot) as unknown as Resource,
    occurredAt: row.occurredAt,
    recordedAt: row.recordedAt,
    recordedAtMs: row.readAt && performance.now() - (row.readAt.getTime() - row.recordedAt.getTime()),
  };
}

/** What two columns name together. */
export function toReference(type: string | null, id: string | null): { type: ResourceType; id: string } | undefined {
  return type === null || id === null ? undefined : { type: type as ResourceType, id };
}
