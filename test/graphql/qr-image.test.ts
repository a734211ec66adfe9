import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { inflateSync } from 'node:zlib';
import QRCode from 'qrcode';
import { drawQrCode } from '../../src/graphql/qr-image.ts';
import { upTo } from '../support/figures.ts';

const text = '00020101021226'.padEnd(300, 'x1Z');

test('each module is where it belongs in a PNG, with a margin of four around all', async () => {
  for (const [size, side] of [
    [256, 256],
    [777, 777],
    [1_024, 1_024],
    [64, 4 * (69 + 8)],
  ] as const) {
    const png = Buffer.from((await drawQrCode(text, 'PNG', size)).replace(/^[^,]*,/, ''), 'base64');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [side, side]);
    const lines = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
    const isBlack = (x: number, y: number) =>
      (((lines[y * (1 + Math.ceil(side / 8)) + 1 + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1) === 0;
    const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
    const width = modules.size + 8;
    const middle = (place: number) => Math.floor(((place + 0.5) * side) / width);
    for (const y of upTo(width)) {
      for (const x of upTo(width)) {
        const isInside = [x, y].every((place) => place >= 4 && place < width - 4);
        const expected = isInside && modules.get(y - 4, x - 4) !== 0;
        assert.equal(isBlack(middle(x), middle(y)), expected, `${x}, ${y} of ${size}`);
      }
    }
  }
});

test('fifteen of the largest pictures hold up nobody else for long', async (t) => {
  const beganAt = performance.now();
  const drawings = upTo(15).map((index) => drawQrCode(text, 'PNG', 1_024 - index));
  await turn();
  const heldUpMs = performance.now() - beganAt;
  await Promise.all(drawings);
  t.diagnostic(`${Math.round(heldUpMs)} ms`);
  assert.ok(heldUpMs < 800);
});

test('what was drawn once is not drawn again', async (t) => {
  const first = await drawQrCode(text, 'PNG', 1_000);
  const beganAt = performance.now();
  const again = await Promise.all(upTo(100).map(() => drawQrCode(text, 'PNG', 1_000)));
  const tookMs = performance.now() - beganAt;
  t.diagnostic(`${Math.round(tookMs)} ms`);
  assert.ok(again.every((one) => one === first) && tookMs < 200);
});
