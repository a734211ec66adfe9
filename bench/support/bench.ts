import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from './postgres.ts';
import { type Program, startProgram } from './program.ts';

/** What a bench has opened; whatever happens, it is closed in the reverse order. */
export interface Scope {
  /** A program of `bench/support`. */
  start(name: string, environment?: Record<string, string>): Promise<Program>;
  /** The gateway as `npm start` runs it, on free ports. */
  startGateway(environment?: Record<string, string>): Promise<Program>;
  /** An empty database on the Postgres at BENCH_DATABASE_URL. */
  database(): Promise<string>;
  folder(): Promise<string>;
  after(close: () => Promise<unknown>): void;
}

const profiling = join(import.meta.dirname, 'profiling.ts');

/** Runs a bench, or a round of it that begins anew. */
export async function bench<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
  const opened: (() => Promise<unknown>)[] = [];
  const after = (close: () => Promise<unknown>) => void opened.push(close);
  const start = async (file: string, environment?: Record<string, string>, flags?: readonly string[]) => {
    const program = await startProgram(file, environment, flags);
    after(() => program.stop());
    return program;
  };
  const folder = async () => {
    const path = await mkdtemp(join(tmpdir(), 'xendit-graphql-bench-'));
    after(() => rm(path, { recursive: true, force: true }));
    return path;
  };
  try {
    return await work({
      start: (name, environment) => start(`bench/support/${name}.ts`, environment),
      startGateway: async (environment = {}) =>
        start(
          'src/main.ts',
          { PORT: '0', SANDBOX_PORT: '0', LOG_LEVEL: 'warn', DATA_DIR: await folder(), ...environment },
          process.env.BENCH_PROFILE === undefined ? [] : ['--import', profiling],
        ),
      async database() {
        const database = await createDatabase();
        after(() => database.drop());
        return database.url;
      },
      folder,
      after,
    });
  } finally {
    for (const close of opened.reverse()) await close();
  }
}
