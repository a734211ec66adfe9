import type { Outages } from './bus.ts';

const firstPauseMs = 50;

/**
 * How long to wait before connecting again, in milliseconds: longer each time and never longer than `maxMs`, and not the same
 * for all instances.
 *
 * @param attempt 1 for the first.
 */
export function pauseBefore(attempt: number, maxMs: number): number {
  const longest = Math.min(maxMs, firstPauseMs * 2 ** Math.min(attempt, 30));
  return Math.ceil(longest * (0.5 + Math.random() / 2));
}

/** Tells of outages once each, of any number of connections to one server. */
export function createOutage({ onAway, onBack }: Outages) {
  const away = new Set<string>();
  return {
    away(connection: string, reason: string): void {
      const isNew = away.size === 0;
      away.add(connection);
      if (isNew) onAway(reason);
    },
    back(connection: string): void {
      if (away.delete(connection) && away.size === 0) onBack();
    },
  };
}
