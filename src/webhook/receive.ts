import type { Outcome, Report } from '../model/report.ts';
import { holdClaim } from './claims.ts';
import type { Delivery } from './delivery.ts';
import { readEvent } from './event.ts';
import { assertCallbackToken } from './token.ts';

/** What a delivery is taken in with. */
export interface WebhookDoor<R extends { outcome: Outcome }> {
  callbackTokens: readonly string[];
  /** Whether what it says of money counts only once Xendit has said so itself. */
  verifies: boolean;
  ledger: { observe(report: Report): Promise<R> };
}

/**
 * Takes in one delivery: proves the sender, reads what it says, commits it once.
 * Returning means that the raw body and all its effects are committed; subscribers are woken by the ledger.
 *
 * @throws GatewayError UNAUTHENTICATED the callback token is absent or wrong; nothing is kept.
 * @throws GatewayError STORE_UNAVAILABLE the ledger can't commit: answer 503, Xendit will deliver again.
 */
export async function receiveWebhook<R extends { outcome: Outcome }>(
  door: WebhookDoor<R>,
  delivery: Delivery,
): Promise<R> {
  assertCallbackToken(door.callbackTokens, delivery.callbackToken);
  const event = readEvent(delivery); // never throws: what can't be read is quarantined, not refused
  return door.ledger.observe(door.verifies ? holdClaim(event) : event);
}
