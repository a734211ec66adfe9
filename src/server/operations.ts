import { MessageType } from 'graphql-ws';
import { nobodyWaits } from '../graphql/performing.ts';
import { Asker } from '../xendit/asker.ts';

/**
 * What one client has under way on its socket, by the ids it chose.
 *
 * graphql-ws takes an operation whose id is that of one still ending for the old one: it tells the client that the new one is
 * complete, forgets it, and never ends it. So messages about an id wait while an operation of that id is ending.
 */
export class Operations {
  readonly #run: (text: string, id: string, type: unknown) => Promise<void>;
  /** By id, until the last of the operation is over. */
  readonly #running = new Map<string, Running>();
  /** Hardly ever any. */
  #ending: Map<string, Promise<void>> | undefined;
  readonly #maxHeld: number;
  #held = 0;
  #isClosed = false;

  /**
   * @param run hands a message to graphql-ws; resolves, and never rejects, when the operation that it begins is over.
   * @param maxHeld characters that may wait at most.
   */
  constructor(run: (text: string, id: string, type: unknown) => Promise<void>, maxHeld: number) {
    this.#run = run;
    this.#maxHeld = maxHeld;
  }

  /** Handles a message in its turn. @returns false when too much is waiting. */
  take(id: string, type: unknown, text: string): boolean {
    const ending = this.#ending?.get(id);
    if (ending === undefined) {
      const over = this.#begin(id, type, text);
      if (over !== undefined) this.#waitFor(id, over);
      return true;
    }
    this.#held += text.length;
    const release = () => {
      this.#held -= text.length;
      return this.#isClosed ? undefined : this.#begin(id, type, text);
    };
    this.#waitFor(id, ending.then(release));
    return this.#held <= this.#maxHeld;
  }

  /** Marks one that ends by itself: a query or a mutation. */
  markFinite(id: string): void {
    const running = this.#running.get(id);
    if (running !== undefined) running.isFinite = true;
  }

  /** Marks a stream that has begun: from now on nothing is asked for that one client alone. */
  markBegun(id: string): void {
    const running = this.#running.get(id);
    if (running !== undefined) running.asker = undefined;
  }

  /** Resolves once those that end by themselves have ended. */
  async finish(): Promise<void> {
    await Promise.all([...this.#running.values()].filter((running) => running.isFinite).map(({ over }) => over));
  }

  /** The client, as the one who waits for the operation of this id that is under way. */
  askerOf(id: string): Asker | undefined {
    return this.#running.get(id)?.asker;
  }

  /** The client is gone: what waits is dropped. */
  close(): void {
    this.#isClosed = true;
    for (const { asker } of this.#running.values()) asker?.leave(nobodyWaits());
  }

  #waitFor(id: string, until: Promise<void>): void {
    this.#ending ??= new Map();
    const ending = this.#ending.set(id, until);
    void until.then(() => ending.get(id) === until && ending.delete(id));
  }

  /** Resolves once the next message with this id may be taken; undefined: at once. */
  #begin(id: string, type: unknown, text: string): Promise<void> | undefined {
    const former = this.#running.get(id);
    const running: Running = former ?? { over: Promise.resolve(), isFinite: false, asker: new Asker() };
    if (type === MessageType.Subscribe) this.#running.set(id, running);
    const over = this.#run(text, id, type);
    if (type === MessageType.Complete) former?.asker?.leave(nobodyWaits());
    if (type !== MessageType.Subscribe) return type === MessageType.Complete ? former?.over : undefined;
    running.over = over;
    void over.then(() => running.over === over && this.#running.delete(id));
    return undefined;
  }
}

interface Running {
  over: Promise<void>;
  /** Whether it ends by itself. */
  isFinite: boolean;
  /** Undefined when nothing is asked for its client alone. */
  asker: Asker | undefined;
}
