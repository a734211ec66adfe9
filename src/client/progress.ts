import type { WatchedChange } from './questions.ts';
import type { WatchedType } from './watched-by.ts';

/** How far a watch has come: from where to go on, and what need not be told again. */
export class Progress {
  readonly #type: WatchedType;
  #after: string | undefined;
  /** The version that `#after` came with; 0 where it was given. */
  #afterVersion = 0;
  #version = 0;
  #isPaid = false;

  constructor(type: WatchedType, after: string | undefined) {
    this.#type = type;
    this.#after = after;
  }

  /** The cursor to go on from; undefined to begin with the present. */
  get after(): string | undefined {
    return this.#after;
  }

  /** @returns the change as it is to be told; undefined when it, or a later one, has been. */
  take(change: WatchedChange): WatchedChange | undefined {
    const { cursor, version } = change;
    if (cursor !== undefined && version > this.#afterVersion) {
      this.#after = cursor;
      this.#afterVersion = version;
    }
    // The payment of a code that polling saw end may be known only later, with nothing else changed.
    const isPaidLater = cursor === undefined && version === this.#version && change.isPaid && !this.#isPaid;
    if (version <= this.#version && !isPaidLater) return undefined;
    this.#version = version;
    // What a code was paid stays paid, whatever else changes of it.
    const isCode = this.#type === 'QrCode' || this.#type === 'PaymentRequest';
    this.#isPaid = change.isPaid || (isCode && this.#isPaid);
    return { ...change, isPaid: this.#isPaid };
  }

  /** Whether a glance that was taken said everything. A code may be known to have ended before its payment is known. */
  isOverWith({ isSettled }: WatchedChange): boolean {
    return isSettled && (this.#type !== 'QrCode' || this.#isPaid);
  }

  /** Whether to begin with the present now that the gateway refuses the cursor. One that it never gave is a mistake instead. */
  restart(code: string): boolean {
    const isGap = code === 'CURSOR_EXPIRED' && this.#after !== undefined;
    // The gateway's log was put back to an earlier day: its versions are others now.
    const isOtherLog = code === 'CURSOR_INVALID' && this.#afterVersion > 0;
    if (!isGap && !isOtherLog) return false;
    if (isOtherLog) this.#version = 0;
    this.#after = undefined;
    this.#afterVersion = 0;
    return true;
  }
}
