import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits for something that tells nobody when it happens, by looking again and again.
 *
 * @throws Error it hasn't happened within `patienceMs`.
 */
export async function eventually(
  what: string,
  hasHappened: () => boolean | Promise<boolean>,
  patienceMs = 5_000,
): Promise<void> {
  const givingUpAt = performance.now() + patienceMs;
  while (!(await hasHappened())) {
    if (performance.now() > givingUpAt) throw new Error(`Not within ${patienceMs} ms: ${what}`);
    await pause(2);
  }
}
