import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readConfig } from '../../../src/config.ts';
import { findTooManyVariables } from '../../../src/graphql/limits/inputs.ts';
import { toLimits } from '../../../src/graphql/limits/limits.ts';

const limits = { ...toLimits(readConfig({})), list: 3, nesting: 2, variableValues: 6 };

/** The limit that variables break. */
function broken(variables: Record<string, unknown>): unknown {
  return findTooManyVariables(variables, limits)?.extensions.limit;
}

const list = { name: 'list', most: 3 };
const nesting = { name: 'nesting', most: 2 };
const variableValues = { name: 'variableValues', most: 6 };

const table: [variables: Record<string, unknown>, broken: unknown][] = [
  [{}, undefined],
  [{ a: null, b: 'text of any length', c: 1 }, undefined],
  [{ a: [1, 2, 3] }, undefined],
  [{ a: [1, 2, 3, 4] }, list],
  [{ a: { b: [1, 2, 3, 4] } }, list],
  [{ a: [[]] }, undefined],
  [{ a: [[[]]] }, nesting],
  [{ a: { b: { c: 1 } } }, undefined],
  [{ a: { b: { c: {} } } }, nesting],
  [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, undefined],
  [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }, variableValues],
  [{ a: [1, 2], b: [3, 4] }, undefined],
  [{ a: [1, 2], b: [3, 4], c: 1 }, variableValues],
  [{ a: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 } }, variableValues],
];

for (const [variables, expected] of table) {
  test(`${JSON.stringify(variables)}: ${expected === undefined ? 'allowed' : JSON.stringify(expected)}`, () =>
    assert.deepEqual(broken(variables), expected));
}

/** The same by recursion, one word at a time. */
function isWithin(variables: Record<string, unknown>): boolean {
  let values = 0;
  const holds = (value: unknown, level: number): boolean => {
    values += 1;
    if (typeof value !== 'object' || value === null) return true;
    if (level >= limits.nesting || (Array.isArray(value) && value.length > limits.list)) return false;
    return Object.values(value).every((one) => holds(one, level + 1));
  };
  return Object.values(variables).every((one) => holds(one, 0)) && values <= limits.variableValues;
}

test('any variables are allowed exactly when their values, lists and levels are few enough', () => {
  const json = fc.dictionary(fc.string({ maxLength: 2 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });
  fc.assert(
    fc.property(json, (variables) => {
      assert.equal(
        broken(variables as Record<string, unknown>) === undefined,
        isWithin(variables as Record<string, unknown>),
      );
    }),
    { numRuns: 2_000 },
  );
});
