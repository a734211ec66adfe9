import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { PGliteOptions } from '@electric-sql/pglite';

type Compiled = NonNullable<PGliteOptions['pgliteWasmModule']>;
/** TypeScript knows it in browsers only. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<Compiled> };

/** How much of a function has to have run, in bytes as V8 counts them, before V8 optimises it. */
const tieringBudgets = { usual: 13_000_000, patient: 1_000_000_000 };

let compiling: Promise<Compiled> | undefined;

/**
 * Compiles the embedded Postgres, once in a process. Most of it is done beside the main thread: whoever begins it before other
 * modules are loaded has it when they are.
 *
 * The heart of Postgres's executor is one loop of 100 kB, and each turn of it counts as all of it: V8 would optimise it after a
 * few queries, which takes three seconds of another core and 600 MB for as long. With patience it does so under load only.
 */
export function compilePostgres(): Promise<Compiled> {
  compiling ??= compile();
  return compiling;
}

async function compile(): Promise<Compiled> {
  // A module keeps the budget with which it was made.
  setFlagsFromString(`--wasm-tiering-budget=${tieringBudgets.patient}`);
  try {
    return await WebAssembly.compile(readFileSync(new URL('pglite.wasm', import.meta.resolve('@electric-sql/pglite'))));
  } finally {
    setFlagsFromString(`--wasm-tiering-budget=${tieringBudgets.usual}`);
  }
}
