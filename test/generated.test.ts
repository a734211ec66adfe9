import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { generate, loadContext } from '@graphql-codegen/cli';

const root = join(import.meta.dirname, '..');
const howToMend = 'run `npm run generate`';

test('the types of the graph are what the contract says', async () => {
  const context = await loadContext(join(root, 'codegen.ts'));
  const outputs = (await generate(context, false)) as { filename: string; content: string }[];
  assert.ok(outputs.length > 0);
  for (const { filename, content } of outputs) {
    assert.equal(await readFile(filename, 'utf8'), content, `${filename} is out of date: ${howToMend}`);
  }
});

test('the database client is what the schema says', async () => {
  const schema = await readFile(join(root, 'prisma/schema.prisma'), 'utf8');
  const client = await readFile(join(root, 'src/store/generated/internal/class.ts'), 'utf8');
  assert.ok(client.includes(JSON.stringify(schema).slice(1, -1)), `the client is out of date: ${howToMend}`);
});
