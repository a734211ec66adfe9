import QRCode from 'qrcode';
import { InvalidInputError } from '../errors.ts';

const minSize = 64;
const maxSize = 2_048;

/**
 * Draws a code as a data URL for an `<img>`.
 *
 * @param size the side in pixels, 64 to 2,048.
 * @throws InvalidInputError the size is out of range, or the text is longer than a QR code can hold.
 */
export async function drawQrCode(text: string, format: 'SVG' | 'PNG', size: number): Promise<string> {
  if (size < minSize || size > maxSize)
    throw new InvalidInputError([{ path: ['size'], message: `must be within ${minSize} and ${maxSize}` }]);
  const options = { width: size, margin: 4, errorCorrectionLevel: 'M' } as const;
  try {
    if (format === 'PNG') return await QRCode.toDataURL(text, { ...options, type: 'image/png' });
    const svg = await QRCode.toString(text, { ...options, type: 'svg' });
    return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  } catch {
    throw new InvalidInputError([{ path: ['qrString'], message: 'is too long to be drawn' }]);
  }
}
