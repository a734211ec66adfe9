import { setImmediate as turn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { InvalidInputError } from '../errors.ts';

type Format = 'SVG' | 'PNG';

const minSize = 64;
const maxSize = 1_024;
/** In modules, as the standard asks for it. */
const margin = 4;
const errorCorrectionLevel = 'M';
/** A picture has some 10 kB. */
const maxRemembered = 200;

const drawings = new LRUCache<string, Promise<string>>({ max: maxRemembered });
let last: Promise<unknown> = Promise.resolve();

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
  const drawing = inTurn(() => draw(text, format, size));
  drawings.set(key, drawing);
  try {
    return await drawing;
  } catch {
    drawings.delete(key);
    throw new InvalidInputError([{ path: ['qrString'], message: 'is too long to be drawn' }]);
  }
}

async function draw(text: string, format: Format, size: number): Promise<string> {
  const { default: QRCode } = await import('qrcode');
  const options = { width: size, margin, errorCorrectionLevel } as const;
  if (format === 'PNG') return QRCode.toDataURL(text, options);
  const svg = await QRCode.toString(text, { ...options, type: 'svg' });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

/** One after another, with everybody else's turn between two: a large PNG takes a tenth of a second in one go. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const own = last.then(() => turn()).then(work);
  last = own.catch(() => undefined);
  return own;
}
