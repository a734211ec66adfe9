import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readRules } from '../../src/app/rules.ts';
import { readConfig } from '../../src/config.ts';

async function write(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'persisted-documents.json');
  await writeFile(path, text);
  return path;
}

test('with a file of trusted documents only those may run', async (t) => {
  const path = await write(t, '{ "abc": "{ __typename }" }');
  const { documents } = await readRules(readConfig({ TRUSTED_DOCUMENTS: path }));
  assert.equal(documents.resolve({ documentId: 'abc' }), '{ __typename }');
  assert.throws(() => documents.resolve({ query: '{ node(id: "1") { id } }' }), { name: 'GraphQLError' });
});

test('a file of trusted documents that can’t be read keeps the gateway from starting', async (t) => {
  const path = await write(t, '{ "abc": ');
  await assert.rejects(readRules(readConfig({ TRUSTED_DOCUMENTS: path })), /^Error: TRUSTED_DOCUMENTS can't be read: /);
  const missing = readConfig({ TRUSTED_DOCUMENTS: `${path}.missing` });
  await assert.rejects(readRules(missing), /^Error: TRUSTED_DOCUMENTS can't be read: ENOENT/);
});

test('each limit is the one that is set', async () => {
  const { limits } = await readRules(readConfig({ GRAPHQL_MAX_ALIASES: '3', GRAPHQL_MAX_COST: '4' }));
  assert.equal(limits.aliases, 3);
  assert.equal(limits.cost, 4);
});
