import { parseJson } from '../model/json.ts';
import { type ResourceState, toResource } from '../model/reduce.ts';
import type { Outcome } from '../model/report.ts';
import { keyText, type Resource, type ResourceKey } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { type ChangeLog, openChangeLog, toReference } from './change-log.ts';
import { type Database, withStore } from './database.ts';
import type { Prisma } from './generated/client.ts';
import { canBeKept } from './rows.ts';

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
  /** How often it was read again. */
  attempts: number;
  /** When a FAILED one is read again by itself. */
  retryAt: Date | undefined;
}

export interface WebhookEventFilter {
  event?: string | undefined;
  outcomes?: readonly Outcome[] | undefined;
  resourceId?: string | undefined;
  /** When it first arrived, inclusive. */
  receivedFrom?: Date | undefined;
  receivedTo?: Date | undefined;
}

export interface ListFilter {
  /** Xendit's `created`, inclusive. */
  from?: Date | undefined;
  to?: Date | undefined;
}

/** What the ledger answers. Every read is of one account. */
export interface Reads extends ChangeLog {
  find(key: ResourceKey): Promise<Known | undefined>;
  /** Many at once, in the order of the keys. */
  findMany(keys: readonly ResourceKey[]): Promise<(Known | undefined)[]>;
  /** The newest of that type with the merchant's own name for it. */
  findByReference(account: string, type: ResourceType, reference: string): Promise<Known | undefined>;
  /** The same for many names at once, in their order. */
  findManyByReference(
    account: string,
    type: ResourceType,
    references: readonly string[],
  ): Promise<(Known | undefined)[]>;
  /** What is listed under any of these parents, newest first, after `after`. */
  children(
    account: string,
    type: ResourceType,
    parents: readonly string[],
    filter: ListFilter,
    limit: number,
    after?: string,
  ): Promise<Resource[]>;
  webhookEvent(account: string, id: string): Promise<WebhookEvent | undefined>;
  /** Deliveries, newest first. */
  webhookEvents(account: string, filter: WebhookEventFilter, limit: number, after?: string): Promise<WebhookEvent[]>;
  /** Whether the database answers. */
  ping(): Promise<void>;
}

/** Opens the reading side of the ledger. Each read throws GatewayError STORE_UNAVAILABLE when the database is away. */
export function openReads(database: Database): Reads {
  const { prisma } = database;
  return {
    ...openChangeLog(database),
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
    async findManyByReference(account, type, references) {
      const askable = references.filter((reference) => canBeKept(reference));
      const rows = await withStore(
        () => prisma.$queryRaw<({ reference: string } & Parameters<typeof toKnown>[0])[]>`
          SELECT DISTINCT ON (r.reference) r.reference, r.account, r."observedAt", r.data
          FROM "Resource" r
          WHERE r.account = ${account} AND r.type = ${type} AND r.reference = ANY (${askable}::text[])
          ORDER BY r.reference, r."createdAt" DESC, r.id DESC`,
      );
      const known = new Map(rows.map((row) => [row.reference, toKnown(row)]));
      return references.map((reference) => known.get(reference));
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
    async webhookEvent(account, id) {
      if (!canBeKept(id)) return undefined;
      const row = await withStore(() => prisma.webhookEvent.findFirst({ where: { account, id } }));
      return row === null ? undefined : toWebhookEvent(row);
    },
    async webhookEvents(account, { event, outcomes, resourceId, receivedFrom, receivedTo }, limit, after) {
      if (!canBeKept(event, resourceId)) return [];
      const receivedAt = { ...(receivedFrom && { gte: receivedFrom }), ...(receivedTo && { lte: receivedTo }) };
      const rows = await withStore(() =>
        prisma.webhookEvent.findMany({
          where: {
            account,
            ...(event === undefined ? {} : { event }),
            ...(outcomes === undefined ? {} : { outcome: { in: [...outcomes] } }),
            ...(resourceId === undefined ? {} : { subjectId: resourceId }),
            ...(receivedFrom || receivedTo ? { receivedAt } : {}),
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

/** A row as a resource. */
export function toKnown(row: { account: string; observedAt: Date; data: string }): Known {
  return {
    resource: toResource(row.account, parseJson(row.data) as unknown as ResourceState),
    observedAt: row.observedAt,
  };
}

/** A row of the inbox. */
export function toWebhookEvent(row: Prisma.WebhookEventGetPayload<object>): WebhookEvent {
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
    attempts: row.attempts,
    retryAt: row.retryAt ?? undefined,
  };
}
