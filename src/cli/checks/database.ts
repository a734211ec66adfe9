import type { Config } from '../../config.ts';
import { lookAtFolder, lookAtPostgres } from '../../store/look.ts';
import { reasonOf } from '../command-error.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** @param isRunning whether a gateway runs here already, which then has the folder. */
export async function checkDatabase(
  { databaseUrl, dataDir }: Config,
  timeoutMs: number,
  isRunning: boolean,
): Promise<Check> {
  return databaseUrl === undefined ? checkFolder(dataDir, isRunning) : checkPostgres(databaseUrl, timeoutMs);
}

async function checkPostgres(databaseUrl: string, timeoutMs: number): Promise<Check> {
  try {
    const { version, applied, pending, mayMigrate } = await lookAtPostgres(databaseUrl, timeoutMs);
    const found = `Postgres ${version} answers, with ${applied} migrations applied`;
    if (pending.length === 0) return ok('database', found);
    const lacking = `${found} and ${pending.length} to come (${pending.join(', ')})`;
    return mayMigrate
      ? ok('database', `${lacking}, which the next start applies`)
      : problem(
          'database',
          `${lacking}, and its user may make no tables`,
          'GRANT CREATE ON SCHEMA public to that user',
        );
  } catch (error) {
    return problem(
      'database',
      `DATABASE_URL: ${reasonOf(error)}`,
      'start that Postgres, or mend host, user, password or database of DATABASE_URL',
    );
  }
}

async function checkFolder(dataDir: string, isRunning: boolean): Promise<Check> {
  try {
    const { hasDatabase, holder } = await lookAtFolder(dataDir);
    const found = hasDatabase ? `embedded, in ${dataDir}` : `embedded, to be made in ${dataDir}`;
    if (holder === undefined || isRunning) return ok('database', found);
    return warning(
      'database',
      `${dataDir} is in use by process ${holder || '(unknown)'}`,
      'stop that gateway before you start another one, or give this one another DATA_DIR',
    );
  } catch (error) {
    return problem('database', `DATA_DIR: ${reasonOf(error)}`, 'let this user write there, or name another folder');
  }
}
