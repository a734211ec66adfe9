import type { Client } from 'urql';
import { RedriveDocument, type WebhookOutcome, type WebhookRowFragment } from './generated/documents.ts';
import { answerOf, type Problem } from './problem.ts';
import { readWebhooks, toFilter, unread, type WebhookFilters } from './webhooks.ts';

/** What came of reading one webhook again. */
export type Redriven = { webhook: WebhookRowFragment } | { refusal: string };

const listeners = new Set<(webhook: WebhookRowFragment) => void>();

/** @returns a function that stops. */
export function onRedriven(listener: (webhook: WebhookRowFragment) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export async function redrive(client: Client, id: string): Promise<Redriven> {
  const { data, problem } = answerOf(await client.mutation(RedriveDocument, { id }).toPromise());
  if (problem) return { refusal: problem.message };
  const result = data.redriveWebhookEvent;
  if (!('webhookEvent' in result)) return { refusal: result.message };
  for (const listener of listeners) listener(result.webhookEvent);
  return { webhook: result.webhookEvent };
}

/** How far reading many again has come. */
export interface Progress {
  total: number;
  done: number;
  /** Of those that are done, those of which something could be made. */
  read: number;
  /** The first reason why one was refused. */
  refusal: string | undefined;
}

const atOnce = 4;

/** Reads many again, some at once. */
export async function redriveAll(
  client: Client,
  ids: readonly string[],
  isStopped: () => boolean,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  let progress: Progress = { total: ids.length, done: 0, read: 0, refusal: undefined };
  const left = [...ids];
  const work = async () => {
    for (let id = left.shift(); id !== undefined && !isStopped(); id = left.shift()) {
      const redriven = await redrive(client, id);
      const isRead = 'webhook' in redriven && !unread.has(redriven.webhook.outcome);
      const refusal = progress.refusal ?? ('refusal' in redriven ? redriven.refusal : undefined);
      progress = { ...progress, done: progress.done + 1, read: progress.read + (isRead ? 1 : 0), refusal };
      onProgress(progress);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** The ids of all that a filter lets through and that can be read again: FAILED ones, unless it names another such outcome. All of them, or why they can't be had. */
export async function findUnread(client: Client, filters: WebhookFilters): Promise<string[] | Problem> {
  const outcome = (unread.has(filters.outcome ?? '') ? filters.outcome : 'FAILED') as WebhookOutcome;
  const filter = { ...toFilter(filters), outcomes: [outcome] };
  const ids: string[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const page = await readWebhooks(client, filter, after);
    if (page.problem) return page.problem;
    ids.push(...page.rows.map(({ id }) => id));
    after = page.rows.at(-1)?.cursor;
    more = page.hasOlder;
  }
  return ids;
}
