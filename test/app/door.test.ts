import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDoor } from '../../src/app/door.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';

const keySet = { XENDIT_SECRET_KEY: 'xnd_development_test', AUTH_JWKS_URL: 'http://127.0.0.1:9/keys' };
const audience = { AUTH_AUDIENCE: 'gateway' };
const issuer = { AUTH_ISSUER: 'https://login.example' };

for (const [environment, unset] of [
  [keySet, ['AUTH_ISSUER', 'AUTH_AUDIENCE']],
  [{ ...keySet, ...audience }, ['AUTH_ISSUER']],
  [{ ...keySet, ...issuer }, ['AUTH_AUDIENCE']],
  [{ ...keySet, ...issuer, ...audience }, undefined],
  [{ AUTH_JWKS_URL: keySet.AUTH_JWKS_URL }, undefined],
] as const) {
  const what = unset === undefined ? 'nothing' : unset.join(' and ');
  test(`with ${Object.keys(environment).join(', ')} it is warned that ${what} is unset`, async (t) => {
    const lines: string[] = [];
    const log = createLog('info', { stream: { write: (line) => void lines.push(line) } });
    const { auth } = await openDoor(readConfig(environment), log);
    t.after(() => auth.close());
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).unset),
      unset === undefined ? [] : [unset],
    );
  });
}
