import { GatewayError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';

/** One kind of proof, and what it is held against. */
export interface Prover {
  /**
   * Whose token it is.
   *
   * @throws GatewayError UNAUTHENTICATED it doesn't count; UNAVAILABLE what it is held against can't be had now.
   */
  prove(token: string): Promise<Caller>;
  /** Another number once what it holds tokens against has changed, so that one that counted may not count any more. */
  version(): number;
  /** Looks whether that has changed. Never throws. */
  refresh(): Promise<void>;
}

/** The one refusal: it tells nothing of what was wrong, so that nobody learns from it how to do better. */
export function notProved(): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'No proof of who is calling, or one that does not count');
}

/** The token in `Authorization: Bearer …`; undefined where there is none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
}

/** What nothing can change once it is given. */
export const unchanging: Pick<Prover, 'version' | 'refresh'> = { version: () => 0, refresh: async () => undefined };
