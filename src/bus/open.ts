import type { Redis } from 'ioredis';
import { type Bus, type Outages, silentBus } from './bus.ts';
import { openPostgresBus } from './postgres-bus.ts';
import { openRedis } from './redis.ts';
import { openRedisBus } from './redis-bus.ts';

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

/** Opens the bus over Redis where there is one, otherwise over Postgres; on the embedded database a gateway is the only instance. */
export function openBus({ redisUrl, redisPrefix, databaseUrl, ...options }: BusOptions): {
  bus: Bus;
  /** For other uses of Redis; each command rejects at once while it is away. */
  redis: Redis | undefined;
  close(): Promise<void>;
} {
  if (redisUrl === undefined) {
    const bus = databaseUrl === undefined ? silentBus : openPostgresBus({ ...options, databaseUrl });
    return { bus, redis: undefined, close: () => bus.close() };
  }
  const lines = openRedis({ ...options, url: redisUrl });
  const bus = openRedisBus(lines, redisPrefix);
  const close = async () => {
    await bus.close();
    lines.close();
  };
  return { bus, redis: lines.commands, close };
}
