import type { Redis } from 'ioredis';
import { type Bus, type Outages, silentBus } from './bus.ts';

export interface BusOptions extends Outages {
  redisUrl: string | undefined;
  /** Of its channels in Redis. */
  redisPrefix: string;
  databaseUrl: string | undefined;
  /** How often a connection is asked whether it lives, in milliseconds; one that is silent for twice as long is given up. */
  pingMs: number;
  /** The longest pause before connecting again, in milliseconds. */
  reconnectMaxMs: number;
}

/** A bus that is open. */
export interface OpenBus {
  bus: Bus;
  /** For other uses of Redis; each command rejects at once while it is away. */
  redis: Redis | undefined;
  close(): Promise<void>;
}

/**
 * Opens the bus over Redis where there is one, otherwise over Postgres; on the embedded database a gateway is the only instance.
 * Only what is used is loaded.
 */
export async function openBus({ redisUrl, redisPrefix, databaseUrl, ...options }: BusOptions): Promise<OpenBus> {
  if (redisUrl !== undefined) {
    const [{ openRedis }, { openRedisBus }] = await Promise.all([import('./redis.ts'), import('./redis-bus.ts')]);
    const lines = openRedis({ ...options, url: redisUrl });
    const bus = openRedisBus(lines, redisPrefix);
    const close = async () => {
      await bus.close();
      lines.close();
    };
    return { bus, redis: lines.commands, close };
  }
  const bus =
    databaseUrl === undefined
      ? silentBus
      : (await import('./postgres-bus.ts')).openPostgresBus({ ...options, databaseUrl });
  return { bus, redis: undefined, close: () => bus.close() };
}
