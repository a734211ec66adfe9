import type { ResourceKey } from '../model/resource.ts';
import { type Database, withStore } from './database.ts';
import { logIdentity } from './epoch.ts';

/** A resource that changed, and the newest version that was seen of it. */
export interface TailedChange extends ResourceKey {
  version: number;
}

/** What the log has come to since it was last looked at. */
export interface News {
  /** What has changed in these accounts; undefined when it isn't known where the last look stood, so that all may have. */
  changed: TailedChange[] | undefined;
  /** A transaction that is still running holds back the release of something that is there. */
  isHeldBack: boolean;
  /** Something that was there at the last look, whoever listened then, has been released since. */
  isReleased: boolean;
  /** Changes when the log is no longer the same one: see `Epoch`. */
  log: string;
}

/** Tells which resources change, on whichever instance. */
export interface Tail {
  /**
   * Looks at what has become visible in the log since the last look, and misses nothing, however late it was committed.
   *
   * @throws GatewayError STORE_UNAVAILABLE the database is away; after that all may have changed.
   */
  look(accounts: readonly string[]): Promise<News>;
}

/**
 * Opens a tail of the log. It remembers the snapshot of its last look: what that one could not see yet is new. Ids and
 * transactions are handed out before commit, so that neither alone would tell.
 */
export function openTail({ ledger: prisma }: Database): Tail {
  let seen: string | undefined;
  return {
    async look(accounts) {
      const since = seen;
      seen = undefined;
      const mine = [...accounts];
      const [row] = await withStore(
        () => prisma.$queryRaw<TailRow[]>`
          SELECT now.snapshot::text, ${logIdentity} AS log,
            (
              SELECT json_agg(c)::text FROM (
                SELECT account, type, "resourceId" AS id, max(version) AS version
                FROM "Change"
                WHERE account = ANY(${mine})
                  AND transaction >= (pg_snapshot_xmin(coalesce(now.seen, now.snapshot))::text)::bigint
                  AND (now.seen IS NULL OR NOT pg_visible_in_snapshot((transaction::text)::xid8, now.seen))
                GROUP BY account, type, "resourceId"
              ) AS c
            ) AS changed,
            EXISTS (
              SELECT FROM "Change"
              WHERE account = ANY(${mine}) AND transaction >= (pg_snapshot_xmin(now.snapshot)::text)::bigint
            ) AS "isHeldBack",
            EXISTS (
              SELECT FROM "Change"
              WHERE account = ANY(${mine}) AND transaction >= (pg_snapshot_xmin(now.seen)::text)::bigint
                AND transaction < (pg_snapshot_xmin(now.snapshot)::text)::bigint
                AND pg_visible_in_snapshot((transaction::text)::xid8, now.seen)
            ) AS "isReleased"
          FROM (SELECT pg_current_snapshot() AS snapshot, ${since ?? null}::pg_snapshot AS seen) AS now`,
      );
      const { snapshot, log, changed, isHeldBack, isReleased } = row ?? nothing;
      seen = snapshot;
      const news = changed === null ? [] : (JSON.parse(changed) as TailedChange[]);
      return { changed: since === undefined ? undefined : news, isHeldBack, isReleased, log };
    },
  };
}

const nothing = { snapshot: undefined, log: '', changed: null, isHeldBack: false, isReleased: false };

/** What has changed is one text: Prisma takes 70 µs for a row, however little is in it. */
interface TailRow {
  snapshot: string;
  log: string;
  changed: string | null;
  isHeldBack: boolean;
  isReleased: boolean;
}
