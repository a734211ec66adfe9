import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { ThrottledError } from '../errors.ts';
import { within } from '../model/within.ts';
import type { Rates } from './rates.ts';

export interface RatesOptions {
  /** Operations of one caller in a minute at most, in instances that share a Redis together, otherwise in each. */
  operationsPerMinute: number;
  /** Wrong proofs from one address in a minute, before it is told to wait. */
  failuresPerMinute: number;
  /** Where instances count together; while it is away each counts for itself. Of ioredis. */
  redis: unknown;
  /** For it to count one, in milliseconds; then this instance counts it for itself. */
  redisTimeoutMs: number;
  /** Before each key there. */
  prefix: string;
}

const minuteS = 60;

export function createRates({
  operationsPerMinute,
  failuresPerMinute,
  redis,
  redisTimeoutMs,
  prefix,
}: RatesOptions): Rates {
  const limiter = (name: string, points: number) => {
    const options = { points, duration: minuteS, keyPrefix: `${prefix}:${name}` };
    const own = new RateLimiterMemory(options);
    if (redis === undefined) return (key: string) => own.consume(key);
    const shared = new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
    return (key: string) =>
      within(redisTimeoutMs, shared.consume(key)).catch((reason: unknown) => {
        // Of the package an error says that Redis is away; anything else, that there were too many.
        if (reason instanceof Error) return own.consume(key);
        throw reason;
      });
  };
  const operations = limiter('operations', operationsPerMinute);
  const failures = limiter('failures', failuresPerMinute);
  return {
    async countOperation(caller) {
      await operations(caller).catch(throttled('operations'));
    },
    async countFailure(address) {
      await failures(address).catch(throttled('failed proofs'));
    },
  };
}

function throttled(what: string): (reason: unknown) => never {
  return (reason) => {
    if (reason instanceof Error) throw reason;
    const { msBeforeNext = 1_000 } = (reason ?? {}) as Partial<RateLimiterRes>;
    throw new ThrottledError(what, Math.max(1, msBeforeNext));
  };
}
