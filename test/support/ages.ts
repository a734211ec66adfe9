import type { Database } from '../../src/store/database.ts';

/** Makes changes older, by days: those that fit a condition in SQL, or all. */
export async function ageBy({ prisma }: Database, days: number, where = 'true'): Promise<void> {
  await prisma.$executeRawUnsafe(
    `UPDATE "Change" SET "recordedAt" = "recordedAt" - interval '${days} days' WHERE ${where}`,
  );
}
