import type { Report } from '../model/report.ts';
import type { WebhookEvent } from '../store/reads.ts';
import { type ReadingRules, readDelivery } from './reading.ts';

/**
 * What a webhook of the inbox says, as this version understands it, by the rules of today. Never throws; what becomes of it is
 * written to its row.
 */
export function readAgain({ id, account, webhookId, body, receivedAt }: WebhookEvent, rules: ReadingRules): Report {
  const { report } = readDelivery(rules, { account, webhookId, body, receivedAt });
  return { ...report, letter: { ...report.letter, keptAs: id } };
}
