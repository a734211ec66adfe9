import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import type { Instance } from '../cluster/instance.ts';
import type { Server } from '../cluster/servers.ts';
import type { Dice } from './dice.ts';

/** Breaks things until it is told to stop. */
export interface Faults {
  /** What was done, when; milliseconds since the epoch. */
  done: { at: number; what: string }[];
  kills(): number;
  /** How long each instance took that was asked to end, in milliseconds, unless it was killed meanwhile. */
  drains: number[];
  /** Finishes the fault under way and mends everything. */
  stop(): Promise<void>;
}

const killEveryMs = [6_000, 12_000] as const;
const faultEveryMs = [2_000, 7_000] as const;
const lastsMs = [500, 5_000] as const;
const severedShare = 0.4;

export function startFaults(cluster: Cluster, dice: Dice, log: (what: string) => void): Faults {
  const stopping = new AbortController();
  const done: Faults['done'] = [];
  const drains: number[] = [];
  let kills = 0;
  const rest = (ms: number) => pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const note = (what: string) => {
    done.push({ at: Date.now(), what });
    log(what);
  };

  async function killing(): Promise<void> {
    const own = dice.own('kills');
    for (;;) {
      await rest(own.between(...killEveryMs));
      const victim = own.pick(cluster.instances);
      const downMs = own.between(0, 2_000);
      while (victim.port() === undefined && !stopping.signal.aborted) await rest(50);
      if (stopping.signal.aborted) return;
      note(`kill -9 ${victim.name}`);
      kills += 1;
      await victim.end('SIGKILL', downMs);
    }
  }

  async function stopAndStart(server: Server, signal: NodeJS.Signals, ms: number): Promise<void> {
    server.signal(signal);
    await server.ended();
    await rest(ms);
    await server.start();
  }

  async function freeze(instance: Instance, ms: number): Promise<void> {
    instance.signal('SIGSTOP');
    await rest(ms);
    instance.signal('SIGCONT');
  }

  async function roll(): Promise<void> {
    for (const instance of cluster.instances) {
      if (stopping.signal.aborted) return;
      const { ending, afterMs } = await instance.end('SIGTERM', 0);
      if (ending !== 'SIGKILL') drains.push(afterMs);
      await Promise.race([instance.whenReady(), rest(15_000)]);
    }
  }

  const others = dice.own('faults');
  const hits = () => others.chance(severedShare);
  const kinds: Record<string, (ms: number) => unknown> = {
    'SIGSTOP an instance': (ms) => freeze(others.pick(cluster.instances), ms),
    'stop Postgres': (ms) => stopAndStart(cluster.postgres, 'SIGINT', ms),
    'crash Postgres': (ms) => stopAndStart(cluster.postgres, 'SIGQUIT', ms),
    'stop Redis': (ms) => stopAndStart(cluster.redis, 'SIGTERM', ms),
    'kill -9 Redis': (ms) => stopAndStart(cluster.redis, 'SIGKILL', ms),
    'reset lines to Postgres': () => cluster.postgresLine.sever('reset', hits),
    'half-open lines to Postgres': () => cluster.postgresLine.sever('silence', hits),
    'half-open lines to Redis': () => cluster.redisLine.sever('silence', () => true),
    'reset subscribers': () => cluster.front.sever('reset', hits),
    'half-open subscribers': () => cluster.front.sever('silence', hits),
    'half-open deliveries': () => cluster.door.sever('silence', hits),
    'rolling restart': () => roll(),
  };

  async function breaking(): Promise<void> {
    let bag: string[] = [];
    while (!stopping.signal.aborted) {
      await rest(others.between(...faultEveryMs));
      const ms = others.between(...lastsMs);
      // Each kind once before any comes again, so that short runs meet most of them.
      if (bag.length === 0) bag = Object.keys(kinds);
      const kind = others.pick(bag);
      bag = bag.filter((one) => one !== kind);
      if (stopping.signal.aborted) return;
      note(`${kind} (${Math.round(ms)} ms)`);
      await kinds[kind]?.(ms);
    }
  }

  const running = [killing(), breaking()];
  return {
    done,
    kills: () => kills,
    drains,
    async stop() {
      stopping.abort();
      await Promise.all(running);
      await Promise.all(cluster.instances.map((one) => one.whenReady()));
    },
  };
}
