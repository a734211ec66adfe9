import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Figure } from './figures.ts';
import { serverUrl } from './postgres.ts';

/** What a benchmark says in its last line. */
export interface Result extends Figure {
  /** The same beside other references. */
  others?: Figure[];
  [other: string]: unknown;
}

/** What each figure is, in words. */
const meanings: Record<string, [value: string, reference: string]> = {
  query: ['ms of CPU per query', 'bare proxy'],
  'query-peers': ['ms of CPU per query', 'Mercurius with JIT'],
  'query-peers: mesh': ['ms of CPU per query', 'GraphQL Mesh'],
  'query-ledger': ['ms of CPU per query', 'bare proxy'],
  ingest: ['ms of CPU per delivery', 'Fastify reading the body'],
  'ingest: rate': ['deliveries per second', 'pgbench, transactions per second'],
  'ingest-embedded': ['ms of CPU per delivery', 'Fastify reading the body'],
  fanout: ['ms of CPU per message', '`ws` broadcasting'],
  'fanout-wide': ['ms of CPU per message', '`ws`, each its own message'],
  idle: ['kB per subscription', 'bare `ws` connection'],
  latency: ['ms, median', '—'],
  'latency: p99': ['ms, 99th percentile', '—'],
  search: ['slowest page at 1,000,000 changes', 'at 10,000'],
  start: ['s from `npm start` to ready', '—'],
};

/** Whole document: where and with what it was measured, and each figure beside its goal. */
export async function writeResults(results: readonly Result[]): Promise<string> {
  const rows = results.flatMap(({ others = [], ...figure }) => [figure, ...others]).map(toRow);
  return `# Results

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. Each figure and its reference were measured in one run, in turn; medians of at least
five rounds. A ratio is what counts: the figures themselves are this machine's. [NOTES.md](NOTES.md) tells where the time goes.

${await describeMachine()}

| Name | What | Figure | Reference | of | Ratio | Goal | |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

/** Where more is better. */
const least = new Set(['ingest: rate']);

function toRow({ name, value, reference, ratio, goal, ok }: Figure): string {
  const [what = '', of = ''] = meanings[name] ?? [];
  const word = least.has(name) ? 'at least' : 'at most';
  const cells = [
    `\`${name}\``,
    what,
    value,
    reference ?? '—',
    of,
    ratio ?? '—',
    `${word} ${goal}`,
    ok ? 'reached' : 'missed',
  ];
  return `| ${cells.join(' | ')} |`;
}

async function describeMachine(): Promise<string> {
  const [{ model = 'unknown' } = {}, { length }] = [cpus()[0], cpus()];
  const names = [
    '@apollo/server',
    'fastify',
    'graphql',
    'graphql-jit',
    'graphql-ws',
    'ws',
    'undici',
    '@prisma/client',
    'pg',
  ];
  const own = await versionsIn(join(import.meta.dirname, '../..'), names);
  const peers = await versionsIn(join(import.meta.dirname, '..'));
  return [
    `- Machine: ${length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    `- Node ${process.versions.node}, Postgres ${await postgresVersion()}`,
    `- ${own.join(', ')}`,
    `- Peers: ${peers.join(', ')}`,
  ].join('\n');
}

/** @param names undefined: all that are named there. */
async function versionsIn(folder: string, names?: readonly string[]): Promise<string[]> {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string> | undefined>;
  const all: Record<string, string> = { ...dependencies, ...devDependencies };
  return Object.entries(all).flatMap(([name, version]) =>
    names === undefined || names.includes(name) ? [`${name} ${version}`] : [],
  );
}

async function postgresVersion(): Promise<string> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  const { rows } = await client.query('SHOW server_version');
  await client.end();
  return String(rows[0]?.server_version).split(' ')[0] ?? '';
}
