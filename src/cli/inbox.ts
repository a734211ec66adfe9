import { setTimeout as pause } from 'node:timers/promises';
import { CommandError } from './command-error.ts';
import type { GatewayClient } from './gateway-client.ts';

/** A webhook as the gateway shows it. */
export interface InboxEvent {
  id: string;
  event: string | null;
  outcome: string;
  reason: string | null;
  deliveries: number;
  receivedAt: string;
  lastReceivedAt: string;
  webhookId: string | null;
  /** As text, with personal data hidden. */
  body: string;
}

export interface InboxOptions {
  filter: { event?: string | undefined; outcomes?: string[] | undefined };
  /** How many that came before are told first. */
  history: number;
  /** How often the gateway is asked, in milliseconds. */
  everyMs: number;
  /** Whether to go on once the history has been told. */
  follows: boolean;
  signal: AbortSignal;
  /** Told once each time that the gateway can't be asked, and is asked again. */
  onAway(reason: string): void;
}

interface Page {
  webhookEvents: {
    edges: { node: InboxEvent }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

const pageSize = 100;
/** What came at almost the same time may be committed, and so be seen, in another order. */
const remembered = 10 * pageSize;
/** What the gateway, or its database, recovers from. */
const passing = new Set(['UNREACHABLE', 'UNAVAILABLE', 'STORE_UNAVAILABLE', 'THROTTLED']);

const query = `query ($filter: WebhookEventFilter, $first: Int, $after: Cursor) {
  webhookEvents(filter: $filter, first: $first, after: $after) {
    edges { node { id event outcome reason deliveries receivedAt lastReceivedAt webhookId body } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/**
 * Tells the webhooks that a gateway takes in, oldest first: those of the history, then each as it comes, and once more when one
 * of the newest hundred has been repeated. While the gateway is away nothing is missed. Ends with the signal.
 *
 * @throws CommandError the gateway can't be asked at the start, or doesn't let this caller ask.
 */
export async function* watchInbox(gateway: GatewayClient, options: InboxOptions): AsyncGenerator<InboxEvent> {
  const { history, everyMs, follows, signal, onAway } = options;
  const known = new Map<string, number>();
  const isNews = ({ id, deliveries }: InboxEvent) => known.get(id) !== deliveries;
  const before = await readBack(gateway, options, (count) => count < Math.max(history, pageSize));
  // Older ones are no news, however they come to be seen.
  const beganAt = before.length < pageSize ? '' : (before.at(-1)?.receivedAt ?? '');
  // In the order in which they are forgotten.
  for (const { id, deliveries } of before.toReversed()) known.set(id, deliveries);
  if (history > 0) yield* before.slice(0, history).reverse();

  let isAway = false;
  while (follows && !signal.aborted) {
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const newest = await readBack(gateway, options, (_, last) => !known.has(last.id) && last.receivedAt > beganAt);
      isAway = false;
      for (const event of newest.filter((one) => isNews(one) && one.receivedAt >= beganAt).reverse()) {
        known.set(event.id, event.deliveries);
        yield event;
      }
      for (const id of known.keys()) if (known.size > remembered) known.delete(id);
    } catch (error) {
      if (!(error instanceof CommandError) || !passing.has(error.code)) throw error;
      if (!isAway) onAway(error.message);
      isAway = true;
    }
  }
}

/** The newest first, page by page as long as there is a reason to go on. */
async function readBack(
  gateway: GatewayClient,
  { filter, signal }: InboxOptions,
  goesOn: (count: number, last: InboxEvent) => boolean,
): Promise<InboxEvent[]> {
  const events: InboxEvent[] = [];
  for (let after: string | null = null; ; ) {
    const { webhookEvents }: Page = await gateway.ask<Page>(query, { filter, first: pageSize, after }, signal);
    events.push(...webhookEvents.edges.map(({ node }) => node));
    const last = events.at(-1);
    after = webhookEvents.pageInfo.endCursor;
    if (last === undefined || !webhookEvents.pageInfo.hasNextPage || !goesOn(events.length, last)) return events;
  }
}
