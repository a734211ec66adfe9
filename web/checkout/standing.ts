import type { WatchedType } from '../../src/client/index.ts';
import type { Bill, Money } from './bill.ts';
import type { Progress } from './progress.ts';

/** How things stand for the payer. */
export type Standing =
  | { type: 'OPEN' }
  /** The partner has not answered yet. */
  | { type: 'PENDING' }
  /** @property at in UTC */
  | { type: 'PAID'; amount: Money | undefined; at: string | undefined }
  /** Something else than a payment is done: a means of payment is kept, or money given back. */
  | { type: 'DONE' }
  /** Money may still arrive. */
  | { type: 'EXPIRED' | 'FAILED' | 'CANCELED' };

/** What each type comes to when all goes well. Of a code only a payment tells. */
const goodEnds: Record<WatchedType, string> = {
  QrCode: '',
  PaymentRequest: 'SUCCEEDED',
  Payment: 'SUCCEEDED',
  PaymentSession: 'COMPLETED',
  PaymentToken: 'ACTIVE',
  Refund: 'SUCCEEDED',
};

const others: Record<string, 'PENDING' | 'EXPIRED' | 'FAILED' | 'CANCELED' | 'DONE'> = {
  PENDING: 'PENDING',
  AUTHORIZED: 'PENDING',
  EXPIRED: 'EXPIRED',
  INACTIVE: 'EXPIRED',
  FAILED: 'FAILED',
  CANCELED: 'CANCELED',
  CANCELLED: 'CANCELED',
  VOIDED: 'DONE',
  REFUNDED: 'DONE',
};

/**
 * Paid only when the ledger has said so, and then whatever else it says: money may come late.
 *
 * @param now on the gateway's clock, in ms.
 */
export function standingOf(bill: Bill, { latest, payment }: Progress, now: number): Standing {
  const { type, amount, isReusable, isForMoney, expiresAt } = bill;
  const isNewer = latest !== undefined && latest.version >= bill.version;
  const status = isNewer ? latest.status : bill.status;
  const isGoodEnd = status === goodEnds[type];
  if (isForMoney && !isReusable && (isGoodEnd || hasArrived(payment, expiresAt))) {
    const at = payment?.at ?? (isNewer ? latest.occurredAt : undefined);
    return { type: 'PAID', amount: payment?.amount ?? amount ?? undefined, at };
  }
  if (isGoodEnd) return { type: 'DONE' };
  const told = others[status] ?? 'OPEN';
  const hasRunOut = expiresAt !== undefined && expiresAt <= now;
  return { type: told === 'OPEN' && hasRunOut ? 'EXPIRED' : told };
}

/** A code may have ended without a payment, since its time was over. */
function hasArrived(payment: Progress['payment'], expiresAt: number | undefined): boolean {
  if (payment === undefined) return false;
  return payment.amount !== undefined || expiresAt === undefined || Date.parse(payment.at) < expiresAt;
}
