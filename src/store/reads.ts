import { parseJson } from '../model/json.ts';
import type { ChangeKind, Origin } from '../model/observation.ts';
import { type ResourceState, toResource } from '../model/reduce.ts';
import type { Outcome } from '../model/report.ts';
import { keyText, type Resource, type ResourceKey } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { type Database, withStore } from './database.ts';
import { Prisma } from './generated/client.ts';
import { canBeKept } from './rows.ts';

/** One entry of the log: what a resource became, when and why. */
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
}

/** A place in the log: changes are released in this order. */
export interface Place {
  transaction: bigint;
  id: bigint;
}

/** A resource as the ledger has it, and when Xendit last spoke of it. */
export interface Known {
  resource: Resource;
  observedAt: Date;
}

/** One delivery as the inbox keeps it. */
export interface WebhookEvent {
  id: string;
  account: string;
  webhookId: string | undefined;
  event: string | undefined;
  family: string | undefined;
  businessId: string | undefined;
  subject: { type: ResourceType; id: string } | undefined;
  outcome: Outcome;
  reason: string | undefined;
  body: Uint8Array;
  receivedAt: Date;
  lastReceivedAt: Date;
  deliveries: number;
}

export interface ActivityFilter {
  types?: readonly ResourceType[] | undefined;
  resourceId?: string | undefined;
  kinds?: readonly ChangeKind[] | undefined;
}

export interface WebhookEventFilter {
  event?: string | undefined;
  outcomes?: readonly Outcome[] | undefined;
  resourceId?: string | undefined;
}

export interface ListFilter {
  /** Xendit's `created`, inclusive. */
  from?: Date | undefined;
  to?: Date | undefined;
}

/** What the ledger answers. Every read is of one account. */
export interface Reads {
  find(key: ResourceKey): Promise<Known | undefined>;
  /** Many at once, in the order of the keys. */
  findMany(keys: readonly ResourceKey[]): Promise<(Known | undefined)[]>;
  /** The newest of that type with the merchant's own name for it. */
  findByReference(account: string, type: ResourceType, reference: string): Promise<Known | undefined>;
  /** What is listed under any of these parents, newest first, after `after`. */
  children(
    account: string,
    type: ResourceType,
    parents: readonly string[],
    filter: ListFilter,
    limit: number,
    after?: string,
  ): Promise<Resource[]>;
  /** The changes of one resource after a version, oldest first. */
  changesAfter(key: ResourceKey, version: number, limit: number): Promise<Change[]>;
  /** The changes of one resource before a version, newest first. */
  history(key: ResourceKey, limit: number, before?: number): Promise<Change[]>;
  /** The latest change of one resource, up to a version, that was the news of something else. */
  lastCaused(key: ResourceKey, version: number): Promise<Change | undefined>;
  /** All changes of an account after a place, oldest first, as far as no transaction that could precede them is running. */
  activityAfter(account: string, place: Place, filter: ActivityFilter, limit: number): Promise<Change[]>;
  /** All changes of an account before a place, newest first. */
  activityBefore(account: string, place: Place | undefined, filter: ActivityFilter, limit: number): Promise<Change[]>;
  /** The last place released. */
  head(account: string): Promise<Place>;
  webhookEvent(account: string, id: string): Promise<WebhookEvent | undefined>;
  /** Deliveries, newest first. */
  webhookEvents(account: string, filter: WebhookEventFilter, limit: number, after?: string): Promise<WebhookEvent[]>;
  /** Whether the database answers. */
  ping(): Promise<void>;
}

interface ChangeRow {
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
}

/** Below the oldest transaction still running: only there can nothing more appear in between. */
const released = Prisma.sql`transaction < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint`;

