import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A square picture in black and white as a PNG: one bit for each pixel, which takes hundreds of times less work than colours.
 *
 * @param size the side in pixels.
 * @param isBlack of the pixel in this column of this row; both begin with 0.
 * @param isSameAsAbove whether a row is as the one above it, so that it need not be asked for.
 */
export async function writePng(
  size: number,
  isBlack: (column: number, row: number) => boolean,
  isSameAsAbove: (row: number) => boolean,
): Promise<Buffer> {
  const width = 1 + Math.ceil(size / 8); // Before each line is told how it is filtered: it isn't.
  const lines = Buffer.alloc(width * size);
  for (let row = 0; row < size; row += 1) {
    const start = row * width;
    if (row > 0 && isSameAsAbove(row)) lines.copy(lines, start, start - width, start);
    else
      for (let column = 0; column < size; column += 1) {
        const at = start + 1 + (column >> 3);
        if (!isBlack(column, row)) lines[at] = (lines[at] ?? 0) | (0x80 >> (column & 7));
      }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 1; // Bits for each pixel; what follows says: grey, and nothing unusual.
  const pixels = await promisify(deflate)(lines);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
