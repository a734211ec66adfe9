import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';

/** The rooms from the ground up; a file imports from lower floors and from its own room only. */
const floors = [
  ['model', 'errors', 'spans'],
  ['config', 'log', 'xendit', 'store', 'bus', 'sandbox'],
  ['feed', 'auth'],
  ['webhook', 'service'],
  ['graphql'],
  ['server'],
  ['app'],
  ['main', 'demo', 'stand-in', 'tracing'],
  ['cli'],
];
/** What runs in browsers too knows no room but itself, and no room knows it. */
const apart = ['client'];
const source = join(import.meta.dirname, '../src');

/** The room of a file: the first folder below `src`, or the file's own name. */
function roomOf(path: string): string {
  return relative(source, path).split(sep)[0]?.replace(/\.ts$/, '') ?? '';
}

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

interface Import {
  from: string;
  to: string;
}

async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(file, 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier = '']) => specifier);
  return specifiers
    .filter((one) => one.startsWith('.'))
    .map((one) => ({ from: file, to: resolve(dirname(file), one) }));
}

async function sourceFiles(): Promise<string[]> {
  const entries = await readdir(source, { recursive: true });
  return entries
    .filter((name) => name.endsWith('.ts') && !name.includes('generated'))
    .map((name) => join(source, name));
}

/** Within a floor, rooms don't know each other; those of the ground floor are one. */
function isAllowed({ from, to }: Import): boolean {
  const [ownRoom, otherRoom] = [roomOf(from), roomOf(to)];
  if (apart.includes(ownRoom) || apart.includes(otherRoom)) return ownRoom === otherRoom;
  const [own, other] = [floorOf(ownRoom), floorOf(otherRoom)];
  return ownRoom === otherRoom || other < own || (own === 0 && other === 0);
}

test('every file is in a room that has a floor', async () => {
  const homeless = (await sourceFiles()).filter((file) => !apart.includes(roomOf(file)) && floorOf(roomOf(file)) < 0);
  assert.deepEqual(homeless, []);
});

test('imports only go down', async () => {
  const imports = (await Promise.all((await sourceFiles()).map(importsOf))).flat();
  assert.ok(imports.length > 50);
  const climbing = imports
    .filter((one) => !isAllowed(one))
    .map(({ from, to }) => `${relative(source, from)} imports ${relative(source, to)}`);
  assert.deepEqual(climbing, []);
});

test('an import that climbs is seen', () => {
  assert.equal(isAllowed({ from: join(source, 'model/money.ts'), to: join(source, 'store/reads.ts') }), false);
  assert.equal(isAllowed({ from: join(source, 'webhook/event.ts'), to: join(source, 'service/once.ts') }), false);
  assert.equal(isAllowed({ from: join(source, 'service/once.ts'), to: join(source, 'store/reads.ts') }), true);
  assert.equal(isAllowed({ from: join(source, 'client/index.ts'), to: join(source, 'model/money.ts') }), false);
  assert.equal(isAllowed({ from: join(source, 'demo.ts'), to: join(source, 'client/index.ts') }), false);
});

test('the client needs nothing that a browser lacks', async () => {
  const files = (await sourceFiles()).filter((file) => roomOf(file) === 'client');
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const packages = texts.flatMap((text) => [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name));
  assert.deepEqual([...new Set(packages)], ['graphql-ws/client']);
});

test('only src/xendit speaks to Xendit, only src/store to the database, only src/bus connects to Redis, and nothing leaves the project', async () => {
  const texts = await Promise.all(
    (await sourceFiles()).map(async (file) => ({ file, text: await readFile(file, 'utf8') })),
  );
  const users = (specifier: RegExp) => [
    ...new Set(texts.filter(({ text }) => specifier.test(text)).map(({ file }) => roomOf(file))),
  ];
  assert.deepEqual(users(/from 'undici'/).sort(), ['sandbox', 'xendit']);
  assert.deepEqual(users(/generated\/client\.ts'|from '@electric-sql/), ['store']);
  // The bus only listens there.
  assert.deepEqual(users(/from 'pg'/).sort(), ['bus', 'store']);
  assert.deepEqual(users(/import \{.*from 'ioredis'/), ['bus']);
  const imports = (await Promise.all((await sourceFiles()).map(importsOf))).flat();
  const leaving = imports.filter(({ to }) => !to.startsWith(join(source, sep)) && !to.startsWith(source));
  assert.deepEqual(leaving, []);
});
