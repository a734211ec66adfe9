import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Somebody who waits for an answer, and may leave before it comes. Nearly all stay: a signal, which takes as long to make as a good
 * part of a query, is made only for those who listen to one.
 */
export class Asker {
  #reason: Error | undefined;
  #left: AbortController | undefined;
  #leaving: ((reason: Error) => void)[] = [];

  /** Why he left; undefined while he waits. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Aborted when he leaves. */
  get signal(): AbortSignal {
    if (this.#left === undefined) {
      this.#left = new AbortController();
      if (this.#reason !== undefined) this.#left.abort(this.#reason);
    }
    return this.#left.signal;
  }

  /** He leaves, or is sent away; only the first reason counts. */
  leave(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#left?.abort(reason);
    for (const tell of this.#leaving.splice(0)) tell(reason);
  }

  /**
   * @param tell is called when he leaves, if he hasn't yet.
   * @returns a function that stops it.
   */
  onLeave(tell: (reason: Error) => void): () => void {
    this.#leaving.push(tell);
    return () => {
      const place = this.#leaving.indexOf(tell);
      if (place >= 0) this.#leaving.splice(place, 1);
    };
  }
}

const askers = new AsyncLocalStorage<Asker | undefined>();

/**
 * Runs work for somebody who may leave: every GET that it makes, and whatever it waits for makes, is given up when he does.
 *
 * @param asker undefined for work that goes on whoever leaves.
 */
export function askingFor<T>(asker: Asker | undefined, work: () => T): T {
  return askers.run(asker, work);
}

/** Who waits for what is asked here; undefined when nobody can leave. */
export function currentAsker(): Asker | undefined {
  return askers.getStore();
}
