import { parseJson } from '../model/json.ts';
import { type Database, withStore } from './database.ts';

/** What a caller's key stands for. */
export interface OnceClaim {
  account: string;
  /** Such as `createQrCode`; the same key may be used for another operation. */
  operation: string;
  key: string;
  /** SHA-256 in hex of the input. */
  fingerprint: string;
  /** By which people know what was asked for. */
  reference: string;
  /** The input itself, as JSON text, so that it can be found out what became of it when its caller is gone. */
  input: string;
}

/**
 * How a key stood when it was claimed.
 *
 * MINE: unused before, or given back; the work is this caller's to do. STARTED: begun and not finished, here or in a process
 * that died. LOST: sent, and no answer came. DONE: finished; `resourceId` came of it. OTHER: used for another input.
 */
export type OnceStanding =
  | { state: 'MINE' }
  | { state: 'STARTED' | 'LOST'; startedAt: Date; updatedAt: Date }
  | { state: 'DONE'; resourceId: string }
  | { state: 'OTHER' };

/** A key whose work has no end yet. */
export interface OpenKey {
  claim: OnceClaim;
  startedAt: Date;
  updatedAt: Date;
}

/** Keys by which something is done once. Each call throws GatewayError STORE_UNAVAILABLE when the database is away. */
export interface OnceKeys {
  /** Commits the key before anything is sent. Of any number of callers at once, one gets MINE. */
  claim(claim: OnceClaim): Promise<OnceStanding>;
  /**
   * Takes over work that was begun and not finished, as it stood at `updatedAt`. Of any number of callers at once, one gets
   * true. It goes on counting as started when it first was, since that first attempt may be what is found.
   */
  retake(claim: OnceClaim, updatedAt: Date): Promise<boolean>;
  /** The work is done, and this came of it. */
  finish(claim: OnceClaim, resourceId: string): Promise<void>;
  /**
   * As `finish`, unless another key of the operation has come to it. Of any number of keys at once, one gets true, and again
   * whenever it asks; a key that has come to something else gets false.
   */
  take(claim: OnceClaim, resourceId: string): Promise<boolean>;
  /** Other keys without an end that were used for something of the same reference, of whatever operation. */
  rivals(claim: OnceClaim): Promise<OnceClaim[]>;
  /** It was sent and no answer came; from now on it is to be found. */
  lose(claim: OnceClaim): Promise<void>;
  /** Nothing was done: the key may be used again. */
  release(claim: OnceClaim): Promise<void>;
  /** Whether another key of the operation has come to this resource. */
  isAnothers(claim: OnceClaim, resourceId: string): Promise<boolean>;
  /**
   * Keys that are LOST and that nobody looks for, or were STARTED before a time and not finished, the longest untouched first.
   * One that is LOST is, past its first minute, left alone for a third of its age after each look.
   */
  open(startedBefore: Date, limit: number): Promise<OpenKey[]>;
  /**
   * Takes a key, as it stood at `updatedAt`, to look for what came of it: it is LOST, and for so long nobody else's to look for.
   * Of any number of instances at once, one gets its new `updatedAt`, which is when that ends.
   */
  seek(claim: OnceClaim, updatedAt: Date, leaseMs: number): Promise<Date | undefined>;
  /** No end was found of it: it is LOST, and stands behind the others, unless somebody has touched it since `updatedAt`. */
  putOff(claim: OnceClaim, updatedAt: Date): Promise<void>;
  /**
   * Forgets keys that were DONE before a time, and those that were begun before it and never found. Of these one stays as long
   * as a rival that was begun later is without an end: what may be either's must not become that one's by waiting.
   */
  forget(before: Date): Promise<void>;
}

