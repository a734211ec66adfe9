/** What the sandbox asks for the time and for being woken; a test hands in one that it moves itself. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Runs something once, `ms` milliseconds from now. What it returns is awaited by a test clock, so a promise must not reject.
   *
   * @returns a way to cancel it.
   */
  after(ms: number, run: () => unknown): () => void;
}

/** What `setTimeout` can wait at most; a virtual account may stay open for years. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own time. Its timers don't keep a process alive. */
export const realClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    let timer: NodeJS.Timeout;
    const waitOut = (leftMs: number) => {
      const stepMs = Math.min(leftMs, longestTimerMs);
      timer = setTimeout(() => (leftMs > stepMs ? waitOut(leftMs - stepMs) : run()), stepMs);
      timer.unref();
    };
    waitOut(ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until it is told to move. */
export interface TestClock extends Clock {
  /**
   * Moves time by `ms` and runs what falls due on the way, in order. Time waits for work that a timer began, such as a retried
   * webhook, but at most a second of real time, so that an unanswered one can time out.
   */
  advance(ms: number): Promise<void>;
  /** Resolves once at least `count` timers wait: what a test awaits before it moves past a delay in another task. */
  armed(count?: number): Promise<void>;
}

const patienceMs = 1000;

interface Timer {
  at: number;
  run: () => unknown;
}

/** @param startMs where it begins, in milliseconds since the epoch; by default 2026-01-01T00:00:00Z. */
export function createTestClock(startMs = Date.UTC(2026, 0, 1)): TestClock {
  let now = startMs;
  const timers = new Set<Timer>();
  const waiters = new Set<() => void>();
  const nextDue = (end: number) =>
    [...timers]
      .filter(({ at }) => at <= end)
      .reduce<Timer | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      for (const check of waiters) check();
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const end = now + ms;
      for (let timer = nextDue(end); timer !== undefined; timer = nextDue(end)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        await settled(timer.run());
      }
      now = end;
    },
    armed(count = 1) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const check = () => {
        if (timers.size < count) return;
        waiters.delete(check);
        resolve();
      };
      waiters.add(check);
      check();
      return promise;
    },
  };
}

/** Also gives what awaits a timer one turn, so that a chain of waits sets its next timer before time moves on. */
async function settled(work: unknown): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, patienceMs);
  await Promise.race([work, patience.promise]);
  clearTimeout(timer);
  await new Promise((resolve) => setImmediate(resolve));
}

/** A clock whose timers can be cancelled all at once. */
export interface StoppableClock extends Clock {
  /** Cancels every timer set through this clock; later ones are never set. */
  stop(): void;
}

/** The same time, with timers that end together. */
export function stoppable(clock: Clock): StoppableClock {
  const cancels = new Set<() => void>();
  let isStopped = false;
  return {
    now: () => clock.now(),
    after(ms, run) {
      if (isStopped) return () => undefined;
      const cancel = clock.after(ms, () => {
        cancels.delete(cancel);
        return run();
      });
      cancels.add(cancel);
      return () => {
        cancels.delete(cancel);
        cancel();
      };
    },
    stop() {
      isStopped = true;
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}

/** Resolves `ms` milliseconds from now, by that clock. */
export function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
