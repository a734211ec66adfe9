import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { type ApiKey, writeApiKey } from '../../src/model/api-key.ts';
import { type Caller, scopes } from '../../src/model/caller.ts';
import { type Scope, temporaryFolder } from './database.ts';

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
  audience?: string;
}

/** A token of a caller who may do everything in the owner's account, unless told. */
export function signToken(claims: Claims = {}, secret = jwtSecret): Promise<string> {
  const { sub = 'tests', scope = scopes.join(' '), account, expiresInS = 3_600, audience } = claims;
  return new SignJWT({ scope, ...(account !== undefined && { account }), ...(audience && { aud: audience }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setExpirationTime(Date.now() / 1_000 + expiresInS)
    .sign(new TextEncoder().encode(secret));
}

/** A file of keys, gone when the test is over. */
export interface KeyFile {
  path: string;
  /** Replaces all of it at once. */
  write(keys: readonly ApiKey[]): Promise<void>;
  /** The same, by whatever else it may be. */
  spoil(text: string): Promise<void>;
}

export async function openKeyFile(t: Scope, keys: readonly ApiKey[]): Promise<KeyFile> {
  const path = join(await temporaryFolder(t), 'keys');
  const spoil = async (text: string) => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  const write = (all: readonly ApiKey[]) => spoil(all.map(writeApiKey).join('\n'));
  await write(keys);
  return { path, write, spoil };
}
