import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Scope } from '../support/database.ts';

const program = join(import.meta.dirname, '../../src/cli.ts');

/** What a command came to. */
export interface Ran {
  code: number | null;
  /** What it printed for people, or for programs. */
  out: string;
  err: string;
  /** Its standard output, each line as JSON. */
  lines: Record<string, unknown>[];
}

/** A command that goes on until it is stopped. */
export interface Running {
  /** The next line of its standard output, as JSON. Rejects when it ends before. */
  line(): Promise<Record<string, unknown>>;
  /** Resolves once it has said this on standard error. */
  said(words: string): Promise<void>;
  /** As Ctrl-C does. @returns the exit code. */
  stop(): Promise<number | null>;
}

/** Runs the command line to its end, with nothing in its environment but what is given. */
export async function runCli(
  t: Scope,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ran> {
  const child = start(t, args, environment);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const isJson = args.includes('--json');
  const lines = isJson ? out.split('\n').filter((line) => line !== '') : [];
  return { code, out, err, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** Starts a command that goes on; it is killed when the test is over. */
export function startCli(t: Scope, args: readonly string[], environment: Record<string, string> = {}): Running {
  const child = start(t, args, environment);
  const ended = once(child, 'close') as Promise<[number | null]>;
  const lines: string[] = [];
  let [printed, err] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const whole = (printed + text).split('\n');
    printed = whole.pop() ?? '';
    lines.push(...whole);
  });
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const more = [once(child.stdout, 'data'), once(child.stderr, 'data')];
      const [code] = (await Promise.race([...more, ended])) as [unknown];
      if (child.exitCode !== null && find() === undefined) throw new Error(`It ended with ${code}: ${err}`);
    }
  };
  return {
    line: async () => JSON.parse(await until(() => lines.shift())) as Record<string, unknown>,
    said: (words) => until(() => err.includes(words) || undefined).then(() => undefined),
    async stop() {
      child.kill('SIGINT');
      const [code] = await ended;
      return code;
    },
  };
}

function start(t: Scope, args: readonly string[], environment: Record<string, string>) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}
