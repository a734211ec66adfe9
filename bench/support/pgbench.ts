import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { createGateway } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import type { Scope } from './bench.ts';
import { callbackToken, qrPayment } from './deliveries.ts';

const run = promisify(execFile);
const seconds = 3;
const clients = 64;
/** In the recorded statements, where pgbench puts a number of its own. */
const mark = 'pgbenchmark';

interface Statement {
  text: string;
  values: unknown[];
}

/**
 * Records what the gateway sends to Postgres for one delivery, and has pgbench send the same for deliveries of its own.
 *
 * @returns a function that runs it for three seconds: transactions per second.
 */
export async function openPgbench(scope: Scope): Promise<() => Promise<number>> {
  const databaseUrl = await scope.database();
  const statements = await record(databaseUrl, await scope.folder());
  const script = join(await scope.folder(), 'delivery.sql');
  await writeFile(script, ['\\set n random(1, 1000000000000000)', ...statements.map(toSql), ''].join('\n'));
  const program = findPgbench();
  const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(seconds), '-f', script];
  return async () => {
    const { stdout } = await run(program, [...options, databaseUrl]);
    const [, rate] = /^tps = ([\d.]+)/m.exec(stdout) ?? [];
    if (rate === undefined || !/number of failed transactions: 0 /.test(stdout)) throw new Error(stdout);
    return Number(rate);
  };
}

/** What is sent from the transaction's beginning to its end, by whichever connection. */
async function record(databaseUrl: string, dataDir: string): Promise<Statement[]> {
  const config = readConfig({
    PORT: '0',
    SANDBOX_PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    XENDIT_CALLBACK_TOKENS: callbackToken,
  });
  const gateway = await createGateway(config, createLog(config.logLevel));
  let recorded: Statement[] = [];
  const original = Client.prototype.query;
  const transactions = new Map<Client, Statement[]>();
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    const [query, values] = args as [string | { text: string; values?: unknown[] }, unknown[] | undefined];
    const text = typeof query === 'string' ? query : query.text;
    const given = values ?? (typeof query === 'string' ? [] : (query.values ?? []));
    if (/^\s*BEGIN/i.test(text)) transactions.set(this, []);
    const statements = transactions.get(this);
    statements?.push({ text, values: given });
    if (statements !== undefined && /^\s*COMMIT/i.test(text)) {
      // Others of the gateway's own are not about the delivery.
      if (JSON.stringify(statements).includes(mark)) recorded = statements;
      transactions.delete(this);
    }
    return (original as (...all: unknown[]) => unknown).apply(this, args);
  } as typeof original;
  try {
    const answer = await fetch(`${gateway.url}/webhooks/xendit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-callback-token': callbackToken },
      body: qrPayment(mark),
    });
    if (answer.status !== 200) throw new Error(`The delivery was answered ${answer.status}`);
  } finally {
    Client.prototype.query = original;
    await gateway.close();
  }
  return recorded;
}

/**
 * A statement with its values written into it, each mention of the recorded delivery replaced by pgbench's number; the row of
 * the inbox is named after a hash.
 */
function toSql({ text, values }: Statement): string {
  return `${text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/\$(\d+)/g, (_, place) => toLiteral(values[Number(place) - 1]))};`;
}

function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const parts = String(value)
    .replaceAll(/\bwh_[0-9a-f]{32}\b/g, `wh_${mark}`)
    .split(mark)
    // For pgbench a colon begins a variable, in a text too.
    .map((part) => `E'${part.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\x3A')}'`);
  return `(${parts.join(' || :n::text || ')})`;
}

function findPgbench(): string {
  const [found] = globSync('/usr/lib/postgresql/*/bin/pgbench').filter((path) => existsSync(path));
  return found ?? 'pgbench';
}
