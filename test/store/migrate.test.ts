import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import { type MigrationSession, migrate, migrationsFolder } from '../../src/store/migrate.ts';
import { hasPostgres, postgres } from '../support/database.ts';

const names = (await readdir(migrationsFolder, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

type Session = MigrationSession & { end: () => Promise<void> };

async function openPglite(t: TestContext): Promise<Session> {
  const pglite = await PGlite.create();
  t.after(() => pglite.close());
  return {
    query: (sql, parameters) => pglite.query(sql, parameters),
    exec: (sql) => pglite.exec(sql),
    end: async () => {},
  };
}

async function openPg(url: string | undefined): Promise<Session> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: (sql, parameters) => client.query(sql, parameters),
    exec: (sql) => client.query(sql),
    end: () => client.end(),
  };
}

/** On each database, not migrated yet. */
function testOnEachSession(name: string, run: (session: Session) => Promise<void>): void {
  test(`${name} (embedded)`, async (t) => run(await openPglite(t)));
  test(`${name} (Postgres)`, async (t) => {
    if (!(await hasPostgres(t))) return;
    const session = await openPg((await postgres(t)).environment.DATABASE_URL);
    await run(session);
    await session.end();
  });
}

testOnEachSession('migrations are applied in order and once', async (session) => {
  assert.deepEqual(await migrate(session), names);
  assert.deepEqual(await migrate(session), []);
  const { rows } = await session.query('SELECT count(*)::int AS count FROM "Change"');
  assert.deepEqual(rows, [{ count: 0 }]);
});

testOnEachSession('they are recorded as Prisma records them', async (session) => {
  await migrate(session);
  const { rows } = await session.query(
    `SELECT migration_name, checksum, applied_steps_count, rolled_back_at, finished_at IS NOT NULL AS finished, length(id) AS length
     FROM "_prisma_migrations" ORDER BY started_at, migration_name`,
  );
  const expected = names.map(async (name) => ({
    migration_name: name,
    // Source: Prisma's schema engine: the SHA-256 of the script, in hex.
    checksum: createHash('sha256')
      .update(await readFile(join(migrationsFolder, name, 'migration.sql')))
      .digest('hex'),
    applied_steps_count: 1,
    rolled_back_at: null,
    finished: true,
    length: 36,
  }));
  assert.deepEqual(rows, await Promise.all(expected));
});

testOnEachSession('a migration that was edited after it had been applied is refused by name', async (session) => {
  await migrate(session);
  await session.exec(`UPDATE "_prisma_migrations" SET checksum = repeat('0', 64)`);
  await assert.rejects(migrate(session), { message: `Migration ${names[0]} was edited after it had been applied` });
});

testOnEachSession('a migration that only a later version knows is left alone', async (session) => {
  await migrate(session);
  await session.exec(
    `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at) VALUES ('1', 'x', '9999_later', now())`,
  );
  assert.deepEqual(await migrate(session), []);
});

testOnEachSession('a migration that fails leaves nothing behind, and the lock free', async (session) => {
  await session.exec('CREATE TABLE "OnceKey" (a int)');
  await assert.rejects(migrate(session), /already exists/);
  const { rows } = await session.query(`SELECT to_regclass('"Change"')::text AS change`);
  assert.deepEqual(rows, [{ change: null }]);
  await session.exec('DROP TABLE "OnceKey"');
  assert.deepEqual(await migrate(session), names);
});

test('gateways that start at once take turns', async (t) => {
  if (!(await hasPostgres(t))) return;
  const { DATABASE_URL } = (await postgres(t)).environment;
  const sessions = await Promise.all([1, 2, 3, 4].map(() => openPg(DATABASE_URL)));
  const applied = await Promise.all(sessions.map((session) => migrate(session)));
  assert.deepEqual(applied.flat(), names);
  await Promise.all(sessions.map((session) => session.end()));
});
