/** How many minutes are shown. */
export const minutes = 60;
export const minuteMs = 60_000;

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
