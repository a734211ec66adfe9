import { apart } from '../model/apart.ts';
import { keyText, type ResourceKey } from '../model/resource.ts';
import type { Change } from '../store/change-log.ts';
import { Together } from './together.ts';

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
  /** What all who listen to the same read of it. */
  readonly reading: Together<readonly Change[]>;
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
  const accounts = new Map<string, Map<string, Channel>>();
  const retrying = new Set<Ear>();
  let isClosed = false;

  const forget = ({ account, name }: Channel) => {
    const channels = accounts.get(account);
    channels?.delete(name);
    if (channels?.size === 0) accounts.delete(account);
  };
  const open = (account: string, name: string): Listening => {
    const channels = accounts.get(account) ?? new Map<string, Channel>();
    const channel = channels.get(name) ?? new Channel(account, name, forget);
    const ear = new Ear(channel, retrying);
    if (isClosed) {
      ear.close();
      return ear;
    }
    accounts.set(account, channels.set(name, channel));
    channel.ears.add(ear);
    return ear;
  };
  const all = () => [...accounts.values()].flatMap((each) => [...each.values()].flatMap(({ ears }) => [...ears]));
  const rouse = (account: string, channel: string, version?: number) => {
    for (const ear of accounts.get(account)?.get(channel)?.ears ?? []) ear.wake(version);
  };

  return {
    wake: (changed) =>
      apart(() => {
        for (const one of changed) rouse(one.account, keyText(one), one.version);
        for (const account of new Set(changed.map((one) => one.account))) rouse(account, activity);
      }),
    wakeActivity: () =>
      apart(() => {
        for (const account of accounts.keys()) rouse(account, activity);
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
    accounts: () => [...accounts.keys()],
    hasActivityListeners: () => [...accounts.values()].some((channels) => channels.has(activity)),
    listeners: () => all().length,
    close() {
      isClosed = true;
      for (const ear of all()) ear.close();
    },
  };
}

/** No key of a resource is like this. */
const activity = 'activity';

/** All who listen to one thing. */
class Channel {
  readonly account: string;
  readonly name: string;
  readonly ears = new Set<Ear>();
  readonly reading = new Together<readonly Change[]>();
  readonly #forget: (channel: Channel) => void;

  /** @param forget is called once nobody listens any more. */
  constructor(account: string, name: string, forget: (channel: Channel) => void) {
    this.account = account;
    this.name = name;
    this.#forget = forget;
  }

  leave(ear: Ear): void {
    if (this.ears.delete(ear) && this.ears.size === 0) this.#forget(this);
  }
}

class Ear implements Listening {
  /** The newest version it was woken for; below every version when it wasn't. */
  #woken = Number.NEGATIVE_INFINITY;
  #seen = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #error: Error | undefined;
  #waiting: Waiting | undefined;
  readonly #channel: Channel;
  readonly #retrying: Set<Ear>;

  /** @param retrying those who wait to try again. */
  constructor(channel: Channel, retrying: Set<Ear>) {
    this.#channel = channel;
    this.#retrying = retrying;
  }

  get reading(): Together<readonly Change[]> {
    return this.#channel.reading;
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
    this.#channel.leave(this);
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
