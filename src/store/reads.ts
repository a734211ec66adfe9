import { LRUCache } from 'lru-cache';
import type { Outcome } from '../model/report.ts';
import type { Resource, ResourceKey } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { askTogether } from './ask-together.ts';
import { type ChangeLog, openChangeLog, toReference } from './change-log.ts';
import { type Database, withStore } from './database.ts';
import { Prisma } from './generated/client.ts';
import { type Known, openPresent, toKnown } from './present.ts';
import { canBeKept } from './rows.ts';

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

/** Whatever is of a type and listed under a parent. */
interface ChildKey {
  account: string;
  type: ResourceType;
  parent: string;
}

/** How many parents are remembered that have children. */
const maxRemembered = 10_000;

/** What the ledger answers. Every read is of one account. What is asked for at one moment, by whomever, is one read. */
export interface Reads extends ChangeLog {
  find(key: ResourceKey): Promise<Known | undefined>;
  /** The same resource by now: what was read before, unless it was written since. None is ever removed. */
  findSince(known: Known): Promise<Known>;
  /** Many at once, in the order of the keys. */
  findMany(keys: readonly ResourceKey[]): Promise<(Known | undefined)[]>;
  /** The newest of that type with the merchant's own name for it. */
  findByReference(account: string, type: ResourceType, reference: string): Promise<Known | undefined>;
  /** Whether anything of a type is listed under a parent. */
  hasChild(child: ChildKey): Promise<boolean>;
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
  const { find, findNamed, findWritten } = openPresent(database);
  const askForChild = askTogether<ChildKey, boolean>(nameOfChild, async (keys) => {
    const asked = keys.map((key, index) => ({ index, ...key })).filter(({ parent }) => canBeKept(parent));
    const rows = await withStore(() =>
      database.ask<{ index: number }>(Prisma.sql`
        SELECT k.index
        FROM json_to_recordset(${JSON.stringify(asked)}::json) AS k(index int, account text, type text, parent text)
        WHERE EXISTS (SELECT FROM "Resource" AS r WHERE r.parent = k.parent AND r.account = k.account AND r.type = k.type)`),
    );
    const found = new Set(rows.map(({ index }) => index));
    return keys.map((_, index) => found.has(index));
  });
  // What has a child has one for good.
  const parents = new LRUCache<string, true>({ max: maxRemembered });
  return {
    ...openChangeLog(database),
    find,
    findMany: (keys) => Promise.all(keys.map(find)),
    findSince: async (known) => (await findWritten(known)) ?? known,
    findByReference: (account, type, reference) => findNamed({ account, type, reference }),
    async hasChild(key) {
      const name = nameOfChild(key);
      const isThere = parents.has(name) || (await askForChild(key));
      if (isThere) parents.set(name, true);
      return isThere;
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

function nameOfChild({ account, type, parent }: ChildKey): string {
  return JSON.stringify([account, type, parent]);
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
