import { keyText, type ResourceKey } from '../model/resource.ts';

/** Wakes those who wait for changes. A wake-up carries no data: losing or doubling one costs time, never a change. */
export interface Feed {
  /** Wakes the listeners of these resources, and of their accounts' activity. */
  wake(changed: readonly ResourceKey[]): void;
  /** Listens to one resource. Open it before the first read, so that no change falls between the two. */
  listen(resource: ResourceKey): Listening;
  /** Listens to all changes of an account. It is also woken every `pollMs`, since a change may be released after its wake-up. */
  listenToActivity(account: string): Listening;
  /** How many are listening. */
  listeners(): number;
  /** Ends every listening. */
  close(): void;
}

/** One open ear. */
export interface Listening {
  /** Resolves with true once woken since the last call, or with false once closed. */
  next(): Promise<boolean>;
  close(): void;
}

/** @param pollMs how often listeners to activity are woken without a reason, in milliseconds. */
export function createFeed(pollMs: number): Feed {
  const ears = new Map<string, Set<Ear>>();
  let isClosed = false;

  const rouse = (channel: string) => {
    for (const ear of ears.get(channel) ?? []) ear.wake();
  };
  const open = (channel: string): Listening => {
    const ear = new Ear(() => {
      const others = ears.get(channel);
      others?.delete(ear);
      if (others?.size === 0) ears.delete(channel);
    });
    if (isClosed) ear.close();
    else ears.set(channel, (ears.get(channel) ?? new Set()).add(ear));
    return ear;
  };
  const polling = setInterval(() => {
    for (const channel of ears.keys()) if (channel.startsWith(activityPrefix)) rouse(channel);
  }, pollMs);
  polling.unref();

  return {
    wake(changed) {
      for (const name of new Set(changed.map(keyText))) rouse(name);
      for (const account of new Set(changed.map((key) => key.account))) rouse(activityPrefix + account);
    },
    listen: (resource) => open(keyText(resource)),
    listenToActivity: (account) => open(activityPrefix + account),
    listeners: () => [...ears.values()].reduce((sum, set) => sum + set.size, 0),
    close() {
      isClosed = true;
      clearInterval(polling);
      for (const set of [...ears.values()]) for (const ear of [...set]) ear.close();
    },
  };
}

/** No key of a resource begins like this. */
const activityPrefix = 'activity:';

class Ear implements Listening {
  #isWoken = false;
  #isClosed = false;
  #waiting: ((isOpen: boolean) => void) | undefined;
  readonly #forget: () => void;

  constructor(forget: () => void) {
    this.#forget = forget;
  }

  wake(): void {
    this.#isWoken = true;
    this.#answer();
  }

  next(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#answer();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forget();
    this.#answer();
  }

  #answer(): void {
    if (this.#waiting === undefined || !(this.#isWoken || this.#isClosed)) return;
    const resolve = this.#waiting;
    this.#waiting = undefined;
    this.#isWoken = false;
    resolve(!this.#isClosed);
  }
}
