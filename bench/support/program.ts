import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a process has used since it began. */
export interface Usage {
  /** Of all its threads, in milliseconds. */
  cpuMs: number;
  /** What it keeps in memory now, in bytes, once its garbage is collected. */
  memoryBytes: number;
}

/** A program of Node in a process of its own, so that what it uses is its own. */
export interface Program {
  url: string;
  /** From the process's beginning until it was ready. */
  readyAfterMs: number;
  pid: number;
  /** CPU time alone; collecting garbage takes some. */
  cpuMs(): Promise<number>;
  usage(): Promise<Usage>;
  /** Has it do something that it knows, and waits until it is done. */
  tell(command: string, ...parameters: unknown[]): Promise<void>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const measuring = join(import.meta.dirname, 'measuring.ts');
const readyTimeoutMs = 60_000;

/**
 * Starts a program that prints its address as the gateway does: a line `ready URL`.
 *
 * @param file below the project's folder.
 * @throws Error it ended, or wasn't ready within a minute; what it printed is in the message.
 */
export async function startProgram(
  file: string,
  environment: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<Program> {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const beganAt = performance.now();
  const child = fork(join(root, file), {
    cwd: root,
    execArgv: ['--expose-gc', '--import', measuring, ...flags],
    env: { PATH, HOME, NODE_ENV: 'production', ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const url = await addressOf(child);
  const readyAfterMs = performance.now() - beganAt;
  // Whose its time was it says at its end.
  if (process.env.BENCH_PROFILE !== undefined) child.stdout?.pipe(process.stderr, { end: false });
  const ask = async (...message: unknown[]): Promise<unknown> => {
    child.send(message);
    const [answer] = await once(child, 'message');
    return answer;
  };
  return {
    url,
    readyAfterMs,
    pid: child.pid ?? 0,
    cpuMs: async () => (await ask('cpu')) as number,
    usage: async () => (await ask('usage')) as Usage,
    tell: async (...message) => void (await ask(...message)),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => reject(new Error(`Not ready in time: ${printed}`)), readyTimeoutMs);
    const read = (text: string) => {
      printed = (printed + text).slice(-10_000);
      const [, url] = /^ready +(\S+?)(?:\/graphql)?$/m.exec(printed) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`It ended with ${code}: ${printed}`));
    });
  });
}
