import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'graphql';
import { readConfig } from '../../../src/config.ts';
import { toLimits } from '../../../src/graphql/limits/limits.ts';
import { findTooManySelections, moneyMoversOf } from '../../../src/graphql/limits/selections.ts';
import { createSchema } from '../../../src/graphql/schema.ts';

const schema = createSchema();

test('every mutation moves money but those that are known not to', () => {
  const all = Object.keys(schema.getMutationType()?.getFields() ?? {});
  const movers = moneyMoversOf(schema);
  assert.deepEqual(
    all.filter((name) => !movers.has(name)),
    ['createCustomer', 'createWatchToken', 'redriveWebhookEvent'],
  );
});

test('a fragment that spreads itself is refused, however far round', () => {
  const limits = toLimits(readConfig({}));
  const ring = Array.from({ length: 60 }, (_, n) => `fragment F${n} on Query { ...F${(n + 1) % 60} }`).join(' ');
  const found = findTooManySelections(schema, parse(`{ ...F0 } ${ring}`), limits);
  assert.equal(found?.message, 'Fragment "F0" spreads itself');
});

test('the largest limits that can be set hold too', () => {
  const limits = toLimits(readConfig({ GRAPHQL_MAX_SELECTIONS: '5000', GRAPHQL_MAX_DEPTH: '100' }));
  const deep = parse(`${'{ a '.repeat(1_666)}${'}'.repeat(1_666)}`);
  assert.deepEqual(findTooManySelections(schema, deep, limits)?.extensions.limit, { name: 'depth', most: 100 });
  const doubled = Array.from({ length: 490 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
  const vast = parse(`{ ...F0 } ${doubled.join(' ')} fragment F490 on Query { a }`);
  assert.deepEqual(findTooManySelections(schema, vast, limits)?.extensions.limit, { name: 'selections', most: 5_000 });
});
