import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { GatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import { toCaller } from './claims.ts';
import type { KeySet } from './key-set.ts';
import { notProved, type Prover } from './proof.ts';

export interface TokenOptions {
  keySet: KeySet | undefined;
  sharedSecret: string | undefined;
  /** The `iss` that is required; undefined: any, or none. */
  issuer: string | undefined;
  /** The `aud` that is required; undefined: any, or none. */
  audience: string | undefined;
  clockToleranceMs: number;
  log: Log;
}

const symmetric = ['HS256', 'HS384', 'HS512'];
const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/**
 * Proves callers by JWT. A key of the set is held against signatures only, the shared secret against HMACs only; what a
 * token's own header offers as a key (`jwk`, `jku`, `x5u`) is never looked at.
 */
export function createTokens({ keySet, sharedSecret, log, ...options }: TokenOptions): Prover {
  const required: JWTVerifyOptions = {
    requiredClaims: ['exp', 'sub'],
    clockTolerance: options.clockToleranceMs / 1_000,
    ...(options.issuer !== undefined && { issuer: options.issuer }),
    ...(options.audience !== undefined && { audience: options.audience }),
  };
  const secret = sharedSecret === undefined ? undefined : new TextEncoder().encode(sharedSecret);

  const verify = async (token: string): Promise<JWTPayload | undefined> => {
    if (symmetric.includes(decodeProtectedHeader(token).alg ?? '')) {
      return secret && (await jwtVerify(token, secret, { ...required, algorithms: symmetric })).payload;
    }
    return keySet && (await verifyBySet(token, keySet, { ...required, algorithms: asymmetric }));
  };
  return {
    async prove(token) {
      const claims = await verify(token).catch((error: unknown) => {
        if (error instanceof GatewayError) throw error;
        log.debug({ reason: reasonOf(error) }, 'a token was refused');
        return undefined;
      });
      const caller = claims && toCaller(claims, options.clockToleranceMs);
      if (claims && !caller) log.debug({ reason: 'its subject or account can not be one' }, 'a token was refused');
      // The library counts in whole seconds.
      if (caller?.expiresAt === undefined || caller.expiresAt <= Date.now()) throw notProved();
      return caller;
    },
    version: () => keySet?.version() ?? 0,
    refresh: async () => keySet?.refresh(),
  };
}

/** Where several keys may have signed, because they or the token have no `kid`, each is tried. */
async function verifyBySet(token: string, keySet: KeySet, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keySet.keyFor, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (one) {
        if (!(one instanceof errors.JWSSignatureVerificationFailed)) throw one;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** Never the message or the claims, which may have a person's data. */
function reasonOf(error: unknown): string {
  const { code, claim } = error as { code?: string; claim?: string };
  return [code ?? (error as Error).name, claim].filter((part) => part !== undefined).join(' ');
}
