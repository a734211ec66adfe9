import type { Letter, Report } from '../model/report.ts';
import { type Businesses, holdStranger, namesAnother } from './business.ts';
import { holdClaim } from './claims.ts';
import type { Delivery } from './delivery.ts';
import { readEvent } from './event.ts';

/** What of a webhook counts, whether it has just arrived or is read again. */
export interface ReadingRules {
  businesses: Businesses;
  /** Whether what it says of money counts only once Xendit has said so itself. */
  verifies: boolean;
}

/** What a webhook says, as far as it counts here. Never throws: what can't be read is quarantined, not refused. */
export function readDelivery(
  { businesses, verifies }: ReadingRules,
  delivery: Omit<Delivery, 'callbackToken'>,
): { report: Report & { letter: Letter }; isAnothers: boolean } {
  const event = readEvent(delivery);
  const isAnothers = namesAnother(businesses, event);
  const own = isAnothers ? holdStranger(event) : event;
  return { report: verifies ? holdClaim(own) : own, isAnothers };
}
