import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findBinary } from '../cluster/binaries.ts';

const run = promisify(execFile);
const runner = join(import.meta.dirname, 'run.ts');
const isInstalled = await Promise.all([findBinary('postgres'), findBinary('redis-server')]).then(
  () => true,
  () => false,
);
const options = { skip: !isInstalled && !process.env.CI && 'Postgres and Redis are not installed' };

test(
  'a short run with one killed gateway keeps every promise, says so in its last line and leaves nothing',
  options,
  async () => {
    const kinds = ['--only', 'kill -9 an instance'];
    const size = ['--minutes', '0.25', '--instances', '1', '--subscribers', '20', '--rate', '20'];
    const { stdout } = await run(process.execPath, [runner, '--seed', '7', ...kinds, ...size]);
    const lines = stdout.trim().split('\n');
    const figures = JSON.parse(lines.at(-1) ?? '');
    assert.deepEqual(Object.keys(figures), [
      ...['seed', 'deliveries', 'acknowledged', 'lost', 'duplicated', 'outOfOrder', 'p50Ms', 'p99Ms', 'kills'],
    ]);
    assert.partialDeepStrictEqual(figures, { seed: 7, lost: 0, duplicated: 0, outOfOrder: 0 });
    assert.ok(figures.kills >= 1 && figures.acknowledged >= 200 && figures.p50Ms >= 0, stdout);
    const [, folder = ''] = /logs in (\S+)/.exec(stdout) ?? [];
    await assert.rejects(access(folder), { code: 'ENOENT' });
  },
);

test('a fault that does not exist is refused, with the names of those that do', async () => {
  await assert.rejects(run(process.execPath, [runner, '--only', 'an earthquake']), {
    code: 2,
    stderr: /^There is no fault "an earthquake": there are kill -9 an instance, .*rolling restart\n$/,
  });
});
