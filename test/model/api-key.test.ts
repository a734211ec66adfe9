import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readApiKeys, writeApiKey } from '../../src/model/api-key.ts';

const hashes = ['0a', '1b', '2c'].map((two) => two.repeat(32));
const [one = '', other = '', third = ''] = hashes;

test('a list of keys is read, one a line or separated by commas, and remarks are not', () => {
  const entries = [
    `till:${one}:payments:read`,
    `office.2:${other.toUpperCase()}:payments:write+activity:read@branch-1`,
  ];
  const expected = [
    { name: 'till', hash: one, scopes: new Set(['payments:read']), account: '' },
    { name: 'office.2', hash: other, scopes: new Set(['payments:write', 'activity:read']), account: 'branch-1' },
  ];
  assert.deepEqual(readApiKeys(` ${entries.join(' ,, ')} `, ','), { keys: expected, problems: [] });
  const file = `# The shop\r\n${entries[0]}\r\n\r\n  # and its office\r\n${entries[1]}\r\n`;
  assert.deepEqual(readApiKeys(file, '\n'), { keys: expected, problems: [] });
});

test('a key that is written is read as it was', () => {
  const text = `till:${one}:payments:read+webhooks:manage@b\noffice:${other}:activity:read`;
  const { keys } = readApiKeys(text, '\n');
  assert.equal(keys.map(writeApiKey).join('\n'), text);
});

const wrong = [
  'till',
  `till:${one}`,
  `till:${one}:`,
  `till:${one.slice(1)}:payments:read`,
  `till:${one}0:payments:read`,
  `till:xgk_${'k'.repeat(43)}:payments:read`,
  `:${one}:payments:read`,
  `the till:${one}:payments:read`,
  `till:${one}:payments:read+payments:everything`,
  `till:${one}:payments:read+`,
  `till:${one}:toString`,
  `till:${one}:payments:read@`,
  `till:${one}:payments:read@branch 1`,
  `till:${one}:payments:read@${'b'.repeat(65)}`,
  `${'n'.repeat(65)}:${one}:payments:read`,
];

for (const entry of wrong) {
  test(`${entry.replaceAll(/(\w)\1{20,}/g, '$1…')} is no key, and the rest is read`, () => {
    const { keys, problems } = readApiKeys(`first:${other}:payments:read\n${entry}\nlast:${third}:payments:read`, '\n');
    assert.deepEqual(
      keys.map(({ name }) => name),
      ['first', 'last'],
    );
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? '',
      /^line 2 is not name:SHA-256 of the key:scopes, the scopes being among payments:read/,
    );
  });
}

test('no two keys have one name, and no two callers one key, here or in another list', () => {
  const known = readApiKeys(`till:${one}:payments:read`, ',').keys;
  const text = `till:${other}:payments:read,office:${one.toUpperCase()}:payments:read,a:${third}:activity:read,a:${other}:activity:read,b:${third}:activity:read`;
  const { keys, problems } = readApiKeys(text, ',', known);
  assert.deepEqual(
    keys.map(({ name }) => name),
    ['a'],
  );
  assert.deepEqual(problems, [
    'entry 1 has the name of an earlier one',
    'entry 2 has the key of an earlier one',
    'entry 4 has the name of an earlier one',
    'entry 5 has the key of an earlier one',
  ]);
});
