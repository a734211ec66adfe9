import type { ResourceKey } from '../model/resource.ts';
import type { Ask } from './database.ts';
import { Prisma } from './generated/client.ts';
import type { LetterRow, ResourceRow, StateRow } from './rows.ts';

/** What a group of reports has come to. */
export interface Group {
  /** The present of each resource that it is about, by name. */
  readonly touched: ReadonlyMap<string, ResourceRow>;
  /** New entries of the log. */
  readonly changes: readonly object[];
  /** Letters by their ids. */
  readonly letters: ReadonlyMap<string, LetterRow>;
  /** Letters of the inbox that are read again. */
  readonly rereadings: ReadonlyMap<string, LetterRow>;
}

/** Locks resources by name, always in the same order, until the transaction ends. */
export async function lock(ask: Ask, names: readonly string[]): Promise<void> {
  await ask(Prisma.sql`
    SELECT pg_advisory_xact_lock(hash)::text
    FROM (SELECT DISTINCT hashtextextended(name, 0) AS hash FROM json_array_elements_text(${JSON.stringify(names)}::json) AS name ORDER BY hash) AS locks`);
}

/** The states that are known of these. */
export function read(ask: Ask, keys: readonly ResourceKey[]): Promise<StateRow[]> {
  return ask<StateRow>(Prisma.sql`
    SELECT r.account, r.type, r.id, r.data, r."createdAt"
    FROM json_to_recordset(${JSON.stringify(keys)}::json) AS k(account text, type text, id text)
    JOIN "Resource" r ON r.account = k.account AND r.type = k.type AND r.id = k.id`);
}

/**
 * Writes the present, the log and the inbox.
 *
 * @returns the ids of letters that were in the inbox already.
 */
export async function write(ask: Ask, { touched, changes, letters, rereadings }: Group): Promise<Set<string>> {
  // A row can be written once in a statement: one that is delivered at the same moment is read by that.
  const readAgain = [...rereadings.values()].filter(({ id }) => !letters.has(id));
  const rows = await ask<{ id: string }>(Prisma.sql`
    WITH present AS (
      INSERT INTO "Resource" (account, type, id, reference, parent, status, version, amount, currency, channel, collection, "createdAt", "updatedAt", "observedAt", "askAt", data)
      SELECT account, type, id, reference, parent, status, version, amount, currency, channel, collection,
        COALESCE("createdAt", "observedAt"), "updatedAt", "observedAt", "askAt", data
      FROM json_to_recordset(${JSON.stringify([...touched.values()])}::json) AS r(
        account text, type text, id text, reference text, parent text, status text, version int, amount numeric, currency text, channel text,
        collection text, "createdAt" timestamptz, "updatedAt" timestamptz, "observedAt" timestamptz, "askAt" timestamptz, data text)
      ON CONFLICT (account, type, id) DO UPDATE SET
        reference = EXCLUDED.reference, parent = EXCLUDED.parent, status = EXCLUDED.status, version = EXCLUDED.version,
        amount = EXCLUDED.amount, currency = EXCLUDED.currency, channel = EXCLUDED.channel,
        "createdAt" = CASE WHEN EXCLUDED."createdAt" = EXCLUDED."observedAt" THEN "Resource"."createdAt" ELSE EXCLUDED."createdAt" END,
        "updatedAt" = EXCLUDED."updatedAt", data = EXCLUDED.data,
        "observedAt" = CASE WHEN EXCLUDED."askAt" = 'epoch' THEN "Resource"."observedAt" ELSE EXCLUDED."observedAt" END,
        "askAt" = CASE WHEN "Resource"."askAt" = 'epoch' THEN "Resource"."askAt" ELSE EXCLUDED."askAt" END
    ), log AS (
      INSERT INTO "Change" (account, type, "resourceId", version, kind, "fromStatus", "toStatus", origin, "causeType", "causeId", snapshot, "occurredAt")
      SELECT * FROM json_to_recordset(${JSON.stringify(changes)}::json) AS c(
        account text, type text, "resourceId" text, version int, kind text, "fromStatus" text, "toStatus" text, origin text,
        "causeType" text, "causeId" text, snapshot text, "occurredAt" timestamptz)
    ), inbox AS (
      INSERT INTO "WebhookEvent" (id, account, "webhookId", event, family, "businessId", "subjectType", "subjectId", outcome, reason, body, "receivedAt", "lastReceivedAt", deliveries, "retryAt")
      SELECT id, account, "webhookId", event, family, "businessId", "subjectType", "subjectId", outcome, reason,
        decode(body, 'base64'), "receivedAt", "receivedAt", deliveries, CASE WHEN outcome = 'FAILED' THEN now() END
      FROM json_to_recordset(${JSON.stringify([...letters.values()])}::json) AS l(
        id text, account text, "webhookId" text, event text, family text, "businessId" text, "subjectType" text, "subjectId" text,
        outcome text, reason text, body text, "receivedAt" timestamptz, deliveries int)
      ORDER BY id
      ON CONFLICT (id) DO UPDATE SET
        deliveries = "WebhookEvent".deliveries + EXCLUDED.deliveries,
        "lastReceivedAt" = EXCLUDED."lastReceivedAt",
        outcome = CASE WHEN "WebhookEvent".outcome IN ('FAILED', 'UNRECOGNISED', 'QUARANTINED') THEN EXCLUDED.outcome ELSE "WebhookEvent".outcome END,
        reason = CASE WHEN "WebhookEvent".outcome IN ('FAILED', 'UNRECOGNISED', 'QUARANTINED') THEN EXCLUDED.reason ELSE "WebhookEvent".reason END,
        "retryAt" = CASE
          WHEN EXCLUDED.outcome <> 'FAILED' THEN NULL
          WHEN "WebhookEvent".outcome = 'FAILED' THEN "WebhookEvent"."retryAt"
          WHEN "WebhookEvent".outcome IN ('UNRECOGNISED', 'QUARANTINED') THEN EXCLUDED."retryAt" END,
        family = COALESCE("WebhookEvent".family, EXCLUDED.family),
        "subjectType" = COALESCE("WebhookEvent"."subjectType", EXCLUDED."subjectType"),
        "subjectId" = COALESCE("WebhookEvent"."subjectId", EXCLUDED."subjectId")
      RETURNING id, xmax <> 0 AS "isRepeated"
    ), again AS (
      UPDATE "WebhookEvent" AS w SET
        event = l.event, family = l.family, "businessId" = l."businessId", "subjectType" = l."subjectType", "subjectId" = l."subjectId",
        outcome = l.outcome, reason = l.reason, attempts = w.attempts + 1,
        "retryAt" = CASE WHEN l.outcome <> 'FAILED' THEN NULL WHEN w.outcome = 'FAILED' THEN w."retryAt" ELSE now() END
      FROM json_to_recordset(${JSON.stringify(readAgain)}::json) AS l(
        id text, event text, family text, "businessId" text, "subjectType" text, "subjectId" text, outcome text, reason text)
      WHERE w.id = l.id AND w.outcome IN ('FAILED', 'UNRECOGNISED', 'QUARANTINED')
    )
    SELECT id FROM inbox WHERE "isRepeated"`);
  return new Set(rows.map(({ id }) => id));
}
