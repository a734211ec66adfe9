import { SignJWT } from 'jose';
import { type Caller, scopes } from '../../src/model/caller.ts';

/** Who may do everything. */
export const anyone: Caller = {
  name: 'anyone',
  account: '',
  scopes: new Set(scopes),
  watched: undefined,
  expiresAt: undefined,
};

/** A gateway with this in its environment knows callers by what `signToken` gives. */
export const jwtSecret = 'only for tests: whoever calls them';

export interface Claims {
  sub?: string;
  /** Separated by blanks; all unless told. */
  scope?: string;
  account?: string | undefined;
  /** From now, in seconds. */
  expiresInS?: number;
}

/** A token of a caller who may do everything in the owner's account, unless told. */
export function signToken(claims: Claims = {}): Promise<string> {
  const { sub = 'tests', scope = scopes.join(' '), account, expiresInS = 3_600 } = claims;
  return new SignJWT({ scope, ...(account !== undefined && { account }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setExpirationTime(Date.now() / 1_000 + expiresInS)
    .sign(new TextEncoder().encode(jwtSecret));
}
