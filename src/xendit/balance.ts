import { objectOf, scalarText } from '../model/json.ts';
import { toDecimal } from '../model/money.ts';
import type { Balance, BalanceAccount } from '../model/transaction.ts';
import type { XenditClient } from './client.ts';
import { path } from './path.ts';
import * as wire from './wire.ts';

/** Which balance. */
export interface BalanceQuery {
  /** ISO 4217; the account's own unless told. */
  currency?: string | undefined;
  /** CASH unless told. */
  accountType?: BalanceAccount | undefined;
}

/**
 * Asks how much there is in an account of the merchant's.
 *
 * @throws XenditError FORBIDDEN the key may not see it; REJECTED the account has no such feature.
 * @throws UnreadableError the answer has no amount.
 * Source: Xendit API reference, "Get balance" (GET /balance).
 */
export async function getBalance(
  xendit: XenditClient,
  account: string,
  { currency, accountType }: BalanceQuery = {},
  signal?: AbortSignal,
): Promise<Balance> {
  const query = { account_type: accountType, currency };
  const answer = await xendit.get(path`/balance`, { query, account, signal });
  const amount = toDecimal(scalarText(objectOf(answer.body)?.balance));
  if (amount === undefined) throw new wire.UnreadableError('no balance');
  return { amount, currency, accountType: accountType ?? 'CASH' };
}
