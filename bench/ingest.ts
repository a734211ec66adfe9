/**
 * `npm run bench -- ingest`: distinct `qr.payment` webhooks over real HTTP from 64 connections, each verified, reduced,
 * committed and answered. On the embedded database, or on the Postgres at BENCH_DATABASE_URL, an empty database.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { createGateway } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';

const rounds = 5;
const deliveriesPerRound = 2_000;
const connections = 64;

const folder = await mkdtemp(join(tmpdir(), 'xendit-graphql-bench-'));
const databaseUrl = process.env.BENCH_DATABASE_URL;
const config = readConfig({
  PORT: '0',
  SANDBOX_PORT: '0',
  DATA_DIR: folder,
  LOG_LEVEL: 'silent',
  ...(databaseUrl && { DATABASE_URL: databaseUrl }),
});
const gateway = await createGateway(config, createLog(config.logLevel));
const pool = new Pool(gateway.url, { connections, allowH2: false });
const [callbackToken = ''] = config.callbackTokens;

async function deliver(id: string): Promise<void> {
  const body = JSON.stringify({
    event: 'qr.payment',
    id: `qrpy_${id}`,
    amount: 15_000,
    created: new Date().toISOString(),
    qr_code: { id: `qr_${id}`, external_id: `bench-${id}`, qr_string: '0002', type: 'DYNAMIC' },
    status: 'COMPLETED',
    payment_detail: { receipt_id: id, source: 'GOPAY' },
  });
  const answer = await pool.request({
    method: 'POST',
    path: '/webhooks/xendit',
    headers: { 'content-type': 'application/json', 'x-callback-token': callbackToken },
    body,
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
}

async function round(number: number): Promise<number> {
  const started = performance.now();
  await Promise.all(Array.from({ length: deliveriesPerRound }, (_, index) => deliver(`${number}-${index}`)));
  return deliveriesPerRound / ((performance.now() - started) / 1_000);
}

const rates: number[] = [];
for (let number = 0; number <= rounds; number += 1) {
  const rate = await round(number);
  // The first one warms up.
  if (number > 0) rates.push(rate);
  console.log(number === 0 ? 'warm-up' : `round ${number}`, Math.round(rate), 'deliveries per second');
}
await pool.close();
await gateway.close();
await rm(folder, { recursive: true, force: true });
const median = rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
console.log(
  JSON.stringify({
    name: 'ingest',
    database: databaseUrl ? 'postgres' : 'embedded',
    value: Math.round(median),
    unit: 'deliveries per second',
  }),
);
