/**
 * `npm run bench -- NAME` runs one benchmark, or several; `npm run bench` runs all of them, one after the other, and writes
 * `bench/RESULTS.md`. With `--profile` each prints whose the gateway's time was, too. Ends with 1 if one of them could not be run; a
 * goal that isn't reached is told, and no failure.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Result, writeResults } from './support/results.ts';

const benches = [
  'query',
  'query-peers',
  'query-ledger',
  'ingest',
  'ingest-embedded',
  'fanout',
  'fanout-wide',
  'idle',
  'latency',
  'search',
  'start',
];
const here = import.meta.dirname;

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { profile: { type: 'boolean', default: false } },
});
const unknown = asked.filter((name) => !benches.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there is ${benches.join(', ')}`);
  process.exit(2);
}
const chosen = asked.length > 0 ? asked : benches;
if (chosen.includes('query-peers') && !existsSync(join(here, 'node_modules'))) installPeers();

const results: Result[] = [];
for (const name of chosen) {
  const result = await run(name);
  if (result === undefined) process.exitCode = 1;
  else results.push(result);
  // After each, so that what was measured is there whatever becomes of the next.
  if (asked.length === 0) await writeFile(join(here, 'RESULTS.md'), await writeResults(results));
}

/** What a benchmark says in its last line; undefined where it failed. */
async function run(name: string): Promise<Result | undefined> {
  console.error(`\n${name}`);
  const bench = spawn(process.execPath, [join(here, `${name}.ts`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(values.profile && { BENCH_PROFILE: '1' }) },
  });
  let printed = '';
  bench.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    printed += text;
  });
  const [code] = await once(bench, 'close');
  if (code !== 0) return undefined;
  return JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as Result;
}

/** The peers are no dependency of the gateway: they have a folder of their own. */
function installPeers(): void {
  console.error('installing the peers of bench/package.json');
  const { status } = spawnSync('npm', ['ci', '--prefix', here, '--no-audit', '--no-fund'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
