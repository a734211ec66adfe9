import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { Database, DatabaseOptions } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';

/** @throws Error the folder is in use. */
export async function openEmbeddedDatabase({ dataDir }: Pick<DatabaseOptions, 'dataDir'>): Promise<Database> {
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
    // Not by Prisma, which takes a seventh of a delivery. Nothing else can hold a lock here, so that nothing needs a time-out.
    transact: (_timeoutMs, work) =>
      pglite.transaction((transaction) =>
        work(async <Row>({ text, values }: Prisma.Sql) => (await transaction.query<Row>(text, values)).rows),
      ),
    ledger: prisma,
    identity,
    pools: () => [],
    close: () => {
      closing ??= closeBoth();
      return closing;
    },
  };
}
