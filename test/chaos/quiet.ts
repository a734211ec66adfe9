import { setTimeout as pause } from 'node:timers/promises';
import type { Evidence, Watch } from './evidence.ts';
import type { Sender } from './sender.ts';
import { readTables } from './tables.ts';

const lookEveryMs = 500;

/** Waits until nothing is left, and gives up only when that has brought nothing forward for so long. */
const patienceMs = 60_000;

/**
 * Waits until all that was sent is acknowledged.
 *
 * @returns how much is not, when patience is over.
 */
export function whenAcknowledged({ outstanding }: Sender): Promise<number> {
  return whenNothingIsLeft(async () => ({ left: outstanding(), sign: outstanding() }));
}

/**
 * Waits until every subscriber has heard the last of what it watches.
 *
 * @returns how many have not, when patience is over.
 */
export function whenQuiet(databaseUrl: string, watches: () => readonly Watch[]): Promise<number> {
  return whenNothingIsLeft(async () => {
    const tables = await readTables(databaseUrl);
    const open = watches().filter(({ ending }) => ending === 'open');
    const heard = watches().reduce((sum, { messages }) => sum + messages.length, 0);
    return { left: open.filter((watch) => isBehind(watch, tables)).length, sign: heard };
  });
}

/** @param look how much is left, and a number that changes with everything that is brought forward. */
async function whenNothingIsLeft(look: () => Promise<{ left: number; sign: number }>): Promise<number> {
  let lastSign: number | undefined;
  let changedAt = performance.now();
  for (;;) {
    const { left, sign } = await look();
    if (sign !== lastSign) changedAt = performance.now();
    lastSign = sign;
    if (left === 0 || performance.now() - changedAt > patienceMs) return left;
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
