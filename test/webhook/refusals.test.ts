import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { createRefusals } from '../../src/webhook/refusals.ts';

test('refusals are all counted, and told at once and then once a minute at most', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const lines: [refused: number, total: number][] = [];
  const log = pino(
    { level: 'warn' },
    {
      write(line: string) {
        const { refused, total } = JSON.parse(line) as Record<'refused' | 'total', number>;
        lines.push([refused, total]);
      },
    },
  );
  const refusals = createRefusals(log, 60_000);
  const refuse = (count: number) => {
    for (let left = count; left > 0; left -= 1) refusals.add();
  };
  refuse(1_000);
  assert.deepEqual([lines, refusals.total()], [[[1, 1]], 1_000]);
  t.mock.timers.tick(59_999);
  assert.equal(lines.length, 1);
  t.mock.timers.tick(1);
  assert.deepEqual(lines.slice(1), [[999, 1_000]]);
  refuse(2);
  t.mock.timers.tick(60_000);
  assert.deepEqual(lines.slice(2), [[2, 1_002]]);
  // A quiet minute is no news, and the next refusal is told at once again.
  t.mock.timers.tick(60_000);
  t.mock.timers.tick(600_000);
  refuse(1);
  assert.deepEqual(lines.slice(3), [[1, 1_003]]);
  refuse(5);
  refusals.close();
  t.mock.timers.tick(600_000);
  assert.deepEqual([lines.slice(4), refusals.total()], [[[5, 1_008]], 1_008]);
});
