import type { TestContext } from 'node:test';
import { hasPostgres, postgres, type TestDatabase } from './database.ts';
import { type Line, openLine } from './line.ts';

export interface Remote {
  place: TestDatabase;
  line: Line;
  /** The way round the line. */
  direct: string;
}

/** A Postgres at the end of a line that can be cut; undefined without one, see `hasPostgres`. */
export async function remotePostgres(t: TestContext): Promise<Remote | undefined> {
  if (!(await hasPostgres(t))) return undefined;
  const place = await postgres(t);
  const direct = place.environment.DATABASE_URL ?? '';
  const url = new URL(direct);
  const line = await openLine(t, { host: url.hostname, port: Number(url.port) });
  url.port = String(line.port);
  url.hostname = '127.0.0.1';
  return { place: { ...place, environment: { ...place.environment, DATABASE_URL: url.href } }, line, direct };
}
