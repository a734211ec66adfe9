import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';
import { minus, shareOf, sum, toNumber } from './amount.ts';
import type { Channel, ChannelKind } from './channels.ts';
import { type Answer, ApiError, type Call, invalid, type Route } from './http.ts';
import { pageOf } from './paging.ts';
import { readFilter, readTime } from './transaction-filter.ts';
import { businessOf, perAccount, timeOf, type World } from './world.ts';

/** Money that moved. */
export interface NewTransaction {
  type: 'PAYMENT' | 'REFUND';
  /** The payment or refund. */
  productId: string;
  channel: Pick<Channel, 'kind' | 'code' | 'currency'>;
  referenceId: string;
  /** Decimal text, gross. */
  amount: string;
  productData?: JsonObject;
}

interface Transaction extends NewTransaction {
  id: string;
  account: string;
  /** Decimal text. */
  fee: string;
  tax: string;
  createdMs: number;
  settlesAtMs: number;
}

export interface Transactions {
  routes: Route[];
  enter(account: string, transaction: NewTransaction): void;
}

/** A transaction as Xendit shows one. */
type TransactionBody = JsonObject & { id: string };

const dayMs = 24 * 3_600_000;

/** What a kind of channel costs and how long it takes; the sandbox's own, of about Xendit's size. */
const terms: Record<ChannelKind, { category: string; fee: string; settlementDays: number }> = {
  QR_CODE: { category: 'QR_CODE', fee: '0.007', settlementDays: 2 },
  VIRTUAL_ACCOUNT: { category: 'VIRTUAL_ACCOUNT', fee: '0.01', settlementDays: 1 },
  OVER_THE_COUNTER: { category: 'RETAIL_OUTLET', fee: '0.02', settlementDays: 5 },
  EWALLET: { category: 'EWALLET', fee: '0.015', settlementDays: 2 },
  DIRECT_DEBIT: { category: 'DIRECT_DEBIT', fee: '0.019', settlementDays: 1 },
  CARDS: { category: 'CARDS', fee: '0.029', settlementDays: 5 },
};
const taxOnFee = '0.11';

/**
 * Transactions and the balance: every payment, capture and refund enters one, with its fee and the time of its settlement.
 *
 * Source: Xendit API reference, "Balances" and "Transactions".
 */
export function createTransactions({ clock }: World): Transactions {
  const transactionsOf = perAccount<Transaction[]>(() => []);

  function list({ account, query }: Call): Answer {
    const wanted = readFilter(query);
    const found = transactionsOf(account)
      .map((transaction) => toBody(transaction, clock.now()))
      .filter(wanted)
      .reverse();
    const { data, hasMore } = pageOf(found, query);
    const links = hasMore ? [nextLink(query, data.at(-1)?.id ?? '')] : [];
    return { status: 200, body: { has_more: hasMore, data, links } };
  }

  function get({ account, params }: Call): Answer {
    const found = transactionsOf(account).find(({ id }) => id === params.id);
    if (found === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `Transaction ${params.id} not found`);
    return { status: 200, body: toBody(found, clock.now()) };
  }

  /** CASH is what has settled, less refunds; HOLDING what is still to settle. */
  function balance({ account, query }: Call): Answer {
    const type = query.get('account_type') ?? 'CASH';
    if (type !== 'CASH' && type !== 'HOLDING') throw invalid('account_type must be one of [CASH, HOLDING]');
    const currency = query.get('currency') ?? 'IDR';
    const at = readTime(query, 'at_timestamp') ?? clock.now();
    const amounts = transactionsOf(account)
      .filter(({ channel, createdMs }) => channel.currency === currency && createdMs <= at)
      .filter(({ settlesAtMs }) => (type === 'CASH' ? settlesAtMs <= at : settlesAtMs > at))
      .map((transaction) => (transaction.type === 'PAYMENT' ? netOf(transaction) : `-${transaction.amount}`));
    return { status: 200, body: { balance: toNumber(sum(amounts)) } };
  }

  return {
    enter(account, transaction) {
      const { type, amount, channel } = transaction;
      const createdMs = clock.now();
      const isPayment = type === 'PAYMENT';
      const fee = isPayment ? shareOf(amount, terms[channel.kind].fee, channel.currency) : '0';
      const tax = channel.currency === 'IDR' ? shareOf(fee, taxOnFee, channel.currency) : '0';
      const settlesAtMs = isPayment ? createdMs + terms[channel.kind].settlementDays * dayMs : createdMs;
      transactionsOf(account).push({
        ...transaction,
        id: `txn_${randomUUID()}`,
        account,
        fee,
        tax,
        createdMs,
        settlesAtMs,
      });
    },
    routes: [
      { endpoint: 'GET /balance', handle: balance },
      { endpoint: 'GET /transactions', handle: list },
      { endpoint: 'GET /transactions/:id', handle: get },
    ],
  };
}

function nextLink(query: URLSearchParams, lastId: string): JsonObject {
  const next = new URLSearchParams(query);
  next.delete('before_id');
  next.set('after_id', lastId);
  return { href: `/transactions?${next}`, rel: 'next', method: 'GET' };
}

function netOf({ amount, fee, tax }: Transaction): string {
  return minus(amount, sum([fee, tax]));
}

function toBody(transaction: Transaction, now: number): TransactionBody {
  const { type, channel, amount, fee, tax, createdMs, settlesAtMs } = transaction;
  const isPayment = type === 'PAYMENT';
  const isSettled = settlesAtMs <= now;
  return {
    id: transaction.id,
    product_id: transaction.productId,
    type,
    status: 'SUCCESS',
    channel_category: terms[channel.kind].category,
    channel_code: channel.code,
    reference_id: transaction.referenceId,
    account_identifier: null,
    currency: channel.currency,
    amount: toNumber(amount),
    net_amount: toNumber(netOf(transaction)),
    net_amount_currency: channel.currency,
    cashflow: isPayment ? 'MONEY_IN' : 'MONEY_OUT',
    settlement_status: isPayment ? (isSettled ? 'SETTLED' : 'PENDING') : null,
    estimated_settlement_time: isPayment ? timeOf(settlesAtMs) : null,
    business_id: businessOf(transaction.account),
    created: timeOf(createdMs),
    updated: timeOf(isSettled ? settlesAtMs : createdMs),
    fee: {
      xendit_fee: toNumber(fee),
      value_added_tax: toNumber(tax),
      xendit_withholding_tax: 0,
      third_party_withholding_tax: 0,
      status: isPayment ? (isSettled ? 'COMPLETED' : 'PENDING') : 'NOT_APPLICABLE',
    },
    product_data: transaction.productData ?? null,
  };
}
