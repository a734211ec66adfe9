export interface OutboxOptions<Text> {
  /** Hands text to the reader's connection. */
  write(text: Text): void;
  /** Has `done` called once all that was written has left the process or never will; who asks earlier is called earlier. */
  whenLeft(done: (error?: Error | null) => void): void;
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

/** A message that has to wait: for room, and then to leave. */
interface Letter<Text> {
  text: Text;
  /** When it was given here, by `performance.now()`. */
  since: number;
  settle(hasLeft: boolean): void;
}

/** What is sent to one reader: no more than it takes, so that a slow one costs a bounded memory. */
export class Outbox<Text = string> {
  readonly #options: OutboxOptions<Text>;
  /** Those that wait for room, and those that are on their way. */
  #waiting: Letter<Text>[] = [];
  #leaving: Letter<Text>[] = [];
  #patience: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: OutboxOptions<Text>) {
    this.#options = options;
  }

  /** Whether something is still to leave. */
  get isBusy(): boolean {
    return this.#waiting.length + this.#leaving.length > 0;
  }

  /**
   * True once the text has left the process, and false if it never will. Most readers take it at once, and then it is told at
   * once: a promise and a timer for each message would cost as much as writing it, and a callback another turn of the event loop.
   */
  send(text: Text): boolean | Promise<boolean> {
    if (this.#isClosed) return false;
    const { pendingBytes, maxBytes } = this.#options;
    const hasRoom = this.#waiting.length === 0 && pendingBytes() < maxBytes;
    if (hasRoom) {
      this.#options.write(text);
      if (pendingBytes() === 0) return true;
    }
    return new Promise((settle) => {
      const letter = { text, since: performance.now(), settle };
      if (hasRoom) this.#watch(letter);
      else this.#waiting.push(letter);
      this.#patience ??= setTimeout(this.#lookAtOldest, this.#options.patienceMs);
    });
  }

  /** Nothing is sent any more, and nobody waits. */
  close(): void {
    this.#isClosed = true;
    const all = [...this.#leaving, ...this.#waiting];
    this.#leaving = [];
    this.#waiting = [];
    for (const { settle } of all) settle(false);
    this.#rest();
  }

  /** Looks after one that has been written and is on its way. */
  #watch(letter: Letter<Text>): void {
    this.#leaving.push(letter);
    this.#options.whenLeft(this.#onLeft);
  }

  /** The oldest has left, or never will. */
  readonly #onLeft = (error?: Error | null): void => {
    this.#leaving.shift()?.settle(!error);
    if (!error) this.#options.onProgress?.();
    this.#writeWaiting();
    if (!this.isBusy) this.#rest();
  };

  #writeWaiting(): void {
    const { pendingBytes, maxBytes } = this.#options;
    while (this.#waiting.length > 0 && pendingBytes() < maxBytes) {
      const letter = this.#waiting.shift() as Letter<Text>;
      this.#options.write(letter.text);
      this.#watch(letter);
    }
  }

  readonly #lookAtOldest = (): void => {
    const { patienceMs, onSlow } = this.#options;
    const oldest = this.#leaving[0] ?? this.#waiting[0];
    const leftMs = (oldest?.since ?? performance.now()) + patienceMs - performance.now();
    this.#patience = leftMs > 0 ? setTimeout(this.#lookAtOldest, leftMs) : undefined;
    if (leftMs <= 0) onSlow();
  };

  #rest(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }
}
