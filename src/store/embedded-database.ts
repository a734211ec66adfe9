import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { Database, DatabaseOptions } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { PrismaClient } from './generated/client.ts';

/** @throws Error the folder is in use. */
export async function openEmbeddedDatabase({
  dataDir,
  waitTimeoutMs = 1_000,
}: Pick<DatabaseOptions, 'dataDir' | 'waitTimeoutMs'>): Promise<Database> {
  const { pglite, identity, close } = await openEmbedded(dataDir);
  const prisma = new PrismaClient({ adapter: new PrismaPGlite(pglite) });
  const closeBoth = async () => {
    await prisma.$disconnect();
    await close();
  };
  let closing: Promise<void> | undefined;
  return {
    prisma,
    ask: (question) => prisma.$queryRaw(question),
    transact: (timeout, work) =>
      prisma.$transaction((transaction) => work((question) => transaction.$queryRaw(question)), {
        maxWait: waitTimeoutMs,
        timeout,
      }),
    ledger: prisma,
    identity,
    pools: () => [],
    close: () => {
      closing ??= closeBoth();
      return closing;
    },
  };
}
