import { createHash, randomBytes } from 'node:crypto';
import { type Auth, openAuth } from '../auth/auth.ts';
import { createWatchTokens, type WatchTokens } from '../auth/watch-tokens.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';

/** Who is let in. */
export interface Door {
  auth: Auth;
  watchTokens: WatchTokens;
}

/** @throws Error the file of API keys can't be read. */
export async function openDoor(config: Config, log: Log): Promise<Door> {
  const unset = [
    ...(config.authIssuer === undefined ? ['AUTH_ISSUER'] : []),
    ...(config.authAudience === undefined ? ['AUTH_AUDIENCE'] : []),
  ];
  if (config.xenditSecretKey !== undefined && config.authJwksUrl !== undefined && unset.length > 0)
    log.warn({ unset }, 'tokens of the key set count whoever issued them or whomever they are meant for');
  const watchTokens = createWatchTokens(watchSecretOf(config), config.watchTokenMaxAgeMs);
  const auth = await openAuth({
    jwksUrl: config.authJwksUrl,
    jwksMaxAgeMs: config.authJwksMaxAgeMs,
    jwksCooldownMs: config.authJwksCooldownMs,
    jwksTimeoutMs: config.authJwksTimeoutMs,
    jwtSecret: config.authJwtSecret,
    issuer: config.authIssuer,
    audience: config.authAudience,
    clockToleranceMs: config.authClockToleranceMs,
    apiKeys: config.apiKeys,
    apiKeysFile: config.apiKeysFile,
    watchTokens,
    isOpen: config.isOpen,
    recheckMs: config.authRecheckMs,
    log,
  });
  return { auth, watchTokens };
}

/** The secret that signs cursors: the same on every instance with the same settings. */
export function cursorSecretOf({ cursorSecret, xenditSecretKey = 'sandbox' }: Config): string {
  return cursorSecret ?? createHash('sha256').update(`cursors of ${xenditSecretKey}`).digest('hex');
}

/** Where callers are told apart, nobody else may know it; then a sandbox alone has none that holds beyond this process. */
function watchSecretOf(config: Config): string {
  const { watchTokenSecret, cursorSecret, xenditSecretKey, isOpen } = config;
  const own = watchTokenSecret ?? cursorSecret;
  if (own !== undefined) return own;
  return xenditSecretKey !== undefined || isOpen ? cursorSecretOf(config) : randomBytes(32).toString('hex');
}
