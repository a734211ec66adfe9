import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

interface Row {
  fault: string;
  cells: string[];
  proofs: { name: string; file: string }[];
}

/** The faults that are tested by now, by their letter. */
const faults: Record<string, number> = { W: 22, U: 17, G: 18, S: 16, T: 3, X: 4 };

async function readList(): Promise<Row[]> {
  const text = await readFile(join(import.meta.dirname, 'FAULTS.md'), 'utf8');
  return [...text.matchAll(/^\| ([A-Z]\d+) (.*) \|$/gm)].map(([, fault = '', rest = '']) => {
    const cells = rest.split(' | ');
    const links = [...(cells[2] ?? '').matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)];
    return { fault, cells, proofs: links.map(([, name = '', file = '']) => ({ name, file })) };
  });
}

/** Whether a file has a test of this name, or of this template of names. */
function hasTest(source: string, name: string): boolean {
  return ["'", '"', '`'].some(
    (quote) => source.includes(`(${quote}${name}${quote},`) || source.includes(`\n  ${quote}${name}${quote},`),
  );
}

test('every fault has a row, with what happens, its proofs and its figure', async () => {
  const rows = await readList();
  const wanted = Object.entries(faults).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  );
  assert.deepEqual(
    rows.map(({ fault }) => fault),
    wanted,
  );
  for (const { fault, cells, proofs } of rows) {
    assert.equal(cells.length, 4, fault);
    assert.ok(proofs.length > 0 && cells.every((cell) => cell.length > 0), fault);
  }
});

test('every test that the list of faults names exists', async () => {
  const proofs = (await readList()).flatMap((row) => row.proofs);
  const missing: string[] = [];
  for (const { name, file } of proofs) {
    const source = await readFile(join(import.meta.dirname, file), 'utf8').catch(() => '');
    if (!hasTest(source, name)) missing.push(`${file}: ${name}`);
  }
  assert.deepEqual(missing, []);
});

test('a test that is only spoken of is not taken for one', () => {
  assert.equal(hasTest("test('it works', async () => {})", 'it works'), true);
  assert.equal(hasTest("testOnEachDatabase(\n  'it works',\n  async () => {})", 'it works'), true);
  assert.equal(hasTest("test('it works not', async () => {})", 'it works'), false);
  assert.equal(hasTest('// it works', 'it works'), false);
});
