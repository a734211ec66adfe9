import { cpSync, existsSync } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Client } from 'pg';
import { emptyDatabase } from '../../src/store/embedded.ts';

/** Where a test keeps its data: settings for `readConfig`, gone again when the test is over. */
export interface TestDatabase {
  kind: 'embedded' | 'postgres';
  environment: { DATA_DIR: string; DATABASE_URL?: string; DATABASE_WAIT_TIMEOUT_MS?: string };
}

/** Something that ends, and tidies up then: a test, or a group of them. */
export interface Scope {
  after(tidyUp: () => unknown): void;
}

const adminUrl = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const howToRun = 'start a Postgres there, or set TEST_DATABASE_URL to one where databases may be created';

/** A folder of its own. */
export async function temporaryFolder(t: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'xendit-graphql-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * An embedded database of its own, made already where there is one to copy. It sets little memory aside: for as much as it
 * does by default most of a start is spent.
 */
export async function embedded(t: Scope): Promise<TestDatabase> {
  const folder = await temporaryFolder(t);
  if (existsSync(emptyDatabase)) {
    const dataDir = join(folder, 'postgres');
    cpSync(emptyDatabase, dataDir, { recursive: true });
    await appendFile(join(dataDir, 'postgresql.conf'), 'shared_buffers = 8MB\n');
  }
  return { kind: 'embedded', environment: { DATA_DIR: folder } };
}

/** A database of its own on a real Postgres. */
export async function postgres(t: Scope): Promise<TestDatabase> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
  await asAdmin(`CREATE DATABASE ${name}`);
  t.after(() => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { kind: 'postgres', environment: { DATA_DIR: await temporaryFolder(t), DATABASE_URL: url.href } };
}

/** One test on the embedded database and one on Postgres. Without Postgres the second fails in CI and is skipped elsewhere. */
export function testOnEachDatabase(name: string, run: (t: TestContext, database: TestDatabase) => Promise<void>): void {
  test(`${name} (embedded)`, async (t) => run(t, await embedded(t)));
  test(`${name} (Postgres)`, async (t) => {
    if (await hasPostgres(t)) await run(t, await postgres(t));
  });
}

/** Whether the Postgres for tests answers; when it doesn't, the test fails in CI and is skipped elsewhere. */
export async function hasPostgres(t: TestContext): Promise<boolean> {
  try {
    await asAdmin('SELECT 1');
    return true;
  } catch (cause) {
    const place = adminUrl.replace(/:[^:@/]*@/, ':…@');
    if (process.env.CI) throw new Error(`No Postgres at ${place}`, { cause });
    t.skip(`no Postgres at ${place}: ${howToRun}`);
    return false;
  }
}

async function asAdmin(sql: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
