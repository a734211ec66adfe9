import { Redis } from 'ioredis';

/**
 * Asks a Redis whether it is there, by a connection of its own.
 *
 * @returns its version, such as `7.4.1`.
 * @throws Error it can't be reached, or doesn't let this user in.
 */
export async function pingRedis(url: string, timeoutMs: number): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: () => null,
    connectionName: 'xendit-graphql-doctor',
  });
  let reason: Error | undefined;
  redis.on('error', (error: Error) => {
    reason ??= error;
  });
  try {
    await redis.connect();
    await redis.ping();
    const [, version = ''] = /^redis_version:(\S+)/m.exec(await redis.info('server')) ?? [];
    return version;
  } catch (error) {
    // What refused the connection says more than that it is closed.
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}
