/** How many seconds' worth of messages may come at once, as after a reconnect. */
const burstSeconds = 5;

/** Counts the messages of one sender. @returns false once there are too many. */
export function createMessageRate(perSecond: number): () => boolean {
  const most = perSecond * burstSeconds;
  let left = most;
  let at = performance.now();
  return () => {
    const now = performance.now();
    left = Math.min(most, left + ((now - at) / 1_000) * perSecond) - 1;
    at = now;
    return left >= 0;
  };
}
