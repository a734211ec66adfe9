import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Instance, startInstance } from './instance.ts';
import { type Line, openLine } from './line.ts';
import { createProgram } from './program.ts';
import { type Server, startPostgres, startRedis } from './servers.ts';

export interface ClusterOptions {
  /** How many gateways. */
  instances: number;
  /** More settings for each gateway. */
  environment?: Record<string, string>;
}

/** Gateways on one Postgres, one Redis and one sandbox, all started for this and nobody else's. */
export interface Cluster {
  /** Data and logs. */
  folder: string;
  postgres: Server;
  redis: Server;
  /** Straight to Postgres, past the gateways' line. */
  databaseUrl: string;
  /** Between the gateways and Postgres. */
  postgresLine: Line;
  /** Between the gateways and Redis. */
  redisLine: Line;
  /** Where subscribers reach the gateways, by turns. */
  front: Line;
  /** Where deliveries reach them. */
  door: Line;
  sandboxUrl: string;
  instances: Instance[];
  /** Stops everything. @param keep leaves the folder. */
  close(keep?: boolean): Promise<void>;
}

/** Of every delivery in the cluster. */
export const callbackToken = 'cluster-callback-token';

/**
 * Starts everything from the installed binaries, on free ports.
 *
 * @throws Error Postgres or Redis isn't installed, or something could not start.
 */
export async function startCluster({ instances: count, environment = {} }: ClusterOptions): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'xendit-graphql-cluster-'));
  const opened: (() => Promise<void>)[] = [];
  const close = async (keep = false) => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
    await rm(keep ? join(folder, 'postgres') : folder, { recursive: true, force: true });
  };
  const closing = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.push(() => one.close());
    return one;
  };
  try {
    const postgres = closing(await startPostgres(folder));
    const redis = closing(await startRedis(folder));
    const postgresLine = closing(await openLine(() => [postgres.port]));
    const redisLine = closing(await openLine(() => [redis.port]));
    const instances: Instance[] = [];
    const ports = () => instances.map((one) => one.port()).filter((port) => port !== undefined);
    const front = closing(await openLine(ports));
    const door = closing(await openLine(ports));
    const sandboxUrl = await startSandbox(folder, door, closing);
    for (let number = 1; number <= count; number += 1) {
      const instance = await startInstance(`gateway-${number}`, folder, {
        DATABASE_URL: databaseUrlAt(postgresLine.port),
        REDIS_URL: `redis://127.0.0.1:${redisLine.port}`,
        XENDIT_BASE_URL: sandboxUrl,
        PUBLIC_URL: `http://localhost:${door.port}`,
        XENDIT_CALLBACK_TOKENS: callbackToken,
        ...environment,
      });
      instances.push(closing(instance));
    }
    await Promise.all(instances.map((one) => one.whenReady()));
    const databaseUrl = databaseUrlAt(postgres.port);
    return { folder, postgres, redis, databaseUrl, postgresLine, redisLine, front, door, sandboxUrl, instances, close };
  } catch (error) {
    await close(true);
    throw error;
  }
}

async function startSandbox(
  folder: string,
  door: Line,
  closing: <T extends { close(): Promise<void> }>(one: T) => T,
): Promise<string> {
  const sandbox = createProgram({
    command: process.execPath,
    args: [join(import.meta.dirname, '../../src/stand-in.ts')],
    environment: {
      SANDBOX_PORT: '0',
      SANDBOX_WEBHOOK_URLS: `http://127.0.0.1:${door.port}/webhooks/xendit`,
      XENDIT_CALLBACK_TOKENS: callbackToken,
    },
    logFile: join(folder, 'sandbox.log'),
    ready: /^ready +(\S+)/,
  });
  closing(sandbox);
  const [, url = ''] = await sandbox.start();
  return url;
}

function databaseUrlAt(port: number): string {
  return `postgresql://postgres@127.0.0.1:${port}/postgres`;
}
