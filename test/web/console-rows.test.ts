import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRows, type RowsState } from '../../web/console/rows.ts';

test('an older page that failed is read when it is asked for again, and the list goes on', async () => {
  let isWell = true;
  const rows = openRows<number>({
    keyOf: String,
    async read(after = 5) {
      if (!isWell) return { problem: { code: 'OFFLINE', message: 'The gateway does not answer' } };
      return { rows: [after - 1, after - 2], hasOlder: after > 3 };
    },
  });
  const when = (is: (state: RowsState<number>) => boolean) =>
    new Promise<void>((resolve) => {
      const stop = rows.subscribe(() => {
        if (!is(rows.state())) return;
        stop();
        resolve();
      });
    });
  const isLoaded = ({ isLoading }: RowsState<number>) => !isLoading;
  await when(isLoaded);
  isWell = false;
  rows.loadOlder();
  await when(isLoaded);
  assert.deepEqual([rows.state().rows, rows.state().problem?.code], [[4, 3], 'OFFLINE']);
  isWell = true;
  rows.loadOlder();
  await when(isLoaded);
  assert.deepEqual([rows.state().rows, rows.state().hasOlder, rows.state().problem], [[4, 3, 2, 1], false, undefined]);
});
