import { AsyncLocalStorage } from 'node:async_hooks';
import { keyText, type ResourceKey } from '../model/resource.ts';

/** Something that changed; without a version, whichever it has now. */
export interface Wakened extends ResourceKey {
  version?: number;
}

/** Wakes those who wait for changes. A wake-up carries no data: losing or doubling one costs time, never a change. */
export interface Feed {
  /** Wakes the listeners of these resources, and of their accounts' activity. */
  wake(changed: readonly Wakened[]): void;
  /** Wakes the listeners to the activity of all accounts. */
  wakeActivity(): void;
  /** Wakes everybody. */
  wakeAll(): void;
  /** Wakes those who wait to try again. */
  wakeRetrying(): void;
  /** Ends every listening with an error. */
  failAll(error: Error): void;
  /** Listens to one resource. Open it before the first read, so that no change falls between the two. */
  listen(resource: ResourceKey): Listening;
  /** Listens to all changes of an account. */
  listenToActivity(account: string): Listening;
  /** The accounts that somebody listens to. */
  accounts(): string[];
  /** Whether somebody listens to activity. */
  hasActivityListeners(): boolean;
  /** How many are listening. */
  listeners(): number;
  /** Ends every listening. */
  close(): void;
}

/** One open ear. */
export interface Listening {
  /**
   * Resolves with true once woken since the last call, or with false once closed.
   *
   * @param seen the version that is known already: being woken for it, or for an earlier one, is no news.
   * @throws Error the feed ended it with an error.
   */
  next(seen?: number): Promise<boolean>;
  /** The same, without a promise: one is waiting at most. It is told at once if there is something to tell already. */
  wait(seen: number, waiting: Waiting): void;
  /** Resolves with true when it is time to try again what failed, or with false once closed. */
  retry(): Promise<boolean>;
  close(): void;
}

/** Whoever is told what `Listening.next` comes to. It must not throw. */
export interface Waiting {
  resolve(isOpen: boolean): void;
  reject(error: unknown): void;
}

export function createFeed(): Feed {
  const ears = new Map<string, Map<string, Set<Ear>>>();
  const retrying = new Set<Ear>();
  /** Who is woken goes on at once, and must not do so as a part of what wakes him: its trace, or whoever waits for it. */
  const apart = AsyncLocalStorage.snapshot();
  let isClosed = false;

  const open = (account: string, channel: string): Listening => {
    const channels = ears.get(account) ?? new Map<string, Set<Ear>>();
    const own = channels.get(channel) ?? new Set<Ear>();
    const ear = new Ear(retrying, () => {
      own.delete(ear);
      if (own.size === 0 && channels.get(channel) === own) channels.delete(channel);
      if (channels.size === 0 && ears.get(account) === channels) ears.delete(account);
    });
    if (isClosed) {
      ear.close();
      return ear;
    }
    ears.set(account, channels);
    channels.set(channel, own.add(ear));
    return ear;
  };
  const all = () => [...ears.values()].flatMap((channels) => [...channels.values()].flatMap((set) => [...set]));
  const rouse = (account: string, channel: string, version?: number) => {
    for (const ear of ears.get(account)?.get(channel) ?? []) ear.wake(version);
  };

  return {
    wake: (changed) =>
      apart(() => {
        for (const one of changed) rouse(one.account, keyText(one), one.version);
        for (const account of new Set(changed.map((one) => one.account))) rouse(account, activity);
      }),
    wakeActivity: () =>
      apart(() => {
        for (const account of ears.keys()) rouse(account, activity);
      }),
    wakeAll: () =>
      apart(() => {
        for (const ear of all()) ear.wake();
      }),
    wakeRetrying: () =>
      apart(() => {
        for (const ear of [...retrying]) ear.wake();
      }),
    failAll: (error) =>
      apart(() => {
        for (const ear of all()) ear.fail(error);
      }),
    listen: (resource) => open(resource.account, keyText(resource)),
    listenToActivity: (account) => open(account, activity),
    accounts: () => [...ears.keys()],
    hasActivityListeners: () => [...ears.values()].some((channels) => channels.has(activity)),
    listeners: () => all().length,
    close() {
      isClosed = true;
      for (const ear of all()) ear.close();
    },
  };
}

/** No key of a resource is like this. */
const activity = 'activity';

class Ear implements Listening {
  /** The newest version it was woken for; below every version when it wasn't. */
  #woken = Number.NEGATIVE_INFINITY;
  #seen = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #error: Error | undefined;
  #waiting: Waiting | undefined;
  readonly #retrying: Set<Ear>;
  readonly #forget: () => void;

  /** @param retrying those who wait to try again. */
  constructor(retrying: Set<Ear>, forget: () => void) {
    this.#retrying = retrying;
    this.#forget = forget;
  }

  wake(version = Number.POSITIVE_INFINITY): void {
    this.#woken = Math.max(this.#woken, version);
    this.#answer();
  }

  fail(error: Error): void {
    this.#error ??= error;
    this.#answer();
  }

  next(seen = Number.NEGATIVE_INFINITY): Promise<boolean> {
    const { promise, ...waiting } = Promise.withResolvers<boolean>();
    this.wait(seen, waiting);
    return promise;
  }

  wait(seen: number, waiting: Waiting): void {
    this.#seen = seen;
    this.#waiting = waiting;
    this.#answer();
  }

  async retry(): Promise<boolean> {
    this.#retrying.add(this);
    try {
      return await this.next();
    } finally {
      this.#retrying.delete(this);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forget();
    this.#answer();
  }

  #answer(): void {
    const isNews = this.#woken > this.#seen;
    if (this.#waiting === undefined || !(isNews || this.#isClosed || this.#error)) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#woken = Number.NEGATIVE_INFINITY;
    if (this.#error !== undefined && !this.#isClosed) waiting.reject(this.#error);
    else waiting.resolve(!this.#isClosed);
  }
}
