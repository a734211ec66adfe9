import { LRUCache } from 'lru-cache';
import QRCode from 'qrcode';
import { InvalidInputError } from '../errors.ts';
import { writePng } from './png.ts';

type Format = 'SVG' | 'PNG';

const minSize = 64;
const maxSize = 1_024;
/** In modules, as the standard asks for it. */
const margin = 4;
const errorCorrectionLevel = 'M';
/** A picture has some 10 kB. */
const maxRemembered = 200;

const drawings = new LRUCache<string, Promise<string>>({ max: maxRemembered });

/**
 * Draws a code as a data URL for an `<img>`, or gives what was drawn before.
 *
 * @param size the side in pixels, 64 to 1,024.
 * @throws InvalidInputError the size is out of range, or the text is longer than a QR code can hold.
 */
export async function drawQrCode(text: string, format: Format, size: number): Promise<string> {
  if (size < minSize || size > maxSize)
    throw new InvalidInputError([{ path: ['size'], message: `must be within ${minSize} and ${maxSize}` }]);
  const key = `${format} ${size} ${text}`;
  const known = drawings.get(key);
  if (known !== undefined) return known;
  const drawing = draw(text, format, size);
  drawings.set(key, drawing);
  try {
    return await drawing;
  } catch {
    drawings.delete(key);
    throw new InvalidInputError([{ path: ['qrString'], message: 'is too long to be drawn' }]);
  }
}

async function draw(text: string, format: Format, size: number): Promise<string> {
  if (format === 'PNG') return `data:image/png;base64,${(await drawPng(text, size)).toString('base64')}`;
  const svg = await QRCode.toString(text, { width: size, margin, errorCorrectionLevel, type: 'svg' });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

/** The package's own PNG takes hundreds of milliseconds in one go. */
function drawPng(text: string, size: number): Promise<Buffer> {
  const { modules } = QRCode.create(text, { errorCorrectionLevel });
  const width = modules.size + 2 * margin;
  // Nobody could read less than a pixel for each module: it is drawn larger then, as in SVG.
  const side = size < width ? width * 4 : size;
  const moduleAt = (pixel: number) => Math.floor((pixel * width) / side) - margin;
  const isWithin = (place: number) => place >= 0 && place < modules.size;
  return writePng(
    side,
    (column, row) => {
      const [x, y] = [moduleAt(column), moduleAt(row)];
      return isWithin(x) && isWithin(y) && modules.get(y, x) !== 0;
    },
    (row) => moduleAt(row) === moduleAt(row - 1),
  );
}
