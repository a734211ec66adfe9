import type { Channel } from './channels.ts';

/** Source: Xendit docs, "Simulate card scenarios", by amount. Those in VND aren't printed one by one. */
const cardFailures: Record<string, string> = {
  10051: 'EXPIRED_CARD',
  10052: 'SUSPECTED_FRAUDULENT',
  10053: 'DECLINED_BY_PROCESSOR',
  10054: 'INSUFFICIENT_BALANCE',
  10055: 'STOLEN_CARD',
  10056: 'INACTIVE_OR_UNAUTHORIZED_CARD',
  10057: 'PROCESSOR_ERROR',
  10058: 'INVALID_CVV',
  10059: 'DECLINED_BY_ISSUER',
};

/** Source: Xendit docs, "eWallet test scenarios": those of eWallet charges, since version 3 prints none of its own. */
const walletFailures: Record<string, string> = {
  20103: 'ACCOUNT_ACCESS_BLOCKED',
  20104: 'INVALID_MERCHANT_CREDENTIALS',
  20105: 'USER_DECLINED_PAYMENT',
  20106: 'INVALID_ACCOUNT_DETAILS',
};

/** The `failure_code` that paying this very amount (decimal text) ends in; undefined where it succeeds. */
export function failureOf({ kind }: Channel, amount: string): string | undefined {
  if (kind === 'CARDS') return cardFailures[amount];
  return kind === 'EWALLET' ? walletFailures[amount] : undefined;
}
