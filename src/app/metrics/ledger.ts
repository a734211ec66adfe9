import { Histogram, type Registry } from 'prom-client';
import { within } from '../../model/within.ts';
import type { Database } from '../../store/database.ts';
import type { Ledger, LedgerOptions } from '../../store/ledger.ts';
import type { Watermark } from '../../store/watermark.ts';
import { readGauge } from './gauge.ts';

export type LedgerMetrics = Required<Pick<LedgerOptions, 'onTransaction'>>;

/** How the ledger is written. */
export function createLedgerMetrics(registry: Registry): LedgerMetrics {
  const transactions = new Histogram({
    name: 'xendit_graphql_ledger_transaction_duration_seconds',
    help: 'Transactions of the ledger, each of a group of reports, by whether it was committed',
    labelNames: ['outcome'],
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return {
    onTransaction(isCommitted, durationMs) {
      transactions.observe({ outcome: isCommitted ? 'committed' : 'failed' }, durationMs / 1_000);
    },
  };
}

/** For the database to tell the watermark, in milliseconds: Prometheus gives up after 10 s unless told. */
const patienceMs = 1_000;

/** Shows what waits for the database, and what the database holds back. */
export function showLedger(
  registry: Registry,
  {
    ledger,
    database,
    watermark,
  }: { ledger: Pick<Ledger, 'waiting'>; database: Pick<Database, 'pools'>; watermark: Watermark },
): void {
  const show = (name: string, help: string, read: () => number | Promise<number>) =>
    readGauge(registry, { name, help, labelNames: [] }, async () => [[{}, await read()]]);
  show('xendit_graphql_ledger_queue_reports', 'Reports that wait to be committed', () => ledger.waiting().reports);
  show('xendit_graphql_ledger_queue_bytes', 'Webhooks that wait to be committed', () => ledger.waiting().bytes);
  show(
    'xendit_graphql_activity_watermark_lag_seconds',
    'How long the oldest transaction has run that holds back the release of activity; 0 where none is held back',
    async () => (await within(patienceMs, watermark.lagMs())) / 1_000,
  );
  readGauge(
    registry,
    {
      name: 'xendit_graphql_database_connections',
      help: 'Connections to Postgres, by pool and whether they are in use; none with the embedded database',
      labelNames: ['pool', 'state'],
    },
    () =>
      database
        .pools()
        .flatMap(({ name: pool, busy, idle }) => [
          [{ pool, state: 'busy' }, busy] as const,
          [{ pool, state: 'idle' }, idle] as const,
        ]),
  );
  readGauge(
    registry,
    {
      name: 'xendit_graphql_database_connections_limit',
      help: 'Connections to Postgres that a pool may have',
      labelNames: ['pool'],
    },
    () => database.pools().map(({ name: pool, limit }) => [{ pool }, limit]),
  );
  readGauge(
    registry,
    {
      name: 'xendit_graphql_database_waiting',
      help: 'Questions that wait for a connection to Postgres',
      labelNames: ['pool'],
    },
    () => database.pools().map(({ name: pool, waiting }) => [{ pool }, waiting]),
  );
}
