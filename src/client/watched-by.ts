import { TokenInvalidError } from './errors.ts';

/** What a watch token can be for. */
export const watchedTypes = [
  'QrCode',
  'PaymentRequest',
  'Payment',
  'PaymentSession',
  'PaymentToken',
  'Refund',
] as const;

export type WatchedType = (typeof watchedTypes)[number];

/** The one resource that a watch token is for. */
export interface WatchedResource {
  type: WatchedType;
  /** Xendit's id. */
  id: string;
  /** The merchant's own name for it: a QR code's `externalId`. */
  reference: string | undefined;
  /** When the token no longer counts. */
  expiresAt: Date;
}

/**
 * What a watch token is for, read from it. It isn't verified: only the gateway can.
 *
 * @throws TokenInvalidError it is no watch token.
 */
export function watchedBy(token: string): WatchedResource {
  const { type, id, reference, exp } = readClaims(token);
  const known = watchedTypes.find((one) => one === type);
  if (known === undefined) throw new TokenInvalidError('it names no type of resource');
  if (typeof id !== 'string' || typeof exp !== 'number') throw new TokenInvalidError('it names no resource or no end');
  const isNamed = typeof reference === 'string';
  if (known === 'QrCode' && !isNamed) throw new TokenInvalidError('it names no externalId');
  return { type: known, id, reference: isNamed ? reference : undefined, expiresAt: new Date(exp * 1_000) };
}

function readClaims(token: string): Record<string, unknown> {
  try {
    const base64 = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims === 'object' && claims !== null) return { ...claims };
  } catch (error) {
    throw new TokenInvalidError('it can not be read', { cause: error });
  }
  throw new TokenInvalidError('it says nothing');
}
