import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawQrCode } from '../../src/graphql/qr-image.ts';
import { upTo } from '../support/figures.ts';

const text = '00020101021226'.padEnd(300, 'x1Z');

test('as many of the largest pictures as one operation may ask for leave a turn to everybody else', async (t) => {
  const drawings = Promise.all(upTo(9).map((index) => drawQrCode(text, 'PNG', 1_024 - index)));
  let isDrawn = false;
  void drawings.then(() => {
    isDrawn = true;
  });
  let longestMs = 0;
  for (let at = performance.now(); !isDrawn; ) {
    await new Promise((resolve) => setImmediate(resolve));
    longestMs = Math.max(longestMs, performance.now() - at);
    at = performance.now();
  }
  t.diagnostic(`the longest turn took ${Math.round(longestMs)} ms`);
  assert.ok(longestMs < 800);
});

test('what was drawn once is not drawn again', async (t) => {
  const first = await drawQrCode(text, 'PNG', 1_000);
  const beganAt = performance.now();
  const again = await Promise.all(upTo(100).map(() => drawQrCode(text, 'PNG', 1_000)));
  const tookMs = performance.now() - beganAt;
  t.diagnostic(`${Math.round(tookMs)} ms`);
  assert.ok(again.every((one) => one === first) && tookMs < 200);
});
