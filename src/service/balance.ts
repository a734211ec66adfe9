import { GatewayError, InvalidInputError } from '../errors.ts';
import { toDecimal } from '../model/money.ts';
import type { Balance, Transaction } from '../model/transaction.ts';
import { type BalanceQuery, getBalance } from '../xendit/balance.ts';
import { getTransaction, listTransactions, type TransactionFilter } from '../xendit/transactions.ts';
import { type Page, type PageQuery, readPage } from './pages.ts';
import type { Rooms } from './rooms.ts';

export interface BalanceService {
  findBalance(query: BalanceQuery): Promise<Balance>;
  /**
   * One page, newest first as Xendit lists it. The cursor is Xendit's own place, signed.
   *
   * @throws InvalidInputError the amount can't be read, or `first` is out of range; CURSOR_INVALID.
   */
  findTransactions(filter: TransactionFilter, page: PageQuery): Promise<Page<Transaction>>;
  /** @returns undefined when Xendit doesn't know it. */
  findTransaction(id: string): Promise<Transaction | undefined>;
  /** What a payment did to the balance. @returns undefined until Xendit has booked it. */
  findTransactionOf(productId: string): Promise<Transaction | undefined>;
}

/** Xendit gives 50 at most. */
const maxTransactions = 50;

export function createBalanceService({ xendit, cursors, flights }: Rooms, account: string): BalanceService {
  return {
    findBalance: (query) =>
      flights.share(JSON.stringify(['balance', account, query]), () => getBalance(xendit, account, query)),
    async findTransactions(filter, { first, after }) {
      if (filter.amount !== undefined && toDecimal(filter.amount) === undefined) {
        throw new InvalidInputError([
          { path: ['filter', 'amount'], message: 'must be a decimal number, such as 15000' },
        ]);
      }
      const afterId = after === undefined ? undefined : cursors.read('transactions', account, after);
      let hasMore = false;
      const page = await readPage(
        first,
        afterId !== undefined,
        async (limit) => {
          const listed = await listTransactions(xendit, account, { ...filter, limit: limit - 1, afterId });
          hasMore = listed.hasMore;
          return listed.transactions;
        },
        ({ id }) => cursors.write('transactions', account, id),
        maxTransactions,
      );
      return { ...page, pageInfo: { ...page.pageInfo, hasNextPage: hasMore } };
    },
    findTransaction: (id) =>
      flights.share(JSON.stringify(['transaction', account, id]), () =>
        unlessNotFound(getTransaction(xendit, account, id)),
      ),
    findTransactionOf: (productId) =>
      flights.share(JSON.stringify(['transactionOf', account, productId]), async () => {
        const { transactions } = await listTransactions(xendit, account, { productId, limit: 1 });
        return transactions[0];
      }),
  };
}

async function unlessNotFound<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
