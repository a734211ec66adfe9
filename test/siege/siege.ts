import { setTimeout as pause } from 'node:timers/promises';
import { jwtSecret, signToken } from '../support/callers.ts';
import { embedded, type Scope } from '../support/database.ts';
import { percentile } from '../support/figures.ts';
import { type GatewayProcess, runGateway } from '../support/process.ts';
import { startXendit } from '../support/xendit.ts';
import { startAttackers } from './attackers.ts';
import { startTraffic } from './traffic.ts';

export interface SiegeOptions {
  /** Under attack. */
  minutes: number;
  /** Of ordinary traffic alone before, to compare with. */
  aloneMinutes: number;
  attackers: number;
  /** Of all attackers together. */
  attacksPerSecond: number;
  /** What ordinary traffic begins. */
  operationsPerSecond: number;
}

/** What came of it. */
export interface Siege {
  minutes: number;
  attacks: number;
  answered: number;
  crashed: boolean;
  rssBeforeMb: number;
  rssMaxMb: number;
  p99AloneMs: number;
  p99UnderAttackMs: number;
  /** How many times as long ordinary traffic took under attack. */
  ratio: number;
}

const heapMb = 512;
const lookEveryMs = 250;
const warmUpMs = 3_000;
const minuteMs = 60_000;

/** Attacks a gateway of its own, which has a small heap, while ordinary traffic goes on. */
export async function besiege(t: Scope, options: SiegeOptions): Promise<Siege> {
  const { minutes, aloneMinutes, attackers: count, attacksPerSecond, operationsPerSecond } = options;
  const { environment } = await startXendit(t);
  const { environment: place } = await embedded(t);
  const settings = { ...environment, ...place, AUTH_JWT_SECRET: jwtSecret, OPERATIONS_PER_MINUTE: '1000000' };
  // Each attacker has a socket, and streams while they are answered.
  const gateway = runGateway(t, { ...settings, SOCKETS_PER_CALLER: '1000', SOCKETS_PER_ADDRESS: '1000' }, [
    `--max-old-space-size=${heapMb}`,
  ]);
  const { url } = await gateway.ready;
  let crashed = false;
  let isOver = false;
  void gateway.ended.then(() => {
    crashed = !isOver;
  });

  const traffic = await startTraffic(t, url, await signToken({ sub: 'shop' }), operationsPerSecond);
  await pause(warmUpMs);
  traffic.takeTimes();
  await pause(aloneMinutes * minuteMs);
  const p99AloneMs = percentile(traffic.takeTimes(), 0.99);
  const before = await gateway.memory();

  const attackers = startAttackers(t, url, await signToken({ sub: 'attacker' }), count, attacksPerSecond);
  let most = before;
  const until = performance.now() + minutes * minuteMs;
  while (!crashed && performance.now() < until) {
    await pause(lookEveryMs);
    most = Math.max(most, await memoryOf(gateway));
  }
  const underAttack = traffic.takeTimes();
  await attackers.stop();
  await traffic.stop();
  const p99UnderAttackMs = percentile(underAttack, 0.99);
  isOver = true;
  return {
    minutes,
    ...attackers.count(),
    crashed,
    rssBeforeMb: toMb(before),
    rssMaxMb: toMb(most),
    p99AloneMs,
    p99UnderAttackMs,
    ratio: Number((p99UnderAttackMs / Math.max(1, p99AloneMs)).toFixed(2)),
  };
}

/** 0 once it is gone. */
async function memoryOf(gateway: GatewayProcess): Promise<number> {
  return gateway.memory().catch(() => 0);
}

function toMb(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}
