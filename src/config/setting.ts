/** For how long a cursor holds at least: `schema/scalars.graphql` promises it. Xendit repeats a webhook for about a day. */
export const cursorLifetimeMs = 604_800_000;

/** One variable of the environment. */
export interface Setting {
  name: string;
  /** As the variable would be written; undefined when there is none. */
  default: string | undefined;
  /** Such as `ms` or `bytes`. */
  unit?: string;
  /** It is a whole number within these two. */
  range?: readonly [least: number, most: number];
  meaning: string;
}

/** Xendit's own address. */
export const xenditApi = 'https://api.xendit.co';
