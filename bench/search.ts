/**
 * `npm run bench -- search`: each page of search, history and activity at 10,000 changes and at 1,000,000 on Postgres, medians of
 * 21. The figure is that of the page which grows most.
 */
import { type Database, openDatabase } from '../src/store/database.ts';
import { openLists } from '../src/store/lists.ts';
import { openReads } from '../src/store/reads.ts';
import { openSearch } from '../src/store/search.ts';
import { bench } from './support/bench.ts';
import { compare, printResult, printTable } from './support/figures.ts';

const small = 10_000;
const large = 1_000_000;
const runs = 21;

type Page = (count: number) => Promise<unknown[]>;

/** Fills the ledger up to a number of changes, one resource each and a tenth of them of one busy code. */
async function fill({ prisma }: Database, from: number, to: number): Promise<void> {
  const step = 50_000;
  for (let begin = from; begin < to; begin += step) {
    const end = Math.min(begin + step, to) - 1;
    await prisma.$executeRaw`
      INSERT INTO "Resource" (account, type, id, reference, status, version, amount, currency, channel, collection, "createdAt", "observedAt", data)
      SELECT '', 'Payment', 'py-' || n, 'order-' || n, CASE WHEN n % 1000 = 0 THEN 'FAILED' ELSE 'SUCCEEDED' END, 1,
        10000 + n % 5000, 'IDR', CASE WHEN n % 50 = 0 THEN 'OVO' ELSE 'QRIS' END, ':Payment',
        timestamptz '2026-01-01' + n * interval '1 second', now(),
        '{"type":"Payment","id":"py-' || n || '","status":"SUCCEEDED","version":1,"stamp":"","fields":{},"olderStamps":{}}'
      FROM generate_series(${begin}::int, ${end}::int) AS n`;
    await prisma.$executeRaw`
      INSERT INTO "Change" (account, type, "resourceId", version, kind, "toStatus", origin, snapshot, "occurredAt")
      SELECT '', CASE WHEN n % 10 = 0 THEN 'QrCode' ELSE 'Payment' END, CASE WHEN n % 10 = 0 THEN 'qr_busy' ELSE 'py-' || n END,
        CASE WHEN n % 10 = 0 THEN n / 10 + 1 ELSE 1 END, 'CREATED', 'SUCCEEDED', 'WEBHOOK',
        '{"__typename":"Payment","account":"","id":"py-' || n || '","status":"SUCCEEDED","version":1}', now()
      FROM generate_series(${begin}::int, ${end}::int) AS n`;
  }
  await prisma.$executeRaw`ANALYZE`;
}

const middle = (count: number) => new Date(Date.UTC(2026, 0, 1) + (count / 2) * 1_000);
const busy = { type: 'QrCode', id: 'qr_busy' } as const;

function pagesOf(database: Database): Record<string, Page> {
  const reads = openReads(database);
  const lists = openLists(database);
  const search = openSearch(database);
  return {
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
    'history, newest': async () => (await lists.histories('', [busy], 21))[0] ?? [],
    'history, deep': async (count) => (await lists.histories('', [busy], 21, count / 20))[0] ?? [],
    'activity, newest': () => reads.activityBefore('', undefined, {}, 21),
  };
}

async function measure(pages: Record<string, Page>, count: number): Promise<Record<string, number[]>> {
  const taken: Record<string, number[]> = {};
  for (const [name, page] of Object.entries(pages)) {
    const times: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const startedAt = performance.now();
      const rows = await page(count);
      times.push(performance.now() - startedAt);
      if (rows.length === 0) throw new Error(`${name}: the page was empty`);
    }
    taken[name] = times;
  }
  return taken;
}

await bench(async (scope) => {
  const database = await openDatabase({
    databaseUrl: await scope.database(),
    dataDir: '',
    poolSize: 4,
    statementTimeoutMs: 600_000,
  });
  scope.after(() => database.close());
  const pages = pagesOf(database);
  await fill(database, 0, small);
  const before = await measure(pages, small);
  await fill(database, small, large);
  const after = await measure(pages, large);
  const figures = Object.keys(pages).map((name) => ({
    page: name,
    ...compare('search', { values: after[name] ?? [], references: before[name] ?? [] }, 2),
  }));
  printTable(
    ['page', 'ms at 1,000,000', 'ms at 10,000', 'ratio'],
    figures.map(({ page, value, reference, ratio }) => [page, String(value), String(reference), String(ratio)]),
  );
  const [worst] = figures.toSorted((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0));
  if (worst === undefined) throw new Error('Nothing was measured');
  const { page, ...figure } = worst;
  printResult(figure, [], { page });
});
