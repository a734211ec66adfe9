/**
 * `npm run bench -- search`: each page of search, history and activity at 10,000 changes and at 1,000,000, medians of 21, and
 * how many times longer the latter takes. On the Postgres at BENCH_DATABASE_URL (an empty database), or on the embedded one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../src/store/database.ts';
import { openReads } from '../src/store/reads.ts';
import { openSearch } from '../src/store/search.ts';

const small = 10_000;
const large = 1_000_000;
const runs = 21;
const goal = 2;
const folder = await mkdtemp(join(tmpdir(), 'xendit-graphql-bench-'));
const databaseUrl = process.env.BENCH_DATABASE_URL;
const database = await openDatabase({ databaseUrl, dataDir: folder, poolSize: 4, statementTimeoutMs: 600_000 });
const reads = openReads(database);
const search = openSearch(database);

/** Fills the ledger up to a number of changes, one resource each and a tenth of them of one busy code. */
async function fill(from: number, to: number): Promise<void> {
  const step = 50_000;
  for (let begin = from; begin < to; begin += step) {
    const end = Math.min(begin + step, to) - 1;
    await database.prisma.$executeRaw`
      INSERT INTO "Resource" (account, type, id, reference, status, version, amount, currency, channel, collection, "createdAt", "observedAt", data)
      SELECT '', 'Payment', 'py-' || n, 'order-' || n, CASE WHEN n % 1000 = 0 THEN 'FAILED' ELSE 'SUCCEEDED' END, 1,
        10000 + n % 5000, 'IDR', CASE WHEN n % 50 = 0 THEN 'OVO' ELSE 'QRIS' END, ':Payment',
        timestamptz '2026-01-01' + n * interval '1 second', now(),
        '{"type":"Payment","id":"py-' || n || '","status":"SUCCEEDED","version":1,"stamp":"","fields":{},"olderStamps":{}}'
      FROM generate_series(${begin}::int, ${end}::int) AS n`;
    await database.prisma.$executeRaw`
      INSERT INTO "Change" (account, type, "resourceId", version, kind, "toStatus", origin, snapshot, "occurredAt")
      SELECT '', CASE WHEN n % 10 = 0 THEN 'QrCode' ELSE 'Payment' END, CASE WHEN n % 10 = 0 THEN 'qr_busy' ELSE 'py-' || n END,
        CASE WHEN n % 10 = 0 THEN n / 10 + 1 ELSE 1 END, 'CREATED', 'SUCCEEDED', 'WEBHOOK',
        '{"__typename":"Payment","account":"","id":"py-' || n || '","status":"SUCCEEDED","version":1}', now()
      FROM generate_series(${begin}::int, ${end}::int) AS n`;
  }
  await database.prisma.$executeRaw`ANALYZE`;
}

const middle = (count: number) => new Date(Date.UTC(2026, 0, 1) + (count / 2) * 1_000);
const busy = { account: '', type: 'QrCode', id: 'qr_busy' } as const;
const pages: Record<string, (count: number) => Promise<unknown[]>> = {
  'newest payments': () => search.find('', 'Payment', {}, 21),
  'from the middle on': (count) => search.find('', 'Payment', { createdTo: middle(count) }, 21),
  'by a rare status': () => search.find('', 'Payment', { statuses: ['FAILED'] }, 5),
  'by two statuses': () => search.find('', 'Payment', { statuses: ['FAILED', 'EXPIRED'] }, 5),
  'by reference': () => search.find('', 'Payment', { reference: 'order-77' }, 21),
  'by a rare channel': () => search.find('', 'Payment', { channelCode: 'OVO' }, 21),
  'by amount': () => search.find('', 'Payment', { minAmount: '12345', maxAmount: '12345' }, 2),
  'by time': (count) =>
    search.find(
      '',
      'Payment',
      { createdFrom: middle(count), createdTo: new Date(middle(count).getTime() + 60_000) },
      21,
    ),
  'history, newest': () => reads.history(busy, 21),
  'history, deep': (count) => reads.history(busy, 21, count / 20),
  'activity, newest': () => reads.activityBefore('', undefined, {}, 21),
};

async function median(page: () => Promise<unknown[]>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const startedAt = performance.now();
    const rows = await page();
    times.push(performance.now() - startedAt);
    if (rows.length === 0) throw new Error('A page was empty');
  }
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

async function measure(count: number): Promise<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const [name, page] of Object.entries(pages)) result[name] = await median(() => page(count));
  return result;
}

await fill(0, small);
const before = await measure(small);
await fill(small, large);
const after = await measure(large);
console.log('page'.padEnd(22), 'at 10,000'.padStart(12), 'at 1,000,000'.padStart(14), 'ratio'.padStart(8));
const ratios = Object.keys(pages).map((name) => {
  const [first = 0, second = 0] = [before[name], after[name]];
  console.log(
    name.padEnd(22),
    `${first.toFixed(2)} ms`.padStart(12),
    `${second.toFixed(2)} ms`.padStart(14),
    (second / first).toFixed(2).padStart(8),
  );
  return second / first;
});
await database.close();
await rm(folder, { recursive: true, force: true });
const worst = Math.max(...ratios);
const kind = databaseUrl === undefined ? 'embedded' : 'postgres';
console.log(
  JSON.stringify({ name: 'search', database: kind, value: Number(worst.toFixed(2)), goal, ok: worst <= goal }),
);
