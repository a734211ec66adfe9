import type { Problem } from './problem.ts';

/** Where rows come from, newest first. */
export interface RowSource<T> {
  /** @param after the last row that is known; without it, from the newest on. */
  read(after: T | undefined): Promise<{ rows: T[]; hasOlder: boolean } | { problem: Problem }>;
  keyOf(row: T): string;
}

export interface RowsState<T> {
  /** Newest first. */
  rows: readonly T[];
  /** How many newer ones are held back. */
  waiting: number;
  isLoading: boolean;
  hasOlder: boolean;
  problem: Problem | undefined;
}

/** A list that grows at both ends: older rows are read as one asks for them, newer ones come by themselves. */
export interface Rows<T> {
  state(): RowsState<T>;
  /** @returns a function that stops. */
  subscribe(listener: () => void): () => void;
  loadOlder(): void;
  /** Reads all of it again. */
  reload(): void;
  /** @param newer newest first; those that are known take the place of what was known of them. */
  add(newer: readonly T[]): void;
  /** While it is held, newer rows wait, so that nothing moves under whoever reads. */
  hold(isHeld: boolean): void;
  close(): void;
}

/** More are let go at the old end, from where they can be read again. */
const most = 20_000;

export const noRows: RowsState<never> = {
  rows: [],
  waiting: 0,
  isLoading: true,
  hasOlder: true,
  problem: undefined,
};

export function openRows<T>({ read, keyOf }: RowSource<T>): Rows<T> {
  const listeners = new Set<() => void>();
  let known = new Map<string, number>();
  let held: T[] = [];
  let isHeld = false;
  let round = 0;
  let state: RowsState<T> = noRows;

  function become(changes: Partial<RowsState<T>>): void {
    state = { ...state, ...changes };
    if (changes.rows !== undefined) known = new Map(changes.rows.map((row, index) => [keyOf(row), index]));
    for (const listener of listeners) listener();
  }

  async function load(after: T | undefined): Promise<void> {
    round += 1;
    const own = round;
    become({ isLoading: true, problem: undefined });
    const page = await read(after);
    if (own !== round) return;
    if ('problem' in page) return become({ isLoading: false, problem: page.problem });
    const older = page.rows.filter((row) => !known.has(keyOf(row)));
    become({ rows: [...state.rows, ...older], hasOlder: page.hasOlder, isLoading: false });
  }

  function reload(): void {
    held = [];
    become({ ...noRows, rows: [] });
    void load(undefined);
  }

  function show(newer: readonly T[]): void {
    const rows = [...state.rows];
    const unknown: T[] = [];
    for (const row of newer) {
      const index = known.get(keyOf(row));
      if (index === undefined) unknown.push(row);
      else rows[index] = row;
    }
    const all = [...unknown, ...rows];
    become({ rows: all.slice(0, most), waiting: held.length, ...(all.length > most && { hasOlder: true }) });
  }

  void load(undefined);
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    loadOlder() {
      if (!state.isLoading && state.hasOlder) void load(state.rows.at(-1));
    },
    reload,
    add(newer) {
      if (!isHeld) return show(newer);
      const isNew = (row: T) => !known.has(keyOf(row)) && !held.some((other) => keyOf(other) === keyOf(row));
      held = [...newer.filter(isNew), ...held].slice(0, most);
      show(newer.filter((row) => known.has(keyOf(row))));
    },
    hold(now) {
      isHeld = now;
      if (isHeld || held.length === 0) return;
      const newer = held;
      held = [];
      show(newer);
    },
    close() {
      round += 1;
      listeners.clear();
    },
  };
}
