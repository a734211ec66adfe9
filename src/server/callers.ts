import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { AddressOf } from './addresses.ts';
import type { Rates } from './rates.ts';

/** Tells who is calling, the same on every transport. */
export interface Callers {
  /**
   * @param authorization as in the header of that name: `Bearer …`.
   * @throws GatewayError UNAUTHENTICATED no proof, or a wrong one; UNAVAILABLE whether it is right can't be told now.
   * @throws ThrottledError too many wrong ones from this address.
   */
  identify(authorization: string | undefined, request: IncomingMessage): Promise<Caller>;
  /**
   * Watches over whoever stays connected.
   *
   * @param onChange is told what the caller may do from now on, or why it is no longer let in.
   * @returns a function that stops.
   */
  watchOver(
    authorization: string | undefined,
    caller: Caller,
    onChange: (now: Caller | GatewayError) => void,
  ): () => void;
}

/** What proves callers: `openAuth`. */
export interface Proof extends Pick<Callers, 'watchOver'> {
  identify(authorization: string | undefined): Promise<Caller>;
}

export function createCallers(proof: Proof, rates: Rates, addressOf: AddressOf): Callers {
  return {
    async identify(authorization, request) {
      try {
        return await proof.identify(authorization);
      } catch (error) {
        const isWrong = error instanceof GatewayError && error.code === 'UNAUTHENTICATED';
        if (isWrong && authorization !== undefined) await rates.countFailure(addressOf(request));
        throw error;
      }
    },
    watchOver: proof.watchOver,
  };
}
