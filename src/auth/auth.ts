import type { Log } from '../log.ts';
import type { ApiKey } from '../model/api-key.ts';
import { type Caller, scopes } from '../model/caller.ts';
import { isKey } from './api-keys.ts';
import { openKeyList } from './key-list.ts';
import type { KeySet } from './key-set.ts';
import { bearerToken, notProved, type Prover, unchanging } from './proof.ts';
import { isWatchToken, type WatchTokens } from './watch-tokens.ts';
import { createWatches, type OnChange, type Proof } from './watches.ts';

/** Tells who is calling. */
export interface Auth {
  /**
   * Who it is that sends this `Authorization` header (`Bearer …`).
   *
   * @throws GatewayError UNAUTHENTICATED no proof, or one that doesn't count; UNAVAILABLE the keys that would prove it can't be
   * had now.
   */
  identify(authorization: string | undefined): Promise<Caller>;
  /**
   * Watches over an open connection. While the keys can't be had, the last word stands.
   *
   * @param onChange is told a caller whose scopes or account have changed; or, last of all, the GatewayError by which its proof no
   * longer counts: at the very expiry, and within `recheckMs` of the moment from which `identify` would refuse it.
   * @returns what stops watching.
   */
  watchOver(authorization: string | undefined, caller: Caller, onChange: OnChange): () => void;
  /** Watches over nobody any more; whoever was watched isn't told. */
  close(): void;
}

export interface AuthOptions {
  /** Where the key set is whose keys sign tokens. */
  jwksUrl: string | undefined;
  jwksMaxAgeMs: number;
  jwksCooldownMs: number;
  jwksTimeoutMs: number;
  /** Signs tokens, too. */
  jwtSecret: string | undefined;
  issuer: string | undefined;
  audience: string | undefined;
  clockToleranceMs: number;
  apiKeys: readonly ApiKey[];
  /** A file of more of them. */
  apiKeysFile: string | undefined;
  watchTokens: WatchTokens;
  /** Whether everybody may do everything, as with the sandbox, when nothing above tells callers apart. */
  isOpen: boolean;
  recheckMs: number;
  log: Log;
}

/**
 * @returns once the file of keys is read.
 * @throws Error it can't be read, or not all of it is keys.
 */
export async function openAuth(options: AuthOptions): Promise<Auth> {
  const { apiKeys, apiKeysFile, isOpen, recheckMs, log } = options;
  const keys = await openKeyList(apiKeys, apiKeysFile, log);
  const tokens = await openTokens(options);
  const watchTokens: Prover = { prove: (token) => options.watchTokens.read(token), ...unchanging };

  const proverOf = (token: string | undefined): Prover => {
    if (token !== undefined && isWatchToken(token)) return watchTokens;
    if (isOpen) return everybody;
    if (token === undefined) return nobody;
    return isKey(token) ? keys : tokens;
  };
  const proofOf = (authorization: string | undefined): Proof => {
    const token = bearerToken(authorization);
    return { prover: proverOf(token), token: token ?? '' };
  };

  const watches = createWatches(log);
  // Each by itself, so that a key set that takes its time to come holds up no key that was revoked.
  const timers = [keys, tokens].map((prover) => {
    let isChecking = false;
    return setInterval(async () => {
      if (isChecking) return;
      isChecking = true;
      await prover.refresh();
      await watches.recheck(prover);
      isChecking = false;
    }, recheckMs);
  });
  return {
    async identify(authorization) {
      const { prover, token } = proofOf(authorization);
      return prover.prove(token);
    },
    watchOver: (authorization, caller, onChange) => watches.watch(proofOf(authorization), caller, onChange),
    close() {
      for (const timer of timers) clearInterval(timer);
      watches.close();
    },
  };
}

/** Without anything to hold tokens against nobody is proved by one, and what reads them isn't loaded. */
async function openTokens(options: AuthOptions): Promise<Prover> {
  const { jwksUrl, jwtSecret } = options;
  if (jwksUrl === undefined && jwtSecret === undefined) return nobody;
  const { createTokens } = await import('./tokens.ts');
  const keySet = jwksUrl === undefined ? undefined : await openKeySet(jwksUrl, options);
  return createTokens({ ...options, keySet, sharedSecret: jwtSecret });
}

async function openKeySet(
  url: string,
  { jwksMaxAgeMs, jwksCooldownMs, jwksTimeoutMs, recheckMs, log }: AuthOptions,
): Promise<KeySet> {
  const { createKeySet } = await import('./key-set.ts');
  return createKeySet({
    url,
    maxAgeMs: jwksMaxAgeMs,
    cooldownMs: jwksCooldownMs,
    timeoutMs: jwksTimeoutMs,
    retryMs: recheckMs,
    log,
  });
}

const anyone: Caller = {
  name: 'anyone',
  account: '',
  scopes: new Set(scopes),
  watched: undefined,
  expiresAt: undefined,
};

const everybody: Prover = { prove: async () => anyone, ...unchanging };

const nobody: Prover = { prove: async () => Promise.reject(notProved()), ...unchanging };
