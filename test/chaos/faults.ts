import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import type { Dice } from './dice.ts';
import { type Drain, faultKinds, type Occasion } from './fault-kinds.ts';

/** Breaks things until it is told to stop. */
export interface Faults {
  /** What was done, when; milliseconds since the epoch. */
  done: { at: number; what: string }[];
  kills(): number;
  drains: Drain[];
  /** Finishes the fault under way and mends everything. */
  stop(): Promise<void>;
}

export interface FaultOptions {
  dice: Dice;
  /** Of `faultNames`; all when there are none. */
  only: readonly string[];
  /** How long a fault that lasts does, in milliseconds; drawn unless told. */
  lastForMs?: number | undefined;
  log: (what: string) => void;
}

const killing = 'kill -9 an instance';

/** All that can go wrong. */
export const faultNames = [killing, ...Object.keys(faultKinds)];

/** So often that three minutes see ten kills, even where a gateway takes long to come back: so long the next kill waits for it. */
const killEveryMs = [6_000, 9_000] as const;
const waitForAllMs = 6_000;
const faultEveryMs = [2_000, 7_000] as const;
const lastsMs = [500, 5_000] as const;
const staysDownMs = [0, 2_000] as const;

export function startFaults(cluster: Cluster, { dice, only, lastForMs, log }: FaultOptions): Faults {
  const stopping = new AbortController();
  const isOver = () => stopping.signal.aborted;
  const rest = (ms: number) => pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const done: Faults['done'] = [];
  const drains: Drain[] = [];
  let kills = 0;
  const note = (what: string) => {
    done.push({ at: Date.now(), what });
    log(what);
  };
  const wanted = only.length === 0 ? faultNames : only;

  const alive = () => cluster.instances.filter((one) => one.port() !== undefined);

  async function kill(own: Dice): Promise<void> {
    while (!isOver()) {
      await rest(own.between(...killEveryMs));
      const waitingSince = performance.now();
      const isEnough = () =>
        alive().length === cluster.instances.length ||
        (alive().length > 0 && performance.now() - waitingSince > waitForAllMs);
      while (!isEnough() && !isOver()) await rest(50);
      if (isOver()) return;
      const [victim, downMs] = [own.pick(alive()), own.between(...staysDownMs)];
      note(`kill -9 ${victim.name}`);
      kills += 1;
      await victim.end('SIGKILL', downMs);
    }
  }

  async function breakOthers(own: Dice): Promise<void> {
    const kinds = wanted.filter((one) => one !== killing);
    const occasion: Omit<Occasion, 'ms'> = {
      ...{ cluster, dice: own, hits: own.own('hits'), rest, isOver, note },
      drained: (drain) => drains.push(drain),
    };
    let bag: string[] = [];
    while (!isOver() && kinds.length > 0) {
      await rest(own.between(...faultEveryMs));
      const ms = lastForMs ?? own.between(...lastsMs);
      // Each kind once before any comes again, so that short runs meet most of them.
      if (bag.length === 0) bag = kinds;
      const kind = own.pick(bag);
      bag = bag.filter((one) => one !== kind);
      if (isOver()) return;
      note(`${kind} (${Math.round(ms)} ms)`);
      await faultKinds[kind]?.({ ...occasion, ms });
    }
  }

  const running = [wanted.includes(killing) && kill(dice.own('kills')), breakOthers(dice.own('others'))];
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
