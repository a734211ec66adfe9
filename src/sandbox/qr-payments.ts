import type { JsonObject } from '../model/json.ts';
import type { Transactions } from './transactions.ts';
import { perAccount } from './world.ts';

/** A payment of a QR code of either version, as far as refunds and transactions need it. */
export interface QrPaymentEntry {
  id: string;
  account: string;
  /** Decimal text. */
  amount: string;
  currency: string;
  channelCode: string;
  /** The merchant's own name for the code: `external_id` or `reference_id`. */
  referenceId: string;
  /** As its version shows it. */
  body: JsonObject;
  /** The code's own URL for webhooks, where it has one. */
  url: string | undefined;
}

/** The payments of all QR codes, whichever version made them. */
export interface QrPayments {
  /** Adds a payment, and the transaction that it makes. */
  enter(payment: QrPaymentEntry): void;
  find(account: string, id: string): QrPaymentEntry | undefined;
}

/** @param transactions where each payment enters one. */
export function createQrPayments(transactions: Transactions): QrPayments {
  const paymentsOf = perAccount(() => new Map<string, QrPaymentEntry>());
  return {
    enter(payment) {
      const { id, account, amount, currency, channelCode: code, referenceId } = payment;
      paymentsOf(account).set(id, payment);
      const channel = { kind: 'QR_CODE', code, currency } as const;
      transactions.enter(account, { type: 'PAYMENT', productId: id, channel, referenceId, amount });
    },
    find: (account, id) => paymentsOf(account).get(id),
  };
}
