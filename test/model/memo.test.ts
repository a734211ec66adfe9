import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemo } from '../../src/model/memo.ts';

test('each remembers of each object what was set last, and nothing else of it changes', () => {
  const [one, other] = [createMemo<object, string>(), createMemo<object, string>()];
  const [first, second] = [{ id: 1 }, { id: 1 }];
  one.set(first, 'before');
  one.set(first, 'now');
  other.set(second, 'other');
  assert.deepEqual(
    [one.get(first), one.get(second), other.get(first), other.get(second)],
    ['now', undefined, undefined, 'other'],
  );
  assert.deepEqual(first, { id: 1 });
  assert.equal(JSON.stringify(first), '{"id":1}');
});

test('a copy is another object, of which nothing is remembered', () => {
  const memo = createMemo<object, string>();
  const original = { id: 1 };
  memo.set(original, 'of the original');
  const { ...rest } = original;
  for (const copy of [{ ...original }, rest, Object.assign({}, original)]) assert.equal(memo.get(copy), undefined);
});
