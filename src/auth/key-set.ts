import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { GatewayError } from '../errors.ts';
import type { Log } from '../log.ts';

/** The public keys of whoever issues tokens, kept as long as they hold. */
export interface KeySet {
  /**
   * The key that a token's header names.
   *
   * @throws JOSEError the set has no such key.
   * @throws GatewayError UNAVAILABLE the set is too old, or may lack the key, and can't be had now.
   */
  keyFor: JWTVerifyGetKey;
  /** Rises when the set has changed. */
  version(): number;
  /** Fetches a set that is half as old as it may become, so that it seldom gets too old while its server is away. */
  refresh(): Promise<void>;
}

export interface KeySetOptions {
  /** Where it is. */
  url: string;
  /** How long it holds once fetched. */
  maxAgeMs: number;
  /** How long after a fetch no unknown key makes it be fetched again. */
  cooldownMs: number;
  /** For one fetch. */
  timeoutMs: number;
  /** How long after a fetch that failed the next may be made: else every token would make one. */
  retryMs: number;
  log: Log;
}

/** Fetches nothing before it is asked for a key. */
export function createKeySet({ url, maxAgeMs, cooldownMs, timeoutMs, retryMs, log }: KeySetOptions): KeySet {
  let fetchedAt = 0;
  let failure: { error: unknown; at: number } | undefined;
  let known: string | undefined;
  let version = 0;

  const fetchSet = async (address: string, options: RequestInit): Promise<Response> => {
    if (failure !== undefined && performance.now() < failure.at + retryMs) throw failure.error;
    try {
      const response = await fetch(address, options);
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`It answered ${response.status}`);
      }
      const set = (await response.json()) as JSONWebKeySet;
      createLocalJWKSet(set); // A set that isn't one is a failure, too.
      if (failure !== undefined) log.info('the key set is back');
      failure = undefined;
      fetchedAt = Date.now();
      return Response.json(set);
    } catch (error) {
      if (failure === undefined) log.warn({ reason: reasonOf(error) }, 'the key set can not be had');
      failure = { error, at: performance.now() };
      throw error;
    }
  };
  const set = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: maxAgeMs,
    [customFetch]: fetchSet,
  });
  return {
    async keyFor(header, token) {
      try {
        return await set(header, token);
      } catch (error) {
        if (refusals.some((kind) => error instanceof kind)) throw error;
        throw new GatewayError('UNAVAILABLE', 'The keys that prove callers can not be had now: try again', {
          cause: error,
        });
      }
    },
    version() {
      const now = JSON.stringify(set.jwks());
      if (now !== known) version += 1;
      known = now;
      return version;
    },
    async refresh() {
      if (set.jwks() === undefined || Date.now() < fetchedAt + maxAgeMs / 2) return;
      await set.reload().catch(() => undefined); // Told where it failed.
    },
  };
}

/** What says that a token is not of this set; anything else, that there is no set. */
const refusals = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
