import { Client } from 'pg';

/** Where databases may be made, on a server that keeps what it commits (`fsync` and `synchronous_commit` on). */
export const serverUrl = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

/** An empty database of a bench's own. */
export interface BenchDatabase {
  url: string;
  query(sql: string): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** @throws Error the server at BENCH_DATABASE_URL can't be reached, or wouldn't keep what it commits. */
export async function createDatabase(): Promise<BenchDatabase> {
  const server = new Client({ connectionString: serverUrl });
  await server.connect();
  const kept = await server.query(
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit`,
  );
  const { fsync, commit } = kept.rows[0] as { fsync: string; commit: string };
  if (fsync !== 'on' || commit !== 'on')
    throw new Error(`This Postgres has fsync=${fsync}, synchronous_commit=${commit}`);
  const name = `xendit_graphql_bench_${process.pid}_${Date.now()}`;
  await server.query(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const own = new Client({ connectionString: url.href });
  await own.connect();
  return {
    url: url.href,
    query: async (sql) => (await own.query(sql)).rows,
    async drop() {
      await own.end();
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.end();
    },
  };
}
