import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/database.ts';
import { clientOf } from '../support/gateway.ts';
import { readBlocks, root, run, runInShell } from './blocks.ts';

const languages = ['sh', 'graphql', 'graphql', 'graphql'];

test('what the README has to run and to paste works in its order, and so does the demo', async (t) => {
  const [start = '', create = '', watch = '', pay = ''] = await readBlocks('README.md', ...languages);
  const [install, ...rest] = start.split('\n');
  // Run already, or nothing else would be here.
  assert.equal(install, 'npm ci');
  const places = { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: await temporaryFolder(t) };
  const started = runInShell(t, rest.join('\n'), places);
  const [, url = ''] = await started.until(/^ready +(\S+)\/graphql$/m);
  const gateway = clientOf(t, url);

  const created = await gateway.ask<{ createQrCode: { qrCode: { status: string } } }>(create);
  assert.equal(created.data?.createQrCode.qrCode.status, 'ACTIVE');
  const changes = gateway.subscribe<{ qrCodeChanged: { kind: string } }>(watch);
  assert.equal((await changes.next())?.qrCodeChanged.kind, 'SNAPSHOT');
  const paid = await gateway.ask<{ simulateQrPayment: { qrPayment: { status: string } } }>(pay);
  assert.equal(paid.data?.simulateQrPayment.qrPayment.status, 'COMPLETED');
  assert.equal((await changes.next())?.qrCodeChanged.kind, 'PAYMENT');

  const { code, printed } = await run(t, ['npm', 'run', '--silent', 'demo'], { PORT: new URL(url).port }).ended;
  assert.equal(code, 0, printed);
  const steps = printed
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  assert.deepEqual(steps, ['gateway', 'created', 'to', 'drawn', 'told', 'paid', 'told', 'complete', 'stored', 'done']);
});

test('the README and each document link to what is there', async () => {
  const documents = ['README.md', 'SECURITY.md', 'ARCHITECTURE.md', ...(await documentsOf('docs'))];
  const texts = await Promise.all(
    documents.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
  );
  const broken: string[] = [];
  for (const { path, text } of texts) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      if (!existsSync(join(root, path, '..', target))) broken.push(`${path}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

test('each document with code has a test that runs it', async () => {
  for (const path of await documentsOf('docs')) {
    const text = await readFile(join(root, path), 'utf8');
    if (!text.includes('\n```')) continue;
    const name = path.replace(/^docs\//, '').replace(/\.md$/, '.test.ts');
    assert.ok(existsSync(join(import.meta.dirname, name)), `${path} is run by no test/docs/${name}`);
  }
});

async function documentsOf(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder));
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}
