import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** What other work would disturb: processor time, late timers, the memory of a process, and a limit of less than a second. */
const disturbed = [
  /\bcpuUsage\b/,
  /\bmonitorEventLoopDelay\b/,
  /\.memory\(\)/,
  /assert\.ok\(.*(?:performance\.now\(\) - \w+\)?|Ms|median|\bp\d+)(?: \/ [\w.]+)? <=? \d{1,3}[,)]/,
];

function isDisturbed(source: string): boolean {
  return disturbed.some((sign) => sign.test(source));
}

test('what other work would disturb runs alone', () => {
  const files = globSync('**/*.test.ts', { cwd: import.meta.dirname });
  const crowded = files.filter((file) => !file.endsWith('.alone.test.ts'));
  const misplaced = crowded.filter((file) => isDisturbed(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')));
  assert.deepEqual(misplaced, [], 'name them `*.alone.test.ts`');
});

test('a limit of less than a second is told from a longer one, and from a wait', () => {
  const isShort = (condition: string) => isDisturbed(`assert.ok(${condition}, 'in time');`);
  assert.ok(isShort('performance.now() - startedAt < 450'));
  assert.ok(isShort('(performance.now() - start) / 5 < 50'));
  assert.ok(isShort('waitedMs >= 45 && waitedMs < 500'));
  assert.ok(!isShort('performance.now() - startedAt >= 150'));
  assert.ok(!isShort('tookMs <= 1_500'));
});
