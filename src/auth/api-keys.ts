import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../model/api-key.ts';
import type { Caller, Scope } from '../model/caller.ts';

const keyPattern = /^xgk_[\w-]{43}$/;

/** Whether a token is of the form of a key. */
export function isKey(token: string): boolean {
  return keyPattern.test(token);
}

/**
 * A key that nobody has yet, and what is kept of it.
 *
 * Its 32 random bytes can't be guessed, unlike a password; so a plain SHA-256 hides it as well as a slow hash would, and
 * costs a caller, or whoever tries keys, no time of ours.
 *
 * @param account in which its caller acts; empty for the owner of the secret key.
 */
export function newApiKey(name: string, scopes: Iterable<Scope>, account: string): { key: string; kept: ApiKey } {
  const key = `xgk_${randomBytes(32).toString('base64url')}`;
  return { key, kept: { name, hash: digestOf(key).toString('hex'), scopes: new Set(scopes), account } };
}

/** Whose key it is. All are compared whole, so that the time it takes tells neither which one fits nor how nearly. */
export function callerByKey(keys: readonly ApiKey[], token: string): Caller | undefined {
  const digest = digestOf(token);
  let found: ApiKey | undefined;
  for (const key of keys) {
    if (timingSafeEqual(Buffer.from(key.hash, 'hex'), digest)) found = key;
  }
  if (found === undefined) return undefined;
  const { name, account, scopes } = found;
  return { name: `key:${name}`, account, scopes, watched: undefined, expiresAt: undefined };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
