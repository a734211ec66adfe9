import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readRules } from '../../src/app/rules.ts';
import { readConfig } from '../../src/config.ts';
import { createAdmission } from '../../src/graphql/admission.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import type { Caller } from '../../src/model/caller.ts';
import { anyone } from '../support/callers.ts';
import { upTo } from '../support/figures.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const schema = createSchema();
const rules = await readRules(readConfig({}));
const watcher: Caller = {
  ...anyone,
  scopes: new Set(),
  watched: { type: 'QrCode', id: 'qr_1', reference: 'order-1' },
};

/** Each unlike the others, and as long as may be. */
const longQuery = (n: number) => `query q${n} { ${'xenditBudget { limit } '.repeat(140)} }`;

test('a document is read once, and found again by its hash', () => {
  const admission = createAdmission(schema, rules);
  const query = '{ xenditBudget { limit } }';
  const first = admission.read({ query }, anyone);
  const second = admission.read({ query }, anyone);
  assert.ok('document' in first && 'document' in second);
  assert.equal(first.document, second.document);
  const hash = '3b7a9d5e'.padEnd(64, '0');
  assert.equal(admission.findDocument(hash), undefined);
});

test('what nobody is let in with is not remembered, and what is remembered has a limit', () => {
  const admission = createAdmission(schema, rules);
  const heapMb = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const before = heapMb();
  for (const n of upTo(500)) assert.ok(!('document' in admission.read({ query: longQuery(n) }, watcher)));
  const refused = heapMb() - before;
  for (const n of upTo(500)) assert.ok('document' in admission.read({ query: longQuery(n) }, anyone));
  const kept = heapMb() - before;
  assert.ok(refused < 10, `${refused} MB for those that were refused`);
  assert.ok(kept < 60, `${kept} MB for those that were let in`);
});
