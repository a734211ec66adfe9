import type { Instant } from './instant.ts';
import type { Money } from './money.ts';

/** The accounts that a merchant has at Xendit. */
export type BalanceAccount = 'CASH' | 'HOLDING' | 'TAX';

/** How much there is in an account of the merchant's at Xendit. */
export interface Balance {
  /** In major units, as decimal text; may be below zero. */
  amount: string;
  /** As it was asked for; undefined when it wasn't, since Xendit's answer doesn't tell. */
  currency: string | undefined;
  /** As it was asked for; CASH otherwise. */
  accountType: BalanceAccount;
}

/** One movement of money in the merchant's account at Xendit, with its fee and its settlement. Not in the ledger. */
export interface Transaction {
  id: string;
  /** What it belongs to, such as a payment. */
  productId: string | undefined;
  /** Such as PAYMENT, REFUND or DISBURSEMENT. */
  type: string | undefined;
  /** PENDING, SUCCESS, FAILED, VOIDED or REVERSED; another word stays as it came. */
  status: string | undefined;
  channelCategory: string | undefined;
  channelCode: string | undefined;
  referenceId: string | undefined;
  accountIdentifier: string | undefined;
  amount: Money | undefined;
  /** What is left of the amount after fees. */
  netAmount: Money | undefined;
  /** MONEY_IN or MONEY_OUT. */
  cashflow: string | undefined;
  /** PENDING, EARLY_SETTLED or SETTLED; undefined where nothing is to be settled. */
  settlementStatus: string | undefined;
  estimatedSettlementTime: Instant | undefined;
  fee: TransactionFee | undefined;
  paymentRequestId: string | undefined;
  captureId: string | undefined;
  businessId: string | undefined;
  created: Instant | undefined;
  updated: Instant | undefined;
}

export interface TransactionFee {
  xenditFee: Money | undefined;
  valueAddedTax: Money | undefined;
  xenditWithholdingTax: Money | undefined;
  thirdPartyWithholdingTax: Money | undefined;
  /** PENDING, COMPLETED, CANCELED, REVERSED or NOT_APPLICABLE. */
  status: string | undefined;
}
