import { type Database, withStore } from './database.ts';

/** What a caller's key stands for. */
export interface OnceClaim {
  account: string;
  /** Such as `createQrCode`; the same key may be used for another operation. */
  operation: string;
  key: string;
  /** SHA-256 in hex of the input. */
  fingerprint: string;
  /** By which Xendit can be asked what became of it. */
  reference: string;
}

/**
 * How a key stood when it was claimed.
 *
 * MINE: unused before, or given back; the work is this caller's to do. STARTED: begun and not finished, here or in a process
 * that died. LOST: sent, and no answer came. DONE: finished; `resourceId` came of it. OTHER: used for another input.
 */
export type OnceStanding =
  | { state: 'MINE' }
  | { state: 'STARTED' | 'LOST'; reference: string; startedAt: Date }
  | { state: 'DONE'; resourceId: string }
  | { state: 'OTHER' };

/** Keys by which something is done once. Each call throws GatewayError STORE_UNAVAILABLE when the database is away. */
export interface OnceKeys {
  /** Commits the key before anything is sent. Of any number of callers at once, one gets MINE. */
  claim(claim: OnceClaim): Promise<OnceStanding>;
  /** The work is done, and this came of it. */
  finish(claim: OnceClaim, resourceId: string): Promise<void>;
  /** It was sent and no answer came; from now on it is to be found by its reference. */
  lose(claim: OnceClaim): Promise<void>;
  /** Nothing was done: the key may be used again. */
  release(claim: OnceClaim): Promise<void>;
}

export function openOnceKeys({ prisma }: Database): OnceKeys {
  const name = ({ account, operation, key }: OnceClaim) => ({ account_operation_key: { account, operation, key } });
  return {
    async claim({ account, operation, key, fingerprint, reference }) {
      const now = new Date();
      const inserted = await withStore(
        () =>
          prisma.$executeRaw`
          INSERT INTO "OnceKey" (account, operation, key, fingerprint, state, reference, "startedAt", "updatedAt")
          VALUES (${account}, ${operation}, ${key}, ${fingerprint}, 'STARTED', ${reference}, ${now}, ${now})
          ON CONFLICT (account, operation, key) DO NOTHING`,
      );
      if (inserted === 1) return { state: 'MINE' };
      const row = await withStore(() =>
        prisma.onceKey.findUnique({ where: { account_operation_key: { account, operation, key } } }),
      );
      if (row === null) return this.claim({ account, operation, key, fingerprint, reference });
      if (row.fingerprint !== fingerprint) return { state: 'OTHER' };
      if (row.state === 'DONE' && row.resourceId !== null) return { state: 'DONE', resourceId: row.resourceId };
      return { state: row.state === 'LOST' ? 'LOST' : 'STARTED', reference: row.reference, startedAt: row.startedAt };
    },
    async finish(claim, resourceId) {
      await withStore(() =>
        prisma.onceKey.update({ where: name(claim), data: { state: 'DONE', resourceId, updatedAt: new Date() } }),
      );
    },
    async lose(claim) {
      await withStore(() =>
        prisma.onceKey.update({ where: name(claim), data: { state: 'LOST', updatedAt: new Date() } }),
      );
    },
    async release({ account, operation, key }) {
      await withStore(() => prisma.onceKey.deleteMany({ where: { account, operation, key, state: { not: 'DONE' } } }));
    },
  };
}
