import type { Cluster } from '../cluster/cluster.ts';
import type { Instance } from '../cluster/instance.ts';
import type { Server } from '../cluster/servers.ts';
import type { Dice } from './dice.ts';

/** One fault that is about to happen. */
export interface Occasion {
  cluster: Cluster;
  /** How long it lasts, if it is one that does. */
  ms: number;
  dice: Dice;
  /** Decides which connections are hit. Their number isn't the same in each run, so these throws have dice of their own. */
  hits: Dice;
  /** Waits, but no longer than faults are wanted. */
  rest(ms: number): Promise<unknown>;
  isOver(): boolean;
  note(what: string): void;
  /** Tells that an instance ended as it was asked to. */
  drained(drain: Drain): void;
}

/** An instance that was asked to end: when, and how long it took, in milliseconds. */
export interface Drain {
  at: number;
  afterMs: number;
}

type Fault = (occasion: Occasion) => unknown;

const severedShare = 0.4;
const readyWithinMs = 15_000;

/** What can go wrong, beside `kill -9`. */
export const faultKinds: Record<string, Fault> = {
  'SIGSTOP an instance': ({ cluster, dice, ...occasion }) => freeze(dice.pick(cluster.instances), occasion),
  'stop Postgres': stopAndStart(({ postgres }) => postgres, 'SIGINT'),
  'crash Postgres': stopAndStart(({ postgres }) => postgres, 'SIGQUIT'),
  'stop Redis': stopAndStart(({ redis }) => redis, 'SIGTERM'),
  'kill -9 Redis': stopAndStart(({ redis }) => redis, 'SIGKILL'),
  'reset lines to Postgres': sever(({ postgresLine }) => postgresLine, 'reset'),
  'half-open lines to Postgres': sever(({ postgresLine }) => postgresLine, 'silence'),
  'half-open lines to Redis': sever(({ redisLine }) => redisLine, 'silence'),
  'reset subscribers': sever(({ front }) => front, 'reset'),
  'half-open subscribers': sever(({ front }) => front, 'silence'),
  'half-open deliveries': sever(({ door }) => door, 'silence'),
  'rolling restart': roll,
};

function stopAndStart(serverOf: (cluster: Cluster) => Server, signal: NodeJS.Signals): Fault {
  return async ({ cluster, ms, rest }) => {
    const server = serverOf(cluster);
    server.signal(signal);
    await server.ended();
    await rest(ms);
    await server.start();
  };
}

function sever(lineOf: (cluster: Cluster) => Cluster['front'], how: 'reset' | 'silence'): Fault {
  return ({ cluster, hits }) => lineOf(cluster).sever(how, () => hits.chance(severedShare));
}

async function freeze(instance: Instance, { ms, rest }: Pick<Occasion, 'ms' | 'rest'>): Promise<void> {
  instance.signal('SIGSTOP');
  await rest(ms);
  instance.signal('SIGCONT');
}

async function roll({ cluster, rest, isOver, note, drained }: Occasion): Promise<void> {
  for (const instance of cluster.instances) {
    if (isOver()) return;
    note(`SIGTERM ${instance.name}`);
    const at = Date.now();
    const { ending, afterMs } = await instance.end('SIGTERM', 0);
    if (ending !== 'SIGKILL') drained({ at, afterMs });
    await Promise.race([instance.whenReady(), rest(readyWithinMs)]);
  }
}
