import { setTimeout as pause } from 'node:timers/promises';
import type { Evidence, Watch } from './evidence.ts';
import { readTables } from './tables.ts';

const lookEveryMs = 500;

/**
 * Waits until every subscriber has heard the last of what it watches.
 *
 * @returns how many have not, when patience is over.
 */
export async function whenQuiet(
  databaseUrl: string,
  watches: () => readonly Watch[],
  patienceMs: number,
): Promise<number> {
  const givingUpAt = performance.now() + patienceMs;
  for (;;) {
    const tables = await readTables(databaseUrl);
    const behind = watches().filter((watch) => watch.ending === 'open' && isBehind(watch, tables));
    if (behind.length === 0 || performance.now() > givingUpAt) return behind.length;
    await pause(lookEveryMs);
  }
}

function isBehind({ resource, messages }: Watch, { resources, log }: Pick<Evidence, 'resources' | 'log'>): boolean {
  const last = messages.at(-1);
  if (resource !== undefined) {
    const present = resources.find(({ type, id }) => type === resource.type && id === resource.id);
    return last === undefined || last.version < (present?.version ?? 0);
  }
  const end = log.at(-1);
  return last !== undefined && (last.id !== end?.resourceId || last.version !== end.version);
}
