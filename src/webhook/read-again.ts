import type { Report } from '../model/report.ts';
import type { WebhookEvent } from '../store/reads.ts';
import { holdClaim } from './claims.ts';
import { readEvent } from './event.ts';

/**
 * What a webhook of the inbox says, as this version understands it. Never throws; what becomes of it is written to its row.
 *
 * @param verifies whether what it says of money counts only once Xendit has said so itself.
 */
export function readAgain({ id, account, webhookId, body, receivedAt }: WebhookEvent, verifies: boolean): Report {
  const event = readEvent({ account, webhookId, body, receivedAt });
  const { letter, ...report } = verifies ? holdClaim(event) : event;
  return { ...report, letter: { ...letter, keptAs: id } };
}
