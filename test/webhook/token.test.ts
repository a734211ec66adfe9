import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertCallbackToken } from '../../src/webhook/token.ts';
import { percentile } from '../support/figures.ts';

test('each of the tokens opens the door', () => {
  for (const token of ['old', 'new', 'ключ']) assertCallbackToken(['old', 'new', 'ключ'], token);
});

test('nothing else does', () => {
  const wrong = [undefined, '', 'o', 'olD', 'old ', 'oldnew', 'old, new', 'old\0', ['old'], ['old', 'new'], []];
  for (const given of wrong) {
    assert.throws(() => assertCallbackToken(['old', 'new'], given), { code: 'UNAUTHENTICATED' }, String(given));
  }
});

test('a token that was taken out of the list, as one that was stolen must be, opens nothing any more', () => {
  assertCallbackToken(['stolen', 'new'], 'stolen');
  assert.throws(() => assertCallbackToken(['new'], 'stolen'), { code: 'UNAUTHENTICATED' });
  assertCallbackToken(['new'], 'new');
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

/** Welch's t of two samples, in units of the standard error: beyond 2.6 they differ with a probability of 99 %. */
function differenceOf(one: readonly number[], other: readonly number[]): number {
  const mean = (all: readonly number[]) => all.reduce((sum, value) => sum + value, 0) / all.length;
  const error = (all: readonly number[]) =>
    all.reduce((sum, value) => sum + (value - mean(all)) ** 2, 0) / (all.length - 1) / all.length;
  return (mean(one) - mean(other)) / Math.sqrt(error(one) + error(other));
}

test('how long a refusal takes does not tell how much of the token was right', (t) => {
  const right = 'k'.repeat(64);
  const guesses = { early: `x${right.slice(1)}`, late: `${right.slice(0, -1)}x`, other: 'x'.repeat(64) };
  const times: Record<string, number[]> = { early: [], late: [], other: [] };
  const refuse = (guess: string) => assert.throws(() => assertCallbackToken(['old', right], guess));
  for (let round = 0; round < 12_000; round += 1) {
    for (const [name, guess] of Object.entries(guesses)) {
      const startedAt = process.hrtime.bigint();
      refuse(guess);
      // The first are slower, whatever they are.
      if (round >= 2_000) times[name]?.push(Number(process.hrtime.bigint() - startedAt));
    }
  }
  const { early = [], late = [], other = [] } = times;
  const [early50, late50, other50] = [early, late, other].map((all) => percentile(all, 0.5));
  // The slowest tenth are other work of the machine's.
  const quiet = (all: number[]) => all.toSorted((a, b) => a - b).slice(0, all.length * 0.9);
  t.diagnostic(
    `medians ${early50}, ${late50} and ${other50} ns, t ${differenceOf(quiet(early), quiet(late)).toFixed(2)}`,
  );
  const spread = Math.max(early50 ?? 0, late50 ?? 0, other50 ?? 0) / Math.min(early50 ?? 0, late50 ?? 0, other50 ?? 0);
  assert.ok(spread < 1.25, `${spread}`);
  assert.ok(percentile(early, 0.99) < 5_000_000, 'within 5 ms');
});
