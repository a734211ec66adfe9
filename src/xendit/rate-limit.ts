/** What Xendit says of the calls that are left, per endpoint and account. */
export interface RateLimit {
  limit: number | undefined;
  remaining: number | undefined;
  /** How long until calls are allowed again. */
  resetMs: number | undefined;
}

/** The headers of an answer, in lower case. */
export type Headers = Record<string, string | string[] | undefined>;

/** Far beyond any window of Xendit's; a longer wait is a mistake of somebody's clock. */
const maxResetMs = 3_600_000;

/** Reads `Rate-Limit-Limit`, `-Remaining` and `-Reset` (seconds, such as 58.37); undefined when there are none. */
export function readRateLimit(headers: Headers): RateLimit | undefined {
  const limit = numberIn(headers['rate-limit-limit']);
  const remaining = numberIn(headers['rate-limit-remaining']);
  const resetSeconds = numberIn(headers['rate-limit-reset']);
  if (limit === undefined && remaining === undefined && resetSeconds === undefined) return undefined;
  const resetMs = resetSeconds === undefined ? undefined : Math.min(Math.ceil(resetSeconds * 1000), maxResetMs);
  return { limit, remaining, resetMs };
}

function numberIn(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,12}(\.\d{1,12})?$/.test(header.trim()) ? Number(header) : undefined;
}
