import type { Client } from 'urql';
import {
  type WebhookEventFilter,
  type WebhookOutcome,
  WebhookPageDocument,
  type WebhookRowFragment,
} from './generated/documents.ts';
import { answerOf } from './problem.ts';
import { openRows, type Rows } from './rows.ts';

export type WebhookRow = WebhookRowFragment & { cursor: string };

export const outcomes = [
  'APPLIED',
  'DUPLICATE',
  'STALE',
  'UNRECOGNISED',
  'QUARANTINED',
  'FAILED',
] as const satisfies WebhookOutcome[];

/** Of these nothing could be made so far: they can be read again. */
export const unread: ReadonlySet<string> = new Set([
  'UNRECOGNISED',
  'QUARANTINED',
  'FAILED',
] satisfies WebhookOutcome[]);

/** As the address has it; times as `<input type="datetime-local">` writes them. */
export interface WebhookFilters {
  outcome?: string;
  event?: string;
  resource?: string;
  from?: string;
  to?: string;
}

export function toFilter({ outcome, event, resource, from, to }: WebhookFilters): WebhookEventFilter {
  const known = outcomes.find((one) => one === outcome);
  return {
    ...(known && { outcomes: [known] }),
    ...(event && { event }),
    ...(resource && { resourceId: resource }),
    ...(isTime(from) && { receivedFrom: new Date(from).toISOString() }),
    ...(isTime(to) && { receivedTo: new Date(to).toISOString() }),
  };
}

function isTime(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}

const pageSize = 100;

export async function readWebhooks(client: Client, filter: WebhookEventFilter, after?: string) {
  const variables = { filter, first: pageSize, ...(after && { after }) };
  const { data, problem } = answerOf(await client.query(WebhookPageDocument, variables).toPromise());
  if (problem) return { problem };
  const { edges, pageInfo } = data.webhookEvents;
  return { rows: edges.map(({ node, cursor }) => ({ ...node, cursor })), hasOlder: pageInfo.hasNextPage };
}

/** Whether the newest have nothing to do with what is known, so that all is to be read anew; not when what is known has left the filter. */
export function isTorn(known: readonly WebhookRow[], newest: readonly WebhookRow[], filters: WebhookFilters): boolean {
  const ids = new Set(known.map(({ id }) => id));
  if (known.length === 0 || newest.some(({ id }) => ids.has(id))) return false;
  const { outcomes: wanted } = toFilter(filters);
  return newest.length > 0 || known.some(({ outcome }) => wanted?.includes(outcome) ?? true);
}

/** What was delivered, newest first. */
export function openWebhooks(client: Client, filters: WebhookFilters): Rows<WebhookRow> {
  const filter = toFilter(filters);
  return openRows<WebhookRow>({
    keyOf: ({ id }) => id,
    read: (after) => readWebhooks(client, filter, after?.cursor),
  });
}
