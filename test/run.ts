/**
 * `npm test`: all test files two at a time, then those whose figures other work would disturb (`*.alone.test.ts`) one by one.
 * What is given to it goes to `node --test`, as in `npm test -- --test-name-pattern=refund`.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const files = globSync('test/**/*.test.ts', { cwd: root }).sort();
const isAlone = (file: string) => file.endsWith('.alone.test.ts');

/** @returns whether all of them passed. */
function runTests(some: string[], atOnce: number): boolean {
  const { status } = spawnSync(
    process.execPath,
    ['--test', `--test-concurrency=${atOnce}`, '--test-timeout=120000', ...process.argv.slice(2), ...some],
    {
      cwd: root,
      // What was compiled for one file needn't be for the next.
      env: { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'), ...process.env },
      stdio: 'inherit',
    },
  );
  return status === 0;
}

const outcomes = [
  runTests(
    files.filter((file) => !isAlone(file)),
    2,
  ),
  runTests(files.filter(isAlone), 1),
];
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
