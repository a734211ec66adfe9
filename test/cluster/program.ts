import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export interface ProgramOptions {
  command: string;
  args: readonly string[];
  environment?: Record<string, string | undefined>;
  user?: { uid: number; gid: number } | undefined;
  /** What it prints goes to the end of this file. */
  logFile: string;
  /** The line by which it says that it takes requests. */
  ready: RegExp;
  /** How long that may take, in milliseconds. */
  readyWithinMs?: number;
}

/** How a process ended: its exit code, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

/** A program that runs as a process of its own, again and again. */
export interface Program {
  /**
   * Starts it.
   *
   * @returns what `ready` matched.
   * @throws Error it ended before, or took too long and was killed.
   */
  start(): Promise<RegExpExecArray>;
  isRunning(): boolean;
  /** Sends a signal, to nobody when it isn't running. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the present process has ended; at once when there is none. */
  ended(): Promise<Ending | undefined>;
  /** Ends it for good, by force when it doesn't end by itself. */
  close(signal?: NodeJS.Signals): Promise<void>;
}

const readyWithin = 60_000;
const patienceMs = 15_000;

const { PATH, NODE_COMPILE_CACHE } = process.env;

/** None outlives this process, however that ends. */
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export function createProgram(options: ProgramOptions): Program {
  const { command, args, environment, user, logFile, ready, readyWithinMs = readyWithin } = options;
  const log = createWriteStream(logFile, { flags: 'a' });
  let child: ChildProcess | undefined;
  let ending: Promise<Ending> = Promise.resolve(0);
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;

  return {
    async start() {
      const started = spawn(command, args, {
        env: { PATH, NODE_COMPILE_CACHE, LC_ALL: 'C', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...user,
      });
      child = started;
      children.add(started);
      started.on('exit', () => children.delete(started));
      ending = new Promise((resolve) => {
        started.on('error', (error) => log.write(`${error.message}\n`, () => resolve(127)));
        started.on('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
      });
      return await new Promise((resolve, reject) => {
        const tooLate = setTimeout(() => {
          started.kill('SIGKILL');
          reject(new Error(`${command} was not ready within ${readyWithinMs} ms: see ${logFile}`));
        }, readyWithinMs);
        const settle = (done: () => void) => {
          clearTimeout(tooLate);
          done();
        };
        watchLines(started, log, (line) => {
          const match = ready.exec(line);
          if (match !== null) settle(() => resolve(match));
        });
        void ending.then((how) => settle(() => reject(new Error(`${command} ended with ${how}: see ${logFile}`))));
      });
    },
    isRunning,
    signal: (signal) => void (isRunning() && child?.kill(signal)),
    ended: async () => (child === undefined ? undefined : ending),
    async close(signal = 'SIGTERM') {
      if (isRunning()) {
        child?.kill('SIGCONT');
        child?.kill(signal);
        const impatience = setTimeout(() => child?.kill('SIGKILL'), patienceMs);
        await ending;
        clearTimeout(impatience);
      }
      await new Promise<void>((resolve) => log.end(resolve));
    },
  };
}

function watchLines({ stdout, stderr }: ChildProcess, log: WriteStream, onLine: (line: string) => void): void {
  for (const stream of [stdout, stderr]) {
    const decoder = new StringDecoder();
    let rest = '';
    stream?.on('data', (bytes: Buffer) => {
      if (log.writable) log.write(bytes);
      const lines = (rest + decoder.write(bytes)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  }
}
