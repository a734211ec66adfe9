import { Redis } from 'ioredis';
import type { Outages } from './bus.ts';
import { createOutage, pauseBefore } from './reconnecting.ts';

export interface RedisOptions extends Outages {
  /** `redis:` or `rediss:`, of a single server or what looks like one: not a cluster. */
  url: string;
  /** How often each connection is asked whether it lives, in milliseconds; one that is silent for twice as long is given up. */
  pingMs: number;
  /** The longest pause before connecting again, in milliseconds. */
  reconnectMaxMs: number;
}

/** Two connections to one Redis, since one that subscribes is in nobody's way then. Both come back by themselves, for ever. */
export interface RedisLines {
  /** While away, and when it goes away, each command rejects at once: none waits, and none is sent twice. */
  commands: Redis;
  subscriber: Redis;
  close(): void;
}

/** Connects in the background: whoever opens it needn't wait, and Redis needn't be there. */
export function openRedis({ url, pingMs, reconnectMaxMs, ...outages }: RedisOptions): RedisLines {
  const outage = createOutage(outages);
  let isClosed = false;

  const open = (name: string): Redis => {
    const redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      connectTimeout: pingMs,
      socketTimeout: pingMs,
      keepAlive: pingMs,
      connectionName: `xendit-graphql-${name}`,
      retryStrategy: (attempt) => pauseBefore(attempt, reconnectMaxMs),
    });
    let reason = 'the connection was closed';
    // An error of Redis carries the command that it was about, and that one a password: its message doesn't.
    redis.on('error', ({ message }: Error) => {
      reason = message;
    });
    redis.on('close', () => isClosed || outage.away(name, reason));
    redis.on('ready', () => outage.back(name));
    return redis;
  };
  const lines = { commands: open('commands'), subscriber: open('subscriber') };
  const both = Object.values(lines);
  for (const redis of both) redis.connect().catch(() => undefined);
  // TCP alone doesn't notice in time that the other side has vanished (ioredis issue 1451).
  const pinging = setInterval(() => {
    for (const redis of both) redis.ping().catch(() => undefined);
  }, pingMs);
  pinging.unref();

  return {
    ...lines,
    close() {
      isClosed = true;
      clearInterval(pinging);
      for (const redis of both) redis.disconnect();
    },
  };
}
