/** What leads to a reader: a socket, or a response. Handed over as it is, since a function of its own for each takes memory. */
export interface Line<Text> {
  /** `done` is called, in their order, once what was written so far has left the process or never will. */
  write(text: Text | '', done?: (error?: Error | null) => void): unknown;
  /** Bytes that were written and have not left the process. */
  readonly writableLength: number;
}

export interface OutboxOptions {
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
  readonly #line: Line<Text>;
  readonly #options: OutboxOptions;
  /** Those that wait for room, and those that are on their way. */
  #waiting: Letter<Text>[] = [];
  #leaving: Letter<Text>[] = [];
  #patience: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(line: Line<Text>, options: OutboxOptions) {
    this.#line = line;
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
    const hasRoom = this.#waiting.length === 0 && this.#hasRoom;
    if (hasRoom) {
      this.#line.write(text);
      if (this.#line.writableLength === 0) return true;
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

  get #hasRoom(): boolean {
    return this.#line.writableLength < this.#options.maxBytes;
  }

  /** Looks after one that has been written and is on its way: nothing, written after it, is called back once it has left. */
  #watch(letter: Letter<Text>): void {
    this.#leaving.push(letter);
    this.#line.write('', this.#onLeft);
  }

  /** The oldest has left, or never will. */
  readonly #onLeft = (error?: Error | null): void => {
    this.#leaving.shift()?.settle(!error);
    if (!error) this.#options.onProgress?.();
    this.#writeWaiting();
    if (!this.isBusy) this.#rest();
  };

  #writeWaiting(): void {
    while (this.#waiting.length > 0 && this.#hasRoom) {
      const letter = this.#waiting.shift() as Letter<Text>;
      this.#line.write(letter.text);
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
