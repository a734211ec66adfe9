import type { WatchedChange } from '../../src/client/index.ts';
import type { Money } from './bill.ts';

/** A payment that has arrived. */
export interface Receipt {
  id: string;
  amount: Money;
  /** In UTC. */
  at: string;
}

/** What a page has been told so far. */
export interface Progress {
  /** The cursor of the last change; undefined: none yet. */
  after: string | undefined;
  latest: Pick<WatchedChange, 'version' | 'status' | 'occurredAt'> | undefined;
  /** The last version that was more than the news of a payment; 0: none yet. */
  revision: number;
  /** What pays something that is paid once. */
  payment: { amount: Money | undefined; at: string } | undefined;
  /** What arrived while the page watched, the newest first. */
  receipts: Receipt[];
}

export const nothing: Progress = { after: undefined, latest: undefined, revision: 0, payment: undefined, receipts: [] };

const arrived = new Set(['COMPLETED', 'SUCCEEDED']);
/** Of a code at a busy till. */
const receiptsAtMost = 50;

/** What is known with one more change. */
export function withChange(before: Progress, change: WatchedChange): Progress {
  const { cursor, version, status, occurredAt, kind, payment, isPaid } = change;
  const receipt =
    kind === 'PAYMENT' && payment !== undefined && arrived.has(payment.status)
      ? { id: payment.id, amount: payment.amount, at: occurredAt }
      : undefined;
  const isNew = receipt !== undefined && !before.receipts.some(({ id }) => id === receipt.id);
  return {
    after: cursor ?? before.after,
    latest: { version, status, occurredAt },
    revision: kind === 'PAYMENT' ? before.revision : version,
    payment: before.payment ?? (isPaid ? { amount: payment?.amount, at: occurredAt } : undefined),
    receipts: isNew ? [receipt, ...before.receipts].slice(0, receiptsAtMost) : before.receipts,
  };
}

/** What this tab was told of a resource before it was loaded again. */
export function recall(resourceId: string): Progress {
  try {
    return { ...nothing, ...(JSON.parse(sessionStorage.getItem(keyOf(resourceId)) ?? '{}') as Partial<Progress>) };
  } catch {
    return nothing;
  }
}

/** Keeps it while the tab is open, where the browser lets it; otherwise a reload begins with the present. */
export function keep(resourceId: string, progress: Progress): void {
  try {
    sessionStorage.setItem(keyOf(resourceId), JSON.stringify(progress));
  } catch {}
}

function keyOf(resourceId: string): string {
  return `checkout:${resourceId}`;
}
