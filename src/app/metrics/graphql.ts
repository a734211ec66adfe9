import { Counter, Histogram, type Registry } from 'prom-client';
import type { Feed } from '../../feed/feed.ts';
import type { Connections } from '../../server/connections.ts';
import type { Measures } from '../../server/graphql-room.ts';
import { readGauge } from './gauge.ts';

/** How operations and streams go. */
export function createGraphQLMetrics(registry: Registry): Measures {
  const registers = [registry];
  const operations = new Counter({
    name: 'xendit_graphql_operations_total',
    help: 'GraphQL operations, by kind and outcome: OK, or the code of the first error; kind unread: refused before it was known',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'xendit_graphql_operation_duration_seconds',
    help: 'From an operation being let in until its answer; of a subscription until it listens',
    labelNames: ['kind'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers,
  });
  const lag = new Histogram({
    name: 'xendit_graphql_commit_to_socket_seconds',
    help: 'From the beginning of the transaction that recorded a change, until its message was handed to a connection that was subscribed by then',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  return {
    onOperation(kind, outcome, durationMs) {
      operations.inc({ kind, outcome });
      durations.observe({ kind }, durationMs / 1_000);
    },
    onMessage: (lagMs) => lag.observe(lagMs / 1_000),
  };
}

/** Shows what is open. */
export function showConnections(
  registry: Registry,
  { connections, feed }: { connections: Pick<Connections, 'count'>; feed: Pick<Feed, 'listeners'> },
): void {
  readGauge(
    registry,
    {
      name: 'xendit_graphql_sockets',
      help: 'Open WebSockets and event streams',
      labelNames: ['transport'],
    },
    () => (['websocket', 'sse'] as const).map((transport) => [{ transport }, connections.count(transport)] as const),
  );
  readGauge(
    registry,
    { name: 'xendit_graphql_subscriptions', help: 'Subscriptions that listen for changes', labelNames: [] },
    () => [[{}, feed.listeners()]],
  );
}
