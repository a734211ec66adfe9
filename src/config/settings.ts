import { accessSettings } from './access-settings.ts';
import { ledgerSettings } from './ledger-settings.ts';
import { limitSettings } from './limit-settings.ts';
import { placeSettings } from './place-settings.ts';
import { transportSettings } from './transport-settings.ts';
import { upstreamSettings } from './upstream-settings.ts';

/** The configuration table: docs/configuration.md shows it, and a test holds the two together. */
export const settings = [
  ...placeSettings,
  ...upstreamSettings,
  ...ledgerSettings,
  ...accessSettings,
  ...limitSettings,
  ...transportSettings,
] as const;

/** The name of a variable. */
export type Name = (typeof settings)[number]['name'];

/** `DATABASE_POOL_SIZE` is `databasePoolSize` in the configuration. */
type Camel<S extends string> = S extends `${infer Word}_${infer More}`
  ? `${Lowercase<Word>}${Capitalize<Camel<More>>}`
  : Lowercase<S>;

/** All settings that are whole numbers, by their names. */
export type Numbers = {
  [S in (typeof settings)[number] as S extends { range: readonly [number, number] } ? Camel<S['name']> : never]: number;
};
