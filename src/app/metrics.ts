import { Registry } from 'prom-client';
import type { Feed } from '../feed/feed.ts';
import type { Connections } from '../server/connections.ts';
import type { Measures } from '../server/graphql-room.ts';
import type { Reading } from '../server/metrics.ts';
import type { Database } from '../store/database.ts';
import type { Ledger } from '../store/ledger.ts';
import { openWatermark } from '../store/watermark.ts';
import { createGraphQLMetrics, showConnections } from './metrics/graphql.ts';
import { createLedgerMetrics, type LedgerMetrics, showLedger } from './metrics/ledger.ts';
import { processMetrics } from './metrics/process.ts';
import { countRefusals, createWebhookMetrics, type WebhookMetrics } from './metrics/webhooks.ts';
import { createXenditMetrics, showOutbound, type XenditMetrics } from './metrics/xendit.ts';
import type { Outbound } from './outbound.ts';

/** What rooms tell as it happens; each is handed its part. */
export interface Metrics {
  webhooks: WebhookMetrics;
  xendit: XenditMetrics;
  ledger: LedgerMetrics;
  graphql: Measures;
  /** Lets others read all of it, and what is looked at when they do. */
  show(sources: Sources): () => Promise<Reading>;
}

/** What is looked at when the metrics are read. */
export interface Sources {
  outbound: Pick<Outbound, 'budget' | 'breaker'>;
  ledger: Ledger;
  database: Database;
  feed: Feed;
  connections: Connections;
  refusals: () => number;
}

/** One gateway's metrics. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    webhooks: createWebhookMetrics(registry),
    xendit: createXenditMetrics(registry),
    ledger: createLedgerMetrics(registry),
    graphql: createGraphQLMetrics(registry),
    show({ outbound, ledger, database, feed, connections, refusals }) {
      countRefusals(registry, refusals);
      showOutbound(registry, outbound);
      showLedger(registry, { ledger, database, watermark: openWatermark(database) });
      showConnections(registry, { connections, feed });
      const all = [registry, processMetrics()];
      return async () => {
        const texts = await Promise.all(all.map((one) => one.metrics()));
        return { type: registry.contentType, text: texts.join('\n') };
      };
    },
  };
}