/** Opens the reading side of the ledger. Each read throws GatewayError STORE_UNAVAILABLE when the database is away. */
export function openReads({ prisma }: Database): Reads {
  const changes = async (query: Prisma.Sql) =>
    (await withStore(() => prisma.$queryRaw<ChangeRow[]>(query))).map(toChange);
  return {
    async find({ account, type, id }) {
      if (!canBeKept(id)) return undefined;
      const row = await withStore(() =>
        prisma.resource.findUnique({ where: { account_type_id: { account, type, id } } }),
      );
      return row === null ? undefined : toKnown(row);
    },
    async findMany(keys) {
      const rows = await withStore(
        () => prisma.$queryRaw<(ResourceKey & Parameters<typeof toKnown>[0])[]>`
          SELECT r.account, r.type, r.id, r."observedAt", r.data
          FROM json_to_recordset(${JSON.stringify(keys.filter(({ id }) => canBeKept(id)))}::json) AS k(account text, type text, id text)
          JOIN "Resource" r ON r.account = k.account AND r.type = k.type AND r.id = k.id`,
      );
      const known = new Map(rows.map((row) => [keyText(row), toKnown(row)]));
      return keys.map((key) => known.get(keyText(key)));
    },
    async findByReference(account, type, reference) {
      if (!canBeKept(reference)) return undefined;
      const row = await withStore(() =>
        prisma.resource.findFirst({
          where: { account, type, reference },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        }),
      );
      return row === null ? undefined : toKnown(row);
    },
    async children(account, type, parents, { from, to }, limit, after) {
      const createdAt = { ...(from && { gte: from }), ...(to && { lte: to }) };
      const rows = await withStore(() =>
        prisma.resource.findMany({
          where: { account, type, parent: { in: [...parents] }, ...(from || to ? { createdAt } : {}) },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
          take: limit,
          ...(after === undefined ? {} : { cursor: { account_type_id: { account, type, id: after } }, skip: 1 }),
        }),
      );
      return rows.map((row) => toKnown(row).resource);
    },
    changesAfter: ({ account, type, id }, version, limit) =>
      changes(Prisma.sql`
        SELECT * FROM "Change" WHERE account = ${account} AND type = ${type} AND "resourceId" = ${id} AND version > ${version}
        ORDER BY version LIMIT ${limit}`),
    history: ({ account, type, id }, limit, before = 2 ** 31 - 1) =>
      changes(Prisma.sql`
        SELECT * FROM "Change" WHERE account = ${account} AND type = ${type} AND "resourceId" = ${id} AND version < ${before}
        ORDER BY version DESC LIMIT ${limit}`),
    async lastCaused({ account, type, id }, version) {
      const [latest] = await changes(Prisma.sql`
        SELECT * FROM "Change" WHERE account = ${account} AND type = ${type} AND "resourceId" = ${id} AND version <= ${version}
          AND "causeId" IS NOT NULL
        ORDER BY version DESC LIMIT 1`);
      return latest;
    },
    activityAfter: (account, place, filter, limit) =>
      changes(Prisma.sql`
        SELECT * FROM "Change"
        WHERE account = ${account} AND (transaction, id) > (${place.transaction}, ${place.id}) AND ${released} ${matching(filter)}
        ORDER BY transaction, id LIMIT ${limit}`),
    activityBefore: (account, place, filter, limit) =>
      changes(Prisma.sql`
        SELECT * FROM "Change"
        WHERE account = ${account} ${place ? Prisma.sql`AND (transaction, id) < (${place.transaction}, ${place.id})` : Prisma.empty}
          AND ${released} ${matching(filter)}
        ORDER BY transaction DESC, id DESC LIMIT ${limit}`),
    async head(account) {
      const [row] = await withStore(
        () =>
          prisma.$queryRaw<Place[]>`
          SELECT transaction, id FROM "Change" WHERE account = ${account} AND ${released} ORDER BY transaction DESC, id DESC LIMIT 1`,
      );
      return row ?? { transaction: 0n, id: 0n };
    },
    async webhookEvent(account, id) {
      if (!canBeKept(id)) return undefined;
      const row = await withStore(() => prisma.webhookEvent.findFirst({ where: { account, id } }));
      return row === null ? undefined : toWebhookEvent(row);
    },
    async webhookEvents(account, { event, outcomes, resourceId }, limit, after) {
      if (!canBeKept(event, resourceId)) return [];
      const rows = await withStore(() =>
        prisma.webhookEvent.findMany({
          where: {
            account,
            ...(event === undefined ? {} : { event }),
            ...(outcomes === undefined ? {} : { outcome: { in: [...outcomes] } }),
            ...(resourceId === undefined ? {} : { subjectId: resourceId }),
          },
          orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
          take: limit,
          ...(after === undefined ? {} : { cursor: { id: after }, skip: 1 }),
        }),
      );
      return rows.map(toWebhookEvent);
    },
    async ping() {
      await withStore(() => prisma.$queryRaw`SELECT 1 AS alive`);
    },
  };
}

function matching({ types, resourceId, kinds }: ActivityFilter): Prisma.Sql {
  if (!canBeKept(resourceId)) return Prisma.sql`AND false`;
  return Prisma.sql`
    ${types ? Prisma.sql`AND type = ANY(${[...types]})` : Prisma.empty}
    ${kinds ? Prisma.sql`AND kind = ANY(${[...kinds]})` : Prisma.empty}
    ${resourceId === undefined ? Prisma.empty : Prisma.sql`AND "resourceId" = ${resourceId}`}`;
}

function toKnown(row: { account: string; observedAt: Date; data: string }): Known {
  return {
    resource: toResource(row.account, parseJson(row.data) as unknown as ResourceState),
    observedAt: row.observedAt,
  };
}

function toChange(row: ChangeRow): Change {
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
  };
}

function toWebhookEvent(row: Prisma.WebhookEventGetPayload<object>): WebhookEvent {
  return {
    id: row.id,
    account: row.account,
    webhookId: row.webhookId ?? undefined,
    event: row.event ?? undefined,
    family: row.family ?? undefined,
    businessId: row.businessId ?? undefined,
    subject: toReference(row.subjectType, row.subjectId),
    outcome: row.outcome as Outcome,
    reason: row.reason ?? undefined,
    body: row.body,
    receivedAt: row.receivedAt,
    lastReceivedAt: row.lastReceivedAt,
    deliveries: row.deliveries,
  };
}

function toReference(type: string | null, id: string | null): { type: ResourceType; id: string } | undefined {
  return type === null || id === null ? undefined : { type: type as ResourceType, id };
}
