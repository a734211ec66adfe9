import type { JWTPayload } from 'jose';
import { accountPattern } from '../model/account.ts';
import { isScope } from '../model/api-key.ts';
import type { Caller, Scope } from '../model/caller.ts';

/** As OpenID Connect limits it. */
const longestSubject = 255;

/**
 * Who the bearer of a verified token is.
 *
 * @param claims with `exp`; scopes stand in `scope`, `scopes` or `scp`, as a list or separated by spaces.
 * @param toleranceMs by how much our clock may be ahead.
 * @returns undefined where the token names nobody, or an account that can't be one.
 */
export function toCaller(claims: JWTPayload, toleranceMs: number): Caller | undefined {
  const { sub, exp, account = '' } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > longestSubject || exp === undefined) return undefined;
  const isOwner = claims.account === undefined;
  if (typeof account !== 'string' || !(isOwner || accountPattern.test(account))) return undefined;
  const expiresAt = exp * 1_000 + toleranceMs;
  return { name: `jwt:${sub}`, account, scopes: scopesOf(claims), watched: undefined, expiresAt };
}

function scopesOf({ scope, scopes, scp }: JWTPayload): Set<Scope> {
  const granted = scope ?? scopes ?? scp;
  const words: unknown[] = typeof granted === 'string' ? granted.split(' ') : Array.isArray(granted) ? granted : [];
  return new Set(words.filter(isScope));
}
