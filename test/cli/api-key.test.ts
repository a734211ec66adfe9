import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { callerByKey } from '../../src/auth/api-keys.ts';
import { readApiKeys } from '../../src/model/api-key.ts';

function run(...given: string[]) {
  const program = join(import.meta.dirname, '../../src/cli.ts');
  return spawnSync(process.execPath, [program, 'api-key', ...given], { encoding: 'utf8' });
}

test('a new key is shown with an entry that knows its bearer, and no two are alike', () => {
  const shown = [1, 2].map(() => {
    const { status, stdout } = run('till', 'payments:read+payments:write', 'branch-1');
    assert.equal(status, 0);
    const [, key = '', entry = ''] = /^key +(\S+) .*\nentry +(\S+) .*\n$/.exec(stdout) ?? [];
    assert.match(key, /^xgk_[\w-]{43}$/);
    assert.deepEqual(callerByKey(readApiKeys(entry, '\n').keys, key), {
      name: 'key:till',
      account: 'branch-1',
      scopes: new Set(['payments:read', 'payments:write']),
      watched: undefined,
      expiresAt: undefined,
    });
    return key;
  });
  assert.notEqual(shown[0], shown[1]);
});

test('as JSON it is one document', () => {
  const { key, entry } = JSON.parse(run('till', 'payments:read', '--json').stdout) as { key: string; entry: string };
  assert.equal(callerByKey(readApiKeys(entry, '\n').keys, key)?.name, 'key:till');
});

const wrong = [
  [],
  ['till'],
  ['the till', 'payments:read'],
  ['#till', 'payments:read'],
  ['a,b', 'payments:read'],
  ['till', 'payments'],
  ['till', 'payments:read', 'b', 'c'],
];

for (const given of wrong) {
  test(`${JSON.stringify(given)} makes no key, and says what is wrong`, () => {
    const { status, stdout, stderr } = run(...given);
    assert.deepEqual([status, stdout], [2, '']);
    assert.ok(stderr.trim().length > 10, stderr);
  });
}
