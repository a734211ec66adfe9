import { released } from './change-log.ts';
import { type Database, withStore } from './database.ts';
import type { PrismaClient } from './generated/client.ts';

/** What one round removed. */
export interface Pruned {
  changes: number;
  webhooks: number;
  /** Of these webhooks, how many had never been applied: UNRECOGNISED, QUARANTINED or FAILED. */
  unapplied: number;
}

export interface PruningLimits {
  /** How long changes are kept, in milliseconds. */
  changeMaxAgeMs: number;
  /** How long a webhook is kept after its last delivery, in milliseconds. */
  webhookMaxAgeMs: number;
  /** How many rows one transaction looks at. */
  batchSize: number;
}

/** Removes what is too old, in short transactions, since each holds back the release of activity while it runs. */
export interface Pruning {
  /**
   * Goes through the log and the inbox once; where another instance does, it is left to that one.
   *
   * Of the changes of each resource those are kept that a stream begins with: the last one before the limit of age, and the
   * last one before it that had a cause. What follows them is younger, so nothing that is committed now has a say in it. Nor
   * is anything removed that `activity` hasn't released yet, or a webhook that is still to be read again.
   *
   * @param isStopped asked after each transaction.
   * @throws GatewayError STORE_UNAVAILABLE the database is away; what was removed until then stays removed.
   */
  prune(isStopped?: () => boolean): Promise<Pruned>;
}

type Transaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0];

/** Any number that nothing else in this database locks by; one instance at a time holds it. */
const lockName = 7_065_757_853;

/** What one transaction removed, and where the next one goes on; undefined at the end. */
interface Batch<Place> extends Partial<Pruned> {
  next: Place | undefined;
}

export function openPruning({ prisma }: Database, limits: PruningLimits): Pruning {
  const alone = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T | undefined> =>
    withStore(() =>
      prisma.$transaction(async (transaction) => {
        const [lock] = await transaction.$queryRaw<{ isMine: boolean }[]>`
          SELECT pg_try_advisory_xact_lock(${lockName}) AS "isMine"`;
        return lock?.isMine ? work(transaction) : undefined;
      }),
    );

  return {
    async prune(isStopped = () => false) {
      const pruned: Pruned = { changes: 0, webhooks: 0, unapplied: 0 };
      /** @returns false where it has to end: another instance prunes, or it was told to stop. */
      const walk = async <Place>(
        start: Place,
        take: (transaction: Transaction, after: Place) => Promise<Batch<Place>>,
      ): Promise<boolean> => {
        for (let after = start; !isStopped(); ) {
          const batch = await alone((transaction) => take(transaction, after));
          if (batch === undefined) return false;
          pruned.changes += batch.changes ?? 0;
          pruned.webhooks += batch.webhooks ?? 0;
          pruned.unapplied += batch.unapplied ?? 0;
          if (batch.next === undefined) return true;
          after = batch.next;
        }
        return false;
      };
      let isMine = await walk(0n, (transaction, after) => pruneChanges(transaction, limits, after));
      for (const account of isMine ? await accountsOf(prisma) : []) {
        isMine &&= await walk({ receivedAt: '-infinity', id: '' }, (transaction, after) =>
          pruneWebhooks(transaction, limits, account, after),
        );
      }
      return pruned;
    },
  };
}

