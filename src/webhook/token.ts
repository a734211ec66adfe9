import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors.ts';

/**
 * Proves that a delivery is Xendit's. How long it takes tells nothing of the tokens, nor of which one fits.
 *
 * @param tokens those that are accepted: several while they are being changed.
 * @param given the header `x-callback-token`; a list where it was sent more than once, which Xendit doesn't.
 * @throws GatewayError UNAUTHENTICATED it is absent, empty, repeated or wrong.
 */
export function assertCallbackToken(tokens: readonly string[], given: string | string[] | undefined): void {
  const digest = digestOf(typeof given === 'string' ? given : '');
  let isKnown = false;
  for (const token of tokens) {
    const isEqual = timingSafeEqual(digestOf(token), digest);
    isKnown ||= isEqual && token !== '';
  }
  if (!isKnown) throw new GatewayError('UNAUTHENTICATED', 'The callback token is absent or wrong');
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
