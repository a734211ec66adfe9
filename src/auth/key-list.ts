import { readFile } from 'node:fs/promises';
import type { Log } from '../log.ts';
import { type ApiKey, readApiKeys } from '../model/api-key.ts';
import { callerByKey } from './api-keys.ts';
import { notProved, type Prover } from './proof.ts';

/**
 * Proves callers by API keys: those of the settings, and those of a file, which may change while this runs.
 *
 * @param path of the file; undefined when there is none.
 * @returns once the file is read.
 * @throws Error it can't be read, or not all of it is keys.
 */
export async function openKeyList(given: readonly ApiKey[], path: string | undefined, log: Log): Promise<Prover> {
  let seen = path === undefined ? '' : await readFile(path, 'utf8');
  let keys = [...given, ...keysOf(seen, given)];
  let version = 0;
  let isAway = false;

  const take = (text: string) => {
    if (text === seen) return;
    seen = text;
    keys = [...given, ...keysOf(text, given)];
    version += 1;
    log.info({ keys: keys.length }, 'the file of keys has changed');
  };
  return {
    async prove(token) {
      const caller = callerByKey(keys, token);
      if (caller === undefined) throw notProved();
      return caller;
    },
    version: () => version,
    async refresh() {
      if (path === undefined) return;
      // Read rather than watched, since a file that is mounted or linked changes without any sign.
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (!isAway) log.error({ reason: error.code }, 'the file of keys can not be read: the last ones stay');
        return undefined;
      });
      isAway = text === undefined;
      try {
        if (text !== undefined) take(text);
      } catch (error) {
        log.error({ reason: (error as Error).message }, 'the file of keys is wrong: the last ones stay');
      }
    },
  };
}

/** @throws Error naming all that is wrong. */
function keysOf(text: string, given: readonly ApiKey[]): ApiKey[] {
  const { keys, problems } = readApiKeys(text, '\n', given);
  if (problems.length > 0) throw new Error(`API_KEYS_FILE: ${problems.join('; ')}`);
  return keys;
}
