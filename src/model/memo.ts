/** Something that is remembered of objects, each time of one for as long as that one is there. */
export interface Memo<Of extends object, T> {
  get(of: Of): T | undefined;
  set(of: Of, value: T): void;
}

/**
 * Remembers in the objects themselves, where nobody else sees it and no copy takes it over. A `WeakMap` would do, but V8 keeps what is
 * in one until it collects all garbage, and where there are thousands a second, collecting them is what takes the time.
 */
export function createMemo<Of extends object, T>(): Memo<Of, T> {
  const key = Symbol('memo');
  return {
    get: (of) => (of as { [key]?: T })[key],
    set: (of, value) => void Object.defineProperty(of, key, { value, configurable: true }),
  };
}
