import type { Report } from '../model/report.ts';
import type { WebhookEvent } from '../store/reads.ts';
import { readEvent } from './event.ts';

/** What a webhook of the inbox says, as this version understands it. Never throws; what becomes of it is written to its row. */
export function readAgain({ id, account, webhookId, body, receivedAt }: WebhookEvent): Report {
  const { letter, ...report } = readEvent({ account, webhookId, body, receivedAt });
  return { ...report, letter: { ...letter, keptAs: id } };
}
