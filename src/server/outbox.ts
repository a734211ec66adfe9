export interface OutboxOptions {
  /** Hands text to the reader's connection; `done` is called once it has left the process, or never will. */
  write(text: string, done: (error?: Error | null) => void): void;
  /** Bytes that were written and have not left the process. */
  pendingBytes(): number;
  /** Bytes that may be pending before more are written. */
  maxBytes: number;
  /** For a message to leave, in milliseconds. */
  patienceMs: number;
  /** A message has waited for longer. */
  onSlow(): void;
  /** The reader has taken something that had to wait for it. */
  onProgress?: () => void;
}

/** What is sent to one reader: no more than it takes, so that a slow one costs a bounded memory. */
export class Outbox {
  readonly #options: OutboxOptions;
  /** Those who wait for room, and those whose text is on its way. */
  readonly #waiting = new Set<() => void>();
  readonly #leaving = new Set<(hasLeft: boolean) => void>();
  #isClosed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Whether something is still to leave. */
  get isBusy(): boolean {
    return this.#waiting.size + this.#leaving.size > 0;
  }

  /** Resolves with true once the text has left the process, and with false if it never will. */
  async send(text: string): Promise<boolean> {
    const { pendingBytes, maxBytes, patienceMs, onSlow } = this.#options;
    const patience = setTimeout(onSlow, patienceMs);
    while (!this.#isClosed && pendingBytes() >= maxBytes) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    const hasLeft = !this.#isClosed && (await this.#write(text));
    clearTimeout(patience);
    this.#wake();
    return hasLeft;
  }

  /** Nothing is sent any more, and nobody waits. */
  close(): void {
    this.#isClosed = true;
    for (const giveUp of this.#leaving) giveUp(false);
    this.#wake();
  }

  async #write(text: string): Promise<boolean> {
    const { write, pendingBytes, onProgress } = this.#options;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#leaving.add(resolve);
    write(text, (error) => resolve(!error));
    const hadToWait = pendingBytes() > 0;
    const hasLeft = await promise;
    this.#leaving.delete(resolve);
    if (hasLeft && hadToWait) onProgress?.();
    return hasLeft;
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
