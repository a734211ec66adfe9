#!/usr/bin/env node
import { nodeProblem } from './cli/node-version.ts';

// Asked first, since the rest doesn't even load on an older Node.
const problem = nodeProblem(process.versions.node);
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
const { run } = await import('./cli/program.ts');
await run(process.argv);
