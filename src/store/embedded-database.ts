import { types } from '@electric-sql/pglite';
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
    // Not by Prisma, which takes a seventh of a delivery.
    transact(timeoutMs, work) {
      const givenUpAt = performance.now() + timeoutMs;
      return pglite.transaction(async (transaction) => {
        // Nobody waits for it any more.
        if (performance.now() > givenUpAt) throw new Error('The embedded database was busy for too long');
        return work(async <Row>({ text, values }: Prisma.Sql) => {
          const { rows } = await transaction.query<Row>(text, values, asPrisma);
          return rows;
        });
      });
    },
    transactionsAtOnce: 1,
    isExclusive: true,
    ledger: prisma,
    identity,
    pools: () => [],
    close: () => {
      closing ??= closeBoth();
      return closing;
    },
  };
}

/** Whole numbers of 64 bits are as Prisma reads them. */
const asPrisma = { parsers: { [types.INT8]: BigInt } };
