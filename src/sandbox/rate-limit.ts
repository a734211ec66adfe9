import type { Clock } from './clock.ts';

const windowMs = 60_000;

/** What one request is told about its limit. */
export interface RateLimitVerdict {
  isAllowed: boolean;
  /** `Rate-Limit-Limit`, `Rate-Limit-Remaining` and `Rate-Limit-Reset`: decimal seconds until the window frees a place. */
  headers: Record<string, string>;
}

/** Counts one request against a key, such as an endpoint and an account. */
export type RateLimit = (key: string) => RateLimitVerdict;

/**
 * A sliding window of one minute for each key. Refused requests don't count.
 *
 * Source: Xendit docs, "Rate limits": 60 requests a minute per endpoint and account in test mode.
 */
export function createRateLimit(clock: Clock, requestsPerMinute: number): RateLimit {
  const sent = new Map<string, number[]>();
  return (key) => {
    const now = clock.now();
    const times = sent.get(key) ?? [];
    sent.set(key, times);
    while (times[0] !== undefined && times[0] <= now - windowMs) times.shift();
    const isAllowed = times.length < requestsPerMinute;
    if (isAllowed) times.push(now);
    const resetMs = (times[0] ?? now) + windowMs - now;
    return {
      isAllowed,
      headers: {
        'Rate-Limit-Limit': String(requestsPerMinute),
        'Rate-Limit-Remaining': String(requestsPerMinute - times.length),
        'Rate-Limit-Reset': (Math.ceil(resetMs / 10) / 100).toFixed(2),
      },
    };
  };
}
