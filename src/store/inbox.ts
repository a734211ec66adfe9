import { type Database, withStore } from './database.ts';
import { toWebhookEvent, type WebhookEvent } from './reads.ts';

/**
 * Webhooks that are to be read again, of all accounts. What becomes of them is written by the ledger, together with its
 * effects. Each call throws GatewayError STORE_UNAVAILABLE when the database is away.
 */
export interface Inbox {
  /**
   * Takes FAILED ones whose time has come, longest overdue first. Nobody else gets them for as long as the pause, which is the
   * lease too: whoever dies with them leaves them to the next.
   *
   * @param pauseMs after the first attempt, in milliseconds; four times the one before after each later one.
   */
  claimFailed(limit: number, pauseMs: number): Promise<WebhookEvent[]>;
  /** A FAILED one is not read again by itself. @returns whether it would have been. */
  giveUp(id: string): Promise<boolean>;
  /** The names of events that were UNRECOGNISED, each once, by one step in the index for each. */
  unrecognisedNames(): Promise<string[]>;
  /** UNRECOGNISED events of that name, by id, after one; the first ones without it. */
  unrecognised(name: string, limit: number, after?: string): Promise<WebhookEvent[]>;
}

export function openInbox({ prisma }: Database): Inbox {
  return {
    async claimFailed(limit, pauseMs) {
      const rows = await withStore(async () => {
        const claimed = await prisma.$queryRaw<{ id: string }[]>`
          WITH due AS MATERIALIZED (
            SELECT id FROM "WebhookEvent" WHERE "retryAt" <= now() ORDER BY "retryAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED
          )
          UPDATE "WebhookEvent" AS w
          SET "retryAt" = now() + make_interval(secs => ${pauseMs / 1_000}::float8 * 4 ^ least(w.attempts, 10))
          FROM due WHERE w.id = due.id
          RETURNING w.id`;
        return prisma.webhookEvent.findMany({ where: { id: { in: claimed.map(({ id }) => id) } } });
      });
      return rows.map(toWebhookEvent);
    },
    async giveUp(id) {
      const { count } = await withStore(() =>
        prisma.webhookEvent.updateMany({
          where: { id, outcome: 'FAILED', retryAt: { not: null } },
          data: { retryAt: null },
        }),
      );
      return count === 1;
    },
    async unrecognisedNames() {
      const rows = await withStore(
        () => prisma.$queryRaw<{ event: string }[]>`
          WITH RECURSIVE known AS (
            (SELECT event FROM "WebhookEvent" WHERE outcome = 'UNRECOGNISED' ORDER BY event LIMIT 1)
            UNION ALL
            SELECT (SELECT event FROM "WebhookEvent" WHERE outcome = 'UNRECOGNISED' AND event > known.event ORDER BY event LIMIT 1)
            FROM known WHERE known.event IS NOT NULL
          ) SELECT event FROM known WHERE event IS NOT NULL`,
      );
      return rows.map(({ event }) => event);
    },
    async unrecognised(name, limit, after = '') {
      const rows = await withStore(() =>
        prisma.webhookEvent.findMany({
          where: { outcome: 'UNRECOGNISED', event: name, id: { gt: after } },
          orderBy: { id: 'asc' },
          take: limit,
        }),
      );
      return rows.map(toWebhookEvent);
    },
  };
}
