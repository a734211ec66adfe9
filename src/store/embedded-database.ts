import { PrismaPGlite } from 'pglite-prisma-adapter';
import { connectTimeoutMs, type Database } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { PrismaClient } from './generated/client.ts';

/** @throws Error the folder is in use. */
export async function openEmbeddedDatabase(dataDir: string): Promise<Database> {
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
        maxWait: connectTimeoutMs,
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
