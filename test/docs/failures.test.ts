import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorCodes } from '../../src/errors.ts';
import { startGateway } from '../support/gateway.ts';
import { readBlocks, root } from './blocks.ts';

const document = 'docs/failures.md';

test('a failure is read as the document shows it', async (t) => {
  const [create = ''] = await readBlocks(document, 'graphql');
  const gateway = await startGateway(t);
  const input = { externalId: 'order-1', type: 'DYNAMIC', amount: '15000', idempotencyKey: 'order-1' };
  const ask = async (one: object) => (await gateway.ask<{ createQrCode: object }>(create, { input: one })).data;
  assert.partialDeepStrictEqual(await ask(input), { createQrCode: { qrCode: { status: 'ACTIVE' } } });
  const wrong = { createQrCode: { code: 'INVALID_INPUT', fields: [{ path: ['input', 'amount'] }] } };
  assert.partialDeepStrictEqual(await ask({ ...input, amount: '-1', idempotencyKey: 'order-2' }), wrong);
});

test('every code, failure, outcome and close code has its row', async () => {
  const text = await readFile(join(root, document), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  const named = new Set(rows.flatMap((row) => row.split(' | ')[0]?.match(/\b[A-Z]\w+\b|\b\d{4}\b/g) ?? []));
  const expected = [
    ...errorCodes,
    ...(await codesInSource()),
    ...(await closeCodesInSource()),
    ...(await inContract()),
  ];
  assert.ok(expected.length > 40);
  assert.deepEqual(
    expected.filter((code) => !named.has(code)),
    [],
  );
});

/** What is thrown beside the closed list, where requests are read. */
async function codesInSource(): Promise<string[]> {
  const texts = await sourcesOf('src/graphql', 'src/server');
  return texts.flatMap((text) => [...text.matchAll(/\bcode(?: = |: )'([A-Z_]+)'/g)].map(([, code = '']) => code));
}

async function closeCodesInSource(): Promise<string[]> {
  const texts = await sourcesOf('src/server');
  return texts.flatMap((text) =>
    [...text.matchAll(/^(?:export )?const \w+ = (1\d{3}|4\d{3});/gm)].map(([, code = '']) => code),
  );
}

/** The types that implement Failure, and what may become of a webhook. */
async function inContract(): Promise<string[]> {
  const [failures, webhooks] = await Promise.all(
    ['failure', 'webhook-event'].map((name) => readFile(join(root, `schema/${name}.graphql`), 'utf8')),
  );
  const types = [...(failures ?? '').matchAll(/^type (\w+) implements Failure/gm)].map(([, name = '']) => name);
  const outcomes = /enum WebhookOutcome \{([\s\S]*?)\}/.exec(webhooks ?? '')?.[1] ?? '';
  return [...types, ...[...outcomes.matchAll(/^ {2}([A-Z_]+)$/gm)].map(([, name = '']) => name)];
}

async function sourcesOf(...folders: string[]): Promise<string[]> {
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((name) => join(root, folder, name)),
    ),
  );
  const sources = files.flat().filter((name) => name.endsWith('.ts') && !name.includes('generated'));
  return Promise.all(sources.map((name) => readFile(name, 'utf8')));
}
