import { CursorExpiredError } from '../errors.ts';
import { type Follower, nobody } from '../model/following.ts';
import { type Ending, Pulled } from '../model/pulled.ts';
import type { ResourceKey } from '../model/resource.ts';
import { isSettled } from '../model/status.ts';
import type { Change } from '../store/change-log.ts';
import type { Reads } from '../store/reads.ts';
import type { Listening, Waiting } from './feed.ts';
import { pageSize, patiently, untilNextTry } from './patience.ts';
import type { Reader } from './together.ts';

export interface ChangesOptions<Told> {
  /** What is yielded for a change. */
  tell: (change: Change) => Told;
  /** What is yielded before any change. */
  beginning?: Told | undefined;
}

/**
 * Yields every change of one resource after a version, in order and once. Ends when the resource is settled and everything
 * has been said, or when the feed closes. While the ledger can't be read it waits.
 *
 * @param wake listening to the resource since before `version` was read; closed at the end.
 * @throws CursorExpiredError changes after the version were pruned.
 */
export function changesAfter<Told = Change>(
  reads: Reads,
  wake: Listening,
  key: ResourceKey,
  version: number,
  { tell, beginning }: ChangesOptions<Told> = { tell: (change) => change as Told },
): Pulled<Told> {
  return new Pulled(new Changes(reads, wake, key, version, tell, beginning));
}

/**
 * Written out rather than as an `async function*`: thousands wait at a time, and each function that waits would keep all that it
 * ever named, and cost each message two promises more.
 */
class Changes<Told> implements Ending<Told>, Waiting, Reader<readonly Change[]> {
  readonly #reads: Reads;
  readonly #wake: Listening;
  readonly #key: ResourceKey;
  readonly #tell: (change: Change) => Told;
  #beginning: Told | undefined;
  /** The version of what was taken last. */
  #seen: number;
  /** Whether what was taken last settles the resource; undefined until the present was looked at. */
  #isSettled: boolean | undefined;
  /** A code may be known to be paid before its payment is known: then not everything has been said. */
  #isExplained: boolean;
  /** What was read and not taken yet, from `taken` on, and whether the log had no more. */
  #page: readonly Change[] = nothing;
  #taken = 0;
  #isAtEnd = false;
  #isOver = false;
  #follower: Follower<Told> = nobody;

  constructor(
    reads: Reads,
    wake: Listening,
    key: ResourceKey,
    version: number,
    tell: (change: Change) => Told,
    beginning: Told | undefined,
  ) {
    this.#reads = reads;
    this.#wake = wake;
    this.#key = key;
    this.#seen = version;
    this.#isExplained = key.type !== 'QrCode';
    this.#tell = tell;
    this.#beginning = beginning;
  }

  follow(follower: Follower<Told>): void {
    this.#follower = follower;
    if (this.#isOver) follower.over();
    else this.#begin();
  }

  goOn(): void {
    if (this.#isOver) return;
    if (this.#isSettled !== undefined) this.#handOver();
    else
      this.#lookAtPresent().then(
        () => this.#handOver(),
        (error: unknown) => this.#end(error),
      );
  }

  end(): void {
    this.#end();
  }

  /** Woken, or told that the feed has closed. */
  resolve(isOpen: boolean): void {
    if (isOpen) this.#wake.reading.read(this.#seen, this);
    else this.#end();
  }

  reject(error: unknown): void {
    this.#end(error);
  }

  async read(): Promise<readonly Change[]> {
    return this.#reads.changesAfter(this.#key, this.#seen, pageSize);
  }

  onPage(page: readonly Change[]): void {
    if (this.#isOver) return;
    this.#page = page;
    this.#taken = 0;
    this.#isAtEnd = page.length < pageSize;
    this.#handOver();
  }

  onFault(error: unknown): void {
    untilNextTry(this.#wake, error).then(
      () => this.resolve(true),
      (fault: unknown) => this.#end(fault),
    );
  }

  #begin(): void {
    const beginning = this.#beginning;
    this.#beginning = undefined;
    if (beginning === undefined || this.#follower.take(beginning)) this.goOn();
  }

  async #lookAtPresent(): Promise<void> {
    const present = await patiently(this.#wake, () => this.#reads.find(this.#key));
    this.#isExplained ||=
      (await patiently(this.#wake, () => this.#reads.lastCaused(this.#key, this.#seen))) !== undefined;
    this.#isSettled = present !== undefined && isSettled(this.#key.type, present.resource.status);
  }

  /** Hands over what was read, then looks for more: waiting for nothing that is there. */
  #handOver(): void {
    try {
      while (!this.#isOver && this.#taken < this.#page.length) {
        if (!this.#follower.take(this.#tell(this.#advance()))) return;
      }
      if (this.#isOver) return;
      this.#page = nothing;
      if (!this.#isAtEnd) this.#wake.reading.read(this.#seen, this);
      else if (this.#isSettled && this.#isExplained) this.#end();
      else this.#wake.wait(this.#seen, this);
    } catch (error) {
      this.#end(error);
    }
  }

  #advance(): Change {
    const change = this.#page[this.#taken] as Change;
    if (change.version !== this.#seen + 1) throw new CursorExpiredError();
    this.#taken += 1;
    this.#seen = change.version;
    this.#isSettled = isSettled(change.resource.__typename, change.to);
    this.#isExplained ||= change.cause !== undefined;
    return change;
  }

  #end(fault?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#page = nothing;
    this.#wake.close();
    this.#follower.over(fault);
  }
}

const nothing: readonly Change[] = [];
