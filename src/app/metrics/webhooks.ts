import { Counter, Histogram, type Registry } from 'prom-client';
import type { WebhookRoom } from '../../server/webhooks.ts';

export type WebhookMetrics = Pick<WebhookRoom, 'onAnswered'>;

/** How deliveries are answered. */
export function createWebhookMetrics(registry: Registry): WebhookMetrics {
  const registers = [registry];
  const acknowledgements = new Counter({
    name: 'xendit_graphql_webhook_acknowledgements_total',
    help: 'Answers to deliveries, by HTTP status and by what became of the delivery; NONE: it was not taken in',
    labelNames: ['status', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'xendit_graphql_webhook_acknowledgement_duration_seconds',
    help: 'From the first byte of a delivery until it was answered, by HTTP status',
    labelNames: ['status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  return {
    onAnswered(status, outcome = 'NONE', durationMs) {
      acknowledgements.inc({ status, outcome });
      durations.observe({ status }, durationMs / 1_000);
    },
  };
}

/** @param total how many deliveries were refused since the start. */
export function countRefusals(registry: Registry, total: () => number): void {
  new Counter({
    name: 'xendit_graphql_webhook_refusals_total',
    help: 'Deliveries that were refused for want of the right callback token',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(total());
    },
  });
}
