import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Scope } from './database.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

/** The gateway as a process of its own. */
export interface GatewayProcess {
  /** What it prints for people, line by line, so far. */
  lines: string[];
  /** Its errors and its log so far. */
  errors(): string;
  /** Where it is reached, once it says that it is ready; rejects when it ends before. */
  ready: Promise<{ url: string; afterMs: number }>;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
  /** What it keeps in memory now, in bytes. */
  memory(): Promise<number>;
}

/**
 * Runs `node src/main.ts` on free ports; it is killed when the test is over.
 *
 * @param flags of Node's own.
 */
export function runGateway(
  t: Scope,
  environment: Record<string, string | undefined>,
  flags: readonly string[] = [],
): GatewayProcess {
  const startedAt = performance.now();
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(process.execPath, [...flags, main], {
    env: { PATH, NODE_COMPILE_CACHE, PORT: '0', SANDBOX_PORT: '0', LOG_LEVEL: 'fatal', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let printed = '';
  let errors = '';
  const ready = Promise.withResolvers<{ url: string; afterMs: number }>();
  ready.promise.catch(() => undefined);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    const whole = printed.split('\n');
    printed = whole.pop() ?? '';
    lines.push(...whole);
    const [, url] = whole.map((line) => /^ready +(\S+)\/graphql$/.exec(line)).find((match) => match !== null) ?? [];
    if (url !== undefined) ready.resolve({ url, afterMs: Math.round(performance.now() - startedAt) });
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('close', (code, signal) => {
      ready.reject(new Error(`It ended with ${code ?? signal}: ${errors}`));
      resolve(code ?? signal ?? 'SIGKILL');
    });
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    lines,
    errors: () => errors,
    ready: ready.promise,
    ended,
    kill: (signal) => void child.kill(signal),
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
    },
  };
}
