import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

/** Below these versions something is known that could be used against a gateway. */
const floors: Record<string, string> = {
  '@apollo/server': '5.5.1',
  graphql: '16.15.0',
  'graphql-ws': '6.4.0',
  ws: '8.23.0',
  undici: '8.12.0',
};

/** What a package must not be there at all for, or not below a version. */
const unwanted: Record<string, string | undefined> = {
  'subscriptions-transport-ws': undefined,
  'graphql-upload': undefined,
  'apollo-server': undefined,
  '@escape.tech/graphql-armor': '3.1.4',
};

/** Each copy in the lockfile that isn't for development alone, by the name of its package. */
async function lockedCopies(): Promise<{ name: string; path: string; version: string; isForDevelopment: boolean }[]> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; dev?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, dev = false }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, path, version, isForDevelopment: dev };
    });
}

function isAtLeast(version: string, floor: string): boolean {
  const [own, least] = [version, floor].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  const differing = least?.findIndex((part, index) => part !== own?.[index]) ?? -1;
  return differing < 0 || (own?.[differing] ?? 0) > (least?.[differing] ?? 0);
}

test('versions compare as numbers', () => {
  assert.equal(isAtLeast('8.23.0', '8.23.0'), true);
  assert.equal(isAtLeast('10.0.0', '9.9.9'), true);
  assert.equal(isAtLeast('8.9.10', '8.10.9'), false);
  assert.equal(isAtLeast('8.22.9', '8.23.0'), false);
});

test('every package with a known weakness is locked and installed above it', async () => {
  const copies = await lockedCopies();
  for (const [name, floor] of Object.entries(floors)) {
    const own = copies.filter((copy) => copy.name === name && !copy.isForDevelopment);
    assert.ok(own.length > 0, `${name} is not locked`);
    for (const { path, version } of own) {
      assert.ok(isAtLeast(version, floor), `${path} is ${version}, below ${floor}`);
      const installed = JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8')) as { version: string };
      assert.equal(installed.version, version, path);
    }
  }
});

test('there is one graphql, and none of what is not to be used', async () => {
  const copies = await lockedCopies();
  const pathsOf = (name: string) => copies.filter((copy) => copy.name === name).map(({ path }) => path);
  assert.deepEqual(pathsOf('graphql'), ['node_modules/graphql']);
  for (const [name, floor] of Object.entries(unwanted)) {
    const tooOld = copies.filter((copy) => copy.name === name && (!floor || !isAtLeast(copy.version, floor)));
    assert.deepEqual(tooOld, [], name);
  }
});

/** In sources: what would share one caller's answers with another, or put text into SQL. */
const banned: [what: string, pattern: RegExp][] = [
  ['an interceptor of undici that keeps or shares answers', /\binterceptors\s*\.\s*(cache|deduplicate|dns)\b/],
  ['interceptors of undici under another name', /\b(cacheStores|MemoryCacheStore|SqliteCacheStore)\b/],
  ['SQL made of text', /\$(queryRawUnsafe|executeRawUnsafe)\b|\bPrisma\s*\.\s*raw\s*\(/],
  ['code made of text', /\beval\s*\(|\bnew Function\s*\(/],
];

test('no source uses what is never to be used', async () => {
  const files = await readdir(join(root, 'src'), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.includes('generated'));
  assert.ok(sources.length > 200, String(sources.length));
  const found: string[] = [];
  for (const file of sources) {
    const text = await readFile(join(root, 'src', file), 'utf8');
    for (const [what, pattern] of banned) if (pattern.test(text)) found.push(`${file}: ${what}`);
  }
  assert.deepEqual(found, []);
});
