/** How many minutes are shown. */
export const minutes = 60;
export const minuteMs = 60_000;

/** What was told of the last hour, each once however often it is told. */
export interface Tally {
  /** @param time in milliseconds. */
  tell(key: string, time: number): void;
  /** Forgets what came before a moment, in milliseconds. */
  forget(before: number): void;
  /** As `countByMinute`; what is older than what it counts is forgotten. */
  counts(now: number): ReturnType<typeof countByMinute>;
}

export function createTally(): Tally {
  const times = new Map<string, number>();
  function forget(before: number): void {
    for (const [key, time] of times) if (time < before) times.delete(key);
  }
  return {
    tell: (key, time) => void times.set(key, time),
    forget,
    counts(now) {
      forget(now - minutes * minuteMs);
      return countByMinute([...times.values()], now);
    },
  };
}

/** @returns for each minute of the last hour, oldest first, when it began in seconds and how many there were. */
export function countByMinute(times: readonly number[], now: number): { at: number; count: number }[] {
  const last = Math.floor(now / minuteMs);
  const counts = new Array<number>(minutes).fill(0);
  for (const time of times) {
    const index = minutes - 1 - (last - Math.floor(time / minuteMs));
    if (index in counts) counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count, index) => ({ at: (last - minutes + 1 + index) * 60, count }));
}
