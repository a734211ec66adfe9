import { createHmac, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors.ts';

/** Writes and reads cursors: places in a stream or list, signed, and bound to that stream and its account. */
export interface Cursors {
  /** @param stream such as `QrCode:qr_1` or `activity`. */
  write(stream: string, account: string, position: string): string;
  /**
   * The position that was written.
   *
   * @throws GatewayError CURSOR_INVALID it was not written here, or for another stream, account or epoch.
   */
  read(stream: string, account: string, cursor: string): string;
}

const version = '2';
const macBytes = 12;

/**
 * @param secret the same on every instance; with another one all earlier cursors are invalid.
 * @param epoch the life of the log that cursors point into; those of another are invalid.
 */
export function createCursors(secret: string, epoch: () => string = () => ''): Cursors {
  const sign = (stream: string, account: string, position: string) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([version, epoch(), stream, account, position]))
      .digest()
      .subarray(0, macBytes);
  return {
    write(stream, account, position) {
      const mac = sign(stream, account, position);
      return Buffer.concat([mac, Buffer.from(position)]).toString('base64url');
    },
    read(stream, account, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      const position = bytes.subarray(macBytes).toString();
      const isOurs =
        bytes.length > macBytes && timingSafeEqual(bytes.subarray(0, macBytes), sign(stream, account, position));
      if (!isOurs) throw new GatewayError('CURSOR_INVALID', 'The cursor is not one of this stream');
      return position;
    },
  };
}
