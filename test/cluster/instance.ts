import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createProgram, type Ending } from './program.ts';
import { freePort } from './servers.ts';

/** One gateway process, started again whenever it ends. */
export interface Instance {
  name: string;
  /** Its port while it is ready. */
  port(): number | undefined;
  /** Resolves once it is ready. */
  whenReady(): Promise<void>;
  /** Asks it to end, or makes it. It is started again `downMs` later. */
  end(signal: 'SIGTERM' | 'SIGKILL', downMs: number): Promise<{ ending: Ending | undefined; afterMs: number }>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** How often it ended without having been asked to, after it was ready. */
  collapses(): Ending[];
  close(): Promise<void>;
}

const main = join(import.meta.dirname, '../../src/main.ts');
const betweenStartsMs = 300;

/** Starts one on a free port, which it keeps. */
export async function startInstance(
  name: string,
  folder: string,
  environment: Record<string, string | undefined>,
): Promise<Instance> {
  const port = await freePort();
  const program = createProgram({
    command: process.execPath,
    args: [main],
    environment: { PORT: String(port), ...environment },
    logFile: join(folder, `${name}.log`),
    ready: /^ready /,
  });
  const collapses: Ending[] = [];
  let isReady = false;
  let isAsked = false;
  let restDownMs = betweenStartsMs;
  let isClosed = false;
  let ready = Promise.withResolvers<void>();

  async function keepRunning(): Promise<void> {
    while (!isClosed) {
      try {
        await program.start();
        isReady = true;
        ready.resolve();
        const ending = await program.ended();
        if (!isAsked && ending !== undefined) collapses.push(ending);
      } catch {
        // Its log says why; with its database down it can't start.
      }
      // Whoever waits since before a start that failed is still waiting.
      if (isReady) ready = Promise.withResolvers();
      isReady = false;
      await pause(restDownMs);
      isAsked = isClosed;
      restDownMs = betweenStartsMs;
    }
  }
  const running = keepRunning();

  return {
    name,
    port: () => (isReady ? port : undefined),
    whenReady: () => ready.promise,
    async end(signal, downMs) {
      const askedAt = performance.now();
      isAsked = true;
      restDownMs = downMs;
      program.signal('SIGCONT');
      program.signal(signal);
      const ending = await program.ended();
      return { ending, afterMs: Math.round(performance.now() - askedAt) };
    },
    signal: (signal) => program.signal(signal),
    collapses: () => collapses,
    async close() {
      isClosed = true;
      isAsked = true;
      await program.close();
      await running;
    },
  };
}
