import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertCallbackToken } from '../../src/webhook/token.ts';

test('each of the tokens opens the door', () => {
  for (const token of ['old', 'new', 'ключ']) assertCallbackToken(['old', 'new', 'ключ'], token);
});

test('nothing else does', () => {
  const wrong = [undefined, '', 'o', 'olD', 'old ', 'oldnew', 'old, new', 'old\0', ['old'], ['old', 'new'], []];
  for (const given of wrong) {
    assert.throws(() => assertCallbackToken(['old', 'new'], given), { code: 'UNAUTHENTICATED' }, String(given));
  }
});

test('where no token is known, none fits, and an empty one is none', () => {
  assert.throws(() => assertCallbackToken([], 'old'), { code: 'UNAUTHENTICATED' });
  assert.throws(() => assertCallbackToken([''], ''), { code: 'UNAUTHENTICATED' });
  assert.throws(() => assertCallbackToken([''], undefined), { code: 'UNAUTHENTICATED' });
});

test('the refusal shows neither the token given nor those that are right', () => {
  assert.throws(
    () => assertCallbackToken(['right'], 'wrong-one'),
    ({ message, stack }: Error) => !/right|wrong-one/.test(message) && !/right'|wrong-one/.test(stack ?? ''),
  );
});
