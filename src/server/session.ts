import { GatewayError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { Callers } from './callers.ts';

/** A caller for as long as it stays connected. */
export class Session {
  readonly #stop: () => void;
  readonly #onEnd: (reason: GatewayError) => void;
  #caller: Caller;
  #reason: GatewayError | undefined;

  /** @param onEnd is told once why the caller is no longer let in. */
  constructor(
    callers: Callers,
    authorization: string | undefined,
    caller: Caller,
    onEnd: (reason: GatewayError) => void,
  ) {
    this.#caller = caller;
    this.#onEnd = onEnd;
    this.#stop = callers.watchOver(authorization, caller, (now) => {
      if (now instanceof GatewayError) this.#end(now);
      else if (now.account !== caller.account) this.#end(expired());
      else this.#caller = now;
    });
  }

  /**
   * The caller, with what it may do now: asked before each message, since time and revocation don't wait for messages.
   *
   * @throws GatewayError UNAUTHENTICATED it is no longer let in.
   */
  current(): Caller {
    const { expiresAt } = this.#caller;
    if (this.#reason === undefined && expiresAt !== undefined && expiresAt <= Date.now()) this.#end(expired());
    if (this.#reason !== undefined) throw this.#reason;
    return this.#caller;
  }

  close(): void {
    this.#stop();
  }

  #end(reason: GatewayError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#stop();
    this.#onEnd(reason);
  }
}

function expired(): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'The proof of who is calling no longer counts');
}
