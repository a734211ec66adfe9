import { InvalidInputError } from '../errors.ts';
import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import { toDecimal } from '../model/money.ts';
import type { Transaction, TransactionFee } from '../model/transaction.ts';
import type { XenditClient } from './client.ts';
import { path } from './path.ts';
import * as wire from './wire.ts';

/** Which transactions to list, and where in the list to begin. */
export interface TransactionFilter {
  /** Such as PAYMENT; any of them. */
  types?: readonly string[] | undefined;
  /** Such as SUCCESS; any of them. */
  statuses?: readonly string[] | undefined;
  /** Such as QR_CODE; any of them. */
  channelCategories?: readonly string[] | undefined;
  /** Exact. */
  referenceId?: string | undefined;
  /** Such as the id of a payment. */
  productId?: string | undefined;
  /** ISO 4217. */
  currency?: string | undefined;
  /** Exact, in major units, as decimal text. */
  amount?: string | undefined;
  createdFrom?: Date | undefined;
  createdTo?: Date | undefined;
  /** Xendit lists 10 when it isn't told. */
  limit?: number | undefined;
  /** What comes after this transaction. */
  afterId?: string | undefined;
}

/**
 * Asks for one page of the movements of money in the merchant's account, in Xendit's order.
 *
 * @returns `hasMore` says whether there are others beyond the last one.
 * @throws InvalidInputError the amount is no decimal number; nothing was sent.
 * @throws XenditError FORBIDDEN the key may not see them; INVALID_INPUT.
 * @throws UnreadableError the answer is no list of them.
 * Source: Xendit API reference, "List transactions" (GET /transactions).
 */
export async function listTransactions(
  xendit: XenditClient,
  account: string,
  filter: TransactionFilter,
  signal?: AbortSignal,
): Promise<{ transactions: Transaction[]; hasMore: boolean }> {
  const query = {
    types: filter.types,
    statuses: filter.statuses,
    channel_categories: filter.channelCategories,
    reference_id: filter.referenceId,
    product_id: filter.productId,
    currency: filter.currency,
    amount: filter.amount === undefined ? undefined : exactly(filter.amount),
    'created[gte]': filter.createdFrom?.toISOString(),
    'created[lte]': filter.createdTo?.toISOString(),
    limit: filter.limit,
    after_id: filter.afterId,
  };
  const answer = await xendit.get(path`/transactions`, { query, account, signal });
  const { items, hasMore } = wire.page(answer.body);
  return { transactions: items.map(toTransaction), hasMore };
}

/**
 * Asks for one transaction.
 *
 * @throws XenditError NOT_FOUND no transaction has this id.
 * Source: Xendit API reference, "Get transaction" (GET /transactions/{id}).
 */
export async function getTransaction(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<Transaction> {
  const answer = await xendit.get(path`/transactions/${id}`, { account, signal });
  return toTransaction(answer.body);
}

function exactly(amount: string): string {
  const plain = toDecimal(amount);
  if (plain === undefined) throw new InvalidInputError([{ path: ['amount'], message: 'not a decimal number' }]);
  return plain;
}

/** @throws UnreadableError it has no id, or its amount can't be read. */
function toTransaction(body: Json): Transaction {
  const transaction = objectOf(body) ?? {};
  const netCurrency = wire.text(transaction, 'net_amount_currency', 'currency');
  const product = wire.object(transaction, 'product_data');
  return {
    id: wire.requiredId(transaction, 'id'),
    productId: wire.text(transaction, 'product_id'),
    type: wire.code(transaction, 'type'),
    status: wire.code(transaction, 'status'),
    channelCategory: wire.code(transaction, 'channel_category'),
    channelCode: wire.text(transaction, 'channel_code'),
    referenceId: wire.text(transaction, 'reference_id'),
    accountIdentifier: wire.text(transaction, 'account_identifier'),
    amount: wire.bookedMoney(transaction, ['amount']),
    netAmount: wire.bookedMoney(transaction, ['net_amount'], netCurrency),
    cashflow: wire.code(transaction, 'cashflow'),
    settlementStatus: wire.code(transaction, 'settlement_status'),
    estimatedSettlementTime: wire.time(transaction, 'estimated_settlement_time'),
    fee: toFee(wire.object(transaction, 'fee'), wire.text(transaction, 'currency')),
    paymentRequestId: wire.text(product, 'payment_request_id'),
    captureId: wire.text(product, 'capture_id'),
    businessId: wire.text(transaction, 'business_id'),
    created: wire.time(transaction, 'created'),
    updated: wire.time(transaction, 'updated'),
  };
}

function toFee(fee: JsonObject | undefined, currency: string | undefined): TransactionFee | undefined {
  return (
    fee && {
      xenditFee: wire.money(fee, 'xendit_fee', currency),
      valueAddedTax: wire.money(fee, 'value_added_tax', currency),
      xenditWithholdingTax: wire.money(fee, 'xendit_withholding_tax', currency),
      thirdPartyWithholdingTax: wire.money(fee, 'third_party_withholding_tax', currency),
      status: wire.code(fee, 'status'),
    }
  );
}
