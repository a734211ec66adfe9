import { type Database, withStore } from './database.ts';

/** How far `activity` is held back. */
export interface Watermark {
  /**
   * For how long the release of something that is in the log has been held back by a transaction that is still running, in
   * milliseconds; 0 where nothing is.
   *
   * @throws GatewayError STORE_UNAVAILABLE the database is away.
   */
  lagMs(): Promise<number>;
}

/**
 * Postgres tells when the oldest transaction began, unless that is somebody else's whom this user may not look at: then it counts
 * from when it was first seen here.
 */
export function openWatermark({ prisma }: Database): Watermark {
  let seen: { oldest: string; at: number } | undefined;
  return {
    async lagMs() {
      const [now] = await withStore(
        () => prisma.$queryRaw<{ oldest: string; isHeldBack: boolean; ageMs: number | null }[]>`
          SELECT horizon.oldest::text,
            EXISTS (
              SELECT FROM (SELECT transaction FROM "Change" ORDER BY id DESC LIMIT ${newest}) AS newest
              WHERE transaction >= horizon.oldest
            ) AS "isHeldBack",
            (
              SELECT extract(epoch FROM clock_timestamp() - xact_start)::float8 * 1000
              FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY age(backend_xid) DESC LIMIT 1
            ) AS "ageMs"
          FROM (SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint AS oldest) AS horizon`,
      );
      if (!now?.isHeldBack) {
        seen = undefined;
        return 0;
      }
      if (seen?.oldest !== now.oldest) seen = { oldest: now.oldest, at: performance.now() };
      return Math.max(0, now.ageMs ?? 0, performance.now() - seen.at);
    },
  };
}

/** Changes are held back from the end of the log: whether any is can be told from these. */
const newest = 100;
