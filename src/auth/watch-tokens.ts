import { hkdfSync, randomBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Caller, Watched } from '../model/caller.ts';
import { resourceTypes } from '../model/status.ts';
import { notProved } from './proof.ts';

/** Writes and reads the tokens by which a payer's browser may watch one resource. */
export interface WatchTokens {
  /** @param account the resource's; empty for the owner of the secret key. */
  issue(account: string, watched: Watched): Promise<{ token: string; expiresAt: Date }>;
  /** @throws GatewayError UNAUTHENTICATED it was not issued here, or has expired. */
  read(token: string): Promise<Caller>;
}

const typ = 'watch+jwt';

/** @param secret the same on every instance. What signs is derived from it, so that it may sign other things as well. */
export function createWatchTokens(secret: string, maxAgeMs: number): WatchTokens {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'watch tokens', 32));
  return {
    async issue(account, { type, id, reference }) {
      const { SignJWT } = await import('jose');
      const expiresAt = Date.now() + maxAgeMs;
      const token = await new SignJWT({ type, id, reference, account })
        .setProtectedHeader({ alg: 'HS256', typ })
        .setJti(randomBytes(6).toString('base64url'))
        .setExpirationTime(expiresAt / 1_000)
        .sign(key);
      return { token, expiresAt: new Date(expiresAt) };
    },
    async read(token) {
      const { jwtVerify } = await import('jose');
      const verified = await jwtVerify(token, key, { typ, algorithms: ['HS256'], requiredClaims: ['exp'] }).catch(
        () => undefined,
      );
      const caller = verified && toCaller(verified.payload);
      if (caller?.expiresAt === undefined || caller.expiresAt <= Date.now()) throw notProved();
      return caller;
    },
  };
}

/** Whether a token says that it is one of these; only reading it tells whether it is. */
export function isWatchToken(token: string): boolean {
  const [header = ''] = token.split('.', 1);
  try {
    const said = JSON.parse(Buffer.from(header, 'base64url').toString()) as { typ?: string } | null;
    // As the library compares it.
    return said?.typ?.toLowerCase().replace(/^application\//, '') === typ;
  } catch {
    return false;
  }
}

/** Each token is a caller of its own: many may watch one code. */
function toCaller({ type, id, reference, account, jti = '', exp = 0 }: JWTPayload): Caller | undefined {
  const known = resourceTypes.find((one) => one === type);
  if (known === undefined || typeof id !== 'string' || typeof account !== 'string') return undefined;
  return {
    name: `watch:${known}:${id}${account === '' ? '' : `@${account}`}#${jti}`,
    account,
    scopes: new Set(),
    watched: { type: known, id, reference: typeof reference === 'string' ? reference : undefined },
    expiresAt: Math.round(exp * 1_000),
  };
}
