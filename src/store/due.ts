import { parseJson } from '../model/json.ts';
import { type ResourceState, toResource } from '../model/reduce.ts';
import type { Resource } from '../model/resource.ts';
import { type Database, withStore } from './database.ts';
import { atOnce } from './rows.ts';

/** A resource whose time has come. */
export interface DueResource {
  resource: Resource;
  /** Xendit's `created`; when it was first heard of, until Xendit says. */
  createdAt: Date;
}

/** What the gateway has yet to ask about by itself. Each call throws GatewayError STORE_UNAVAILABLE when the database is away. */
export interface Due {
  /**
   * Takes resources whose time has come, longest overdue first. For as long as the lease nobody else gets them, on any
   * instance; whoever died with them leaves them to the next.
   */
  claim(limit: number, leaseMs: number): Promise<DueResource[]>;
  /** Says when a resource is to be asked about next; undefined for never by itself. */
  putOff(resource: Resource, until: Date | undefined): Promise<void>;
}

export function openDue({ prisma }: Database): Due {
  return {
    async claim(limit, leaseMs) {
      // By the database's clock: an instance whose own is ahead would take what another still has.
      // Materialized, since a subquery that locks may otherwise run again for each row, and take more than the limit.
      const rows = await withStore(
        () => prisma.$queryRaw<{ account: string; data: string; createdAt: Date }[]>`
          WITH due AS MATERIALIZED (
            SELECT account, type, id FROM "Resource" WHERE "askAt" <= now() ORDER BY "askAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED
          )
          UPDATE "Resource" AS r SET "askAt" = now() + ${leaseMs}::int * interval '1 millisecond' FROM due
          WHERE r.account = due.account AND r.type = due.type AND r.id = due.id
          RETURNING r.account, r.data, r."createdAt"`,
      );
      return rows.map(({ account, data, createdAt }) => ({
        resource: toResource(account, parseJson(data) as unknown as ResourceState),
        createdAt,
      }));
    },
    async putOff({ account, __typename: type, id }, until) {
      await withStore(() =>
        prisma.resource.updateMany({
          // Asked for meanwhile, it is due again.
          where: { account, type, id, OR: [{ askAt: null }, { askAt: { not: atOnce } }] },
          data: { askAt: until ?? null },
        }),
      );
    },
  };
}
