import { readFile } from 'node:fs/promises';
import { isLoopback } from '../../config/loopback.ts';
import type { Config } from '../../config.ts';
import { readApiKeys } from '../../model/api-key.ts';
import { objectOf } from '../../model/json.ts';
import { reasonOf } from '../command-error.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** Whether callers can be told apart, by what is set for it. */
export async function checkCallers(config: Config, timeoutMs: number): Promise<Check> {
  const { isOpen, host, authJwksUrl, authJwtSecret, apiKeys, apiKeysFile } = config;
  if (isOpen) {
    return isLoopback(new URL(`http://${host.includes(':') ? `[${host}]` : host}`))
      ? ok('callers', 'whoever is on this machine may do everything in the sandbox')
      : warning(
          'callers',
          `whoever reaches ${host} may do everything in the sandbox`,
          'leave HOST out, or set API_KEYS',
        );
  }
  try {
    const ways = [
      ...(authJwksUrl === undefined ? [] : [`${await countKeys(authJwksUrl, timeoutMs)} keys at AUTH_JWKS_URL`]),
      ...(authJwtSecret === undefined ? [] : ['AUTH_JWT_SECRET']),
      ...(apiKeys.length === 0 ? [] : [`${apiKeys.length} API_KEYS`]),
      ...(apiKeysFile === undefined ? [] : [`${await readKeys(apiKeysFile)} keys in API_KEYS_FILE`]),
    ];
    return ok('callers', `told apart by ${ways.join(', ')}`);
  } catch (error) {
    return problem('callers', error instanceof Error ? error.message : String(error), 'mend it, or name another');
  }
}

async function countKeys(url: string, timeoutMs: number): Promise<number> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    const keys = objectOf(await answer.json())?.keys;
    if (answer.ok && Array.isArray(keys)) return keys.length;
  } catch (error) {
    throw new Error(`AUTH_JWKS_URL: ${reasonOf(error)}`, { cause: error });
  }
  throw new Error('AUTH_JWKS_URL: what is there is no key set');
}

async function readKeys(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`API_KEYS_FILE: ${reasonOf(error)}`, { cause: error });
  });
  const { keys, problems } = readApiKeys(text, '\n');
  if (problems.length > 0) throw new Error(`API_KEYS_FILE: ${problems.join('; ')}`);
  return keys.length;
}
