#!/usr/bin/env node
import module from 'node:module';
import { join } from 'node:path';
import { nodeProblem } from './cli/node-version.ts';

// Asked first, since the rest doesn't even load on an older Node.
const problem = nodeProblem(process.versions.node);
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
// What was compiled for one command needn't be for the next; where the folder can't be written, it is.
module.enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/node'));
const { run } = await import('./cli/program.ts');
await run(process.argv);
