/** How often callers may ask, and strangers may try. */
export interface Rates {
  /** Counts one operation of a caller. @throws ThrottledError it has had as many as it may in this minute. */
  countOperation(caller: string): Promise<void>;
  /**
   * Counts one from an address who gave a wrong proof. A right one always counts, so that nobody locks out his neighbours.
   *
   * @throws ThrottledError there were too many of them in this minute.
   */
  countFailure(address: string): Promise<void>;
}

/** For gateways that are open to everybody. */
export const unlimited: Rates = {
  countOperation: async () => undefined,
  countFailure: async () => undefined,
};
