import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBlocks, root } from './blocks.ts';

test('CI runs what a person is told to run, in the same order', async () => {
  const [commands = ''] = await readBlocks('docs/developing.md', 'sh');
  const told = commands.trim().split('\n');
  const script = (await readFile(join(root, '.ci/run'), 'utf8')).split('\n');
  assert.deepEqual(
    script.filter((line) => told.includes(line)),
    told,
  );
});

test('each script that is spoken of is there', async () => {
  const text = await readFile(join(root, 'docs/developing.md'), 'utf8');
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const named = [...text.matchAll(/`npm run ([\w:-]+)/g)].map(([, name = '']) => name);
  assert.ok(named.length > 7);
  assert.deepEqual(
    named.filter((name) => !(name in scripts)),
    [],
  );
});