export function openOnceKeys({ prisma }: Database): OnceKeys {
  const nameOf = ({ account, operation, key }: OnceClaim) => ({ account, operation, key });
  /** Only as long as it stands for the same input: once given back, it may have become another's. */
  const own = (claim: OnceClaim) => ({ ...nameOf(claim), fingerprint: claim.fingerprint });
  const unfinished = (claim: OnceClaim) => ({ ...own(claim), state: { not: 'DONE' } });
  return {
    async claim(claim) {
      const { account, operation, key, fingerprint, reference, input } = claim;
      const now = new Date();
      const inserted = await withStore(
        () =>
          prisma.$executeRaw`
          INSERT INTO "OnceKey" (account, operation, key, fingerprint, state, reference, input, "startedAt", "updatedAt")
          VALUES (${account}, ${operation}, ${key}, ${fingerprint}, 'STARTED', ${reference}, ${input}, ${now}, ${now})
          ON CONFLICT (account, operation, key) DO NOTHING`,
      );
      if (inserted === 1) return { state: 'MINE' };
      const row = await withStore(() => prisma.onceKey.findUnique({ where: { account_operation_key: nameOf(claim) } }));
      if (row === null) return this.claim(claim);
      if (row.fingerprint !== fingerprint) return { state: 'OTHER' };
      if (row.state === 'DONE' && row.resourceId !== null) return { state: 'DONE', resourceId: row.resourceId };
      const { startedAt, updatedAt } = row;
      return { state: row.state === 'LOST' ? 'LOST' : 'STARTED', startedAt, updatedAt };
    },
    async retake(claim, updatedAt) {
      const { count } = await withStore(() =>
        prisma.onceKey.updateMany({
          where: { ...unfinished(claim), updatedAt },
          data: { state: 'STARTED', updatedAt: laterThan(updatedAt) },
        }),
      );
      return count === 1;
    },
    async finish(claim, resourceId) {
      const data = { state: 'DONE', resourceId, updatedAt: new Date() };
      await withStore(() => prisma.onceKey.updateMany({ where: own(claim), data }));
    },
    async take(claim, resourceId) {
      const { account, operation, key, fingerprint } = claim;
      const name = JSON.stringify([account, operation, resourceId]);
      const [, taken] = await withStore(() =>
        prisma.$transaction([
          // First, so that of two keys the second reads what the first has committed.
          prisma.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`,
          prisma.$executeRaw`
            UPDATE "OnceKey" AS own SET state = 'DONE', "resourceId" = ${resourceId}, "updatedAt" = ${new Date()}
            WHERE own.account = ${account} AND own.operation = ${operation} AND own.key = ${key}
              AND own.fingerprint = ${fingerprint} AND (own.state <> 'DONE' OR own."resourceId" = ${resourceId})
              AND NOT EXISTS (
                SELECT 1 FROM "OnceKey" AS other
                WHERE other.account = own.account AND other.operation = own.operation
                  AND other."resourceId" = ${resourceId} AND other.key <> own.key)`,
        ]),
      );
      return taken === 1;
    },
    async rivals(claim) {
      const { account, operation, key, reference } = claim;
      const rows = await withStore(() =>
        prisma.onceKey.findMany({
          where: { account, reference, state: { in: ['STARTED', 'LOST'] }, NOT: { operation, key } },
        }),
      );
      return rows.map(toClaim);
    },
    async lose(claim) {
      const data = { state: 'LOST', updatedAt: new Date() };
      await withStore(() => prisma.onceKey.updateMany({ where: unfinished(claim), data }));
    },
    async release(claim) {
      await withStore(() => prisma.onceKey.deleteMany({ where: unfinished(claim) }));
    },
    async isAnothers(claim, resourceId) {
      const { account, operation, key } = claim;
      const found = await withStore(() =>
        prisma.onceKey.findFirst({
          where: { account, operation, resourceId, key: { not: key } },
          select: { key: true },
        }),
      );
      return found !== null;
    },
    async open(startedBefore, limit) {
      const now = new Date();
      const rows = await withStore(
        () =>
          prisma.$queryRaw<OpenRow[]>`
          SELECT * FROM "OnceKey"
          WHERE (state = 'LOST' AND "updatedAt" <= ${now} AND ("startedAt" > ${new Date(now.getTime() - 60_000)}
              OR (${now}::timestamptz - "updatedAt") * 4 >= ${now}::timestamptz - "startedAt"))
            OR (state = 'STARTED' AND "updatedAt" < ${startedBefore})
          ORDER BY "updatedAt" LIMIT ${limit}`,
      );
      return rows.map((row) => ({ claim: toClaim(row), startedAt: row.startedAt, updatedAt: row.updatedAt }));
    },
    async seek(claim, updatedAt, leaseMs) {
      const until = new Date(laterThan(updatedAt).getTime() + leaseMs);
      const { count } = await withStore(() =>
        prisma.onceKey.updateMany({
          where: { ...unfinished(claim), updatedAt },
          data: { state: 'LOST', updatedAt: until },
        }),
      );
      return count === 1 ? until : undefined;
    },
    async putOff(claim, updatedAt) {
      const data = { state: 'LOST', updatedAt: new Date() };
      await withStore(() => prisma.onceKey.updateMany({ where: { ...unfinished(claim), updatedAt }, data }));
    },
    async forget(before) {
      await withStore(
        () =>
          prisma.$executeRaw`
          DELETE FROM "OnceKey" AS old
          WHERE (state = 'DONE' AND "updatedAt" < ${before}) OR (state = 'LOST' AND "startedAt" < ${before}
            AND NOT EXISTS (
              SELECT 1 FROM "OnceKey" AS rival
              WHERE rival.state IN ('STARTED', 'LOST') AND rival.account = old.account
                AND rival.reference = old.reference AND rival."startedAt" > old."startedAt"))`,
      );
    },
  };
}

interface OpenRow extends OnceClaim {
  startedAt: Date;
  updatedAt: Date;
}

function toClaim({ account, operation, key, fingerprint, reference, input }: OnceClaim): OnceClaim {
  return { account, operation, key, fingerprint, reference, input };
}

/** Now, but never the same moment again: by it a key that was touched is told from one that wasn't. */
function laterThan(updatedAt: Date): Date {
  return new Date(Math.max(Date.now(), updatedAt.getTime() + 1));
}

/** The input that a claim keeps. */
export function inputOf<I>(claim: OnceClaim): I {
  return parseJson(claim.input) as I;
}
