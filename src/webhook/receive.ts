import type { Log } from '../log.ts';
import type { Report } from '../model/report.ts';
import type { Receipt } from '../store/ledger.ts';
import type { Delivery } from './delivery.ts';
import { type ReadingRules, readDelivery } from './reading.ts';
import type { ProveSender } from './token.ts';

/** What is told of a delivery that was taken in. */
export type WebhookReceipt = Pick<Receipt, 'outcome' | 'eventId' | 'isRepeated'>;

/** What a delivery is taken in with. */
export interface WebhookDoor extends ReadingRules {
  prove: ProveSender;
  ledger: { observe(report: Report): Promise<WebhookReceipt> };
  log: Log;
}

/**
 * Takes in one delivery: proves the sender, reads what it says, commits it once.
 * Returning means that the raw body and all its effects are committed; subscribers are woken by the ledger.
 *
 * @throws GatewayError UNAUTHENTICATED the callback token is absent, wrong or another account's; nothing is kept.
 * @throws GatewayError STORE_UNAVAILABLE the ledger can't commit: answer 503, Xendit will deliver again.
 */
export async function receiveWebhook(door: WebhookDoor, delivery: Delivery): Promise<WebhookReceipt> {
  const { account, callbackToken } = delivery;
  door.prove(account, callbackToken);
  const { report, isAnothers } = readDelivery(door, delivery);
  const receipt = await door.ledger.observe(report);
  if (isAnothers && !receipt.isRepeated) {
    const { event, businessId } = report.letter;
    const what = { id: receipt.eventId, account, event, businessId };
    door.log.warn(what, 'a webhook names a business other than the account that it came for, and is kept unapplied');
  }
  return receipt;
}
