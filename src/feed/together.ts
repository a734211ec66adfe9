import { apart } from '../model/apart.ts';

/** Somebody who goes on from a place. None of these may throw. */
export interface Reader<Page> {
  /** Reads what comes after the place, for all who stand there. */
  read(): Promise<Page>;
  onPage(page: Page): void;
  onFault(error: unknown): void;
}

/**
 * Has read once what all want to know who go on from the same place at one moment. It isn't begun before all of them have come, so
 * that no page is older than its question; and each is given it by a call, since a promise for each of thousands takes as long as
 * what is done with it.
 */
export class Together<Page> {
  /** By place. */
  #gathered: Map<number, Reader<Page>[]> | undefined;

  read(place: number, reader: Reader<Page>): void {
    if (this.#gathered === undefined) {
      this.#gathered = new Map();
      queueMicrotask(() => this.#begin());
    }
    const there = this.#gathered.get(place);
    if (there === undefined) this.#gathered.set(place, [reader]);
    else there.push(reader);
  }

  #begin(): void {
    const gathered = this.#gathered ?? [];
    this.#gathered = undefined;
    for (const [, readers] of gathered) apart(() => readFor(readers));
  }
}

function readFor<Page>(readers: readonly Reader<Page>[]): void {
  readers[0]?.read().then(
    (page) => {
      for (const reader of readers) reader.onPage(page);
    },
    (error: unknown) => {
      for (const reader of readers) reader.onFault(error);
    },
  );
}