/** Removes changes among those that follow an id, and moves the horizon past them in the same statement. */
async function pruneChanges(
  transaction: Transaction,
  { changeMaxAgeMs, batchSize }: PruningLimits,
  after: bigint,
): Promise<Batch<bigint>> {
  // The successor is looked for row by row, and so by the index: as EXISTS it may become a join with the whole log.
  const [batch] = await transaction.$queryRaw<{ changes: number; isFull: boolean; isOld: boolean; last: bigint }[]>`
    WITH age AS (SELECT now() - make_interval(secs => ${changeMaxAgeMs / 1_000}::float8) AS "limit"),
    page AS MATERIALIZED (
      SELECT c.id, c.account, c.type, c."resourceId", c.version, c."causeId", c."recordedAt" < age."limit" AS "isOld", ${released} AS "isReleased"
      FROM "Change" AS c CROSS JOIN age WHERE c.id > ${after} ORDER BY c.id LIMIT ${batchSize}
    ), removed AS (
      DELETE FROM "Change" AS c USING page, age
      WHERE c.id = page.id AND page."isOld" AND page."isReleased" AND (
        SELECT true FROM "Change" AS later
        WHERE later.account = page.account AND later.type = page.type AND later."resourceId" = page."resourceId"
          AND later.version > page.version AND later."recordedAt" < age."limit" AND (page."causeId" IS NULL OR later."causeId" IS NOT NULL)
        ORDER BY later.version LIMIT 1
      )
      RETURNING c.account, c.transaction, c.id
    ), horizon AS (
      INSERT INTO "Horizon" AS known (account, transaction, "changeId")
      SELECT DISTINCT ON (account) account, transaction, id FROM removed ORDER BY account, transaction DESC, id DESC
      ON CONFLICT (account) DO UPDATE SET transaction = EXCLUDED.transaction, "changeId" = EXCLUDED."changeId"
      WHERE (EXCLUDED.transaction, EXCLUDED."changeId") > (known.transaction, known."changeId")
    )
    SELECT (SELECT count(*)::int FROM removed) AS changes, count(*) = ${batchSize} AS "isFull",
      coalesce(bool_or("isOld"), false) AS "isOld", max(id) AS last FROM page`;
  // Ids are about in the order of time: where a whole page is young, so is all that follows.
  return { changes: batch?.changes ?? 0, next: batch?.isFull && batch.isOld ? batch.last : undefined };
}

/** A place in an account's inbox; the time is text of the database's own making, to the microsecond. */
interface InboxPlace {
  receivedAt: string;
  id: string;
}

async function pruneWebhooks(
  transaction: Transaction,
  { webhookMaxAgeMs, batchSize }: PruningLimits,
  account: string,
  after: InboxPlace,
): Promise<Batch<InboxPlace>> {
  const [batch] = await transaction.$queryRaw<
    { webhooks: number; unapplied: number; isFull: boolean; receivedAt: string; id: string }[]
  >`
    WITH page AS MATERIALIZED (
      SELECT id, "receivedAt", "lastReceivedAt" FROM "WebhookEvent"
      WHERE account = ${account} AND ("receivedAt", id) > (${after.receivedAt}::timestamptz, ${after.id})
        AND "receivedAt" < now() - make_interval(secs => ${webhookMaxAgeMs / 1_000}::float8)
      ORDER BY "receivedAt", id LIMIT ${batchSize}
    ), removed AS (
      DELETE FROM "WebhookEvent" AS w USING page
      WHERE w.id = page.id AND w."retryAt" IS NULL
        AND w."lastReceivedAt" < now() - make_interval(secs => ${webhookMaxAgeMs / 1_000}::float8)
      RETURNING w.outcome
    )
    SELECT (SELECT count(*)::int FROM removed) AS webhooks,
      (SELECT count(*)::int FROM removed WHERE outcome IN ('UNRECOGNISED', 'QUARANTINED', 'FAILED')) AS unapplied,
      (SELECT count(*) FROM page) = ${batchSize} AS "isFull", page."receivedAt"::text, page.id
    FROM page ORDER BY page."receivedAt" DESC, page.id DESC LIMIT 1`;
  if (batch === undefined) return { next: undefined };
  const { webhooks, unapplied, isFull, receivedAt, id } = batch;
  return { webhooks, unapplied, next: isFull ? { receivedAt, id } : undefined };
}

/** Every account that has an inbox, by one step in the index for each. */
async function accountsOf(prisma: PrismaClient): Promise<string[]> {
  const rows = await withStore(
    () => prisma.$queryRaw<{ account: string }[]>`
      WITH RECURSIVE known AS (
        (SELECT account FROM "WebhookEvent" ORDER BY account LIMIT 1)
        UNION ALL
        SELECT (SELECT account FROM "WebhookEvent" WHERE account > known.account ORDER BY account LIMIT 1)
        FROM known WHERE known.account IS NOT NULL
      ) SELECT account FROM known WHERE account IS NOT NULL`,
  );
  return rows.map(({ account }) => account);
}
