import { toPage, withoutNulls } from './arguments.ts';
import {
  Cashflow,
  ChannelCategory,
  type Resolvers,
  SettlementStatus,
  TransactionFeeStatus,
  TransactionStatus,
  TransactionType,
} from './generated/types.ts';
import { xenditWords } from './xendit-words.ts';

export const balanceResolvers = {
  Query: {
    balance: (_, { currency, accountType }, { service }) =>
      service.findBalance(withoutNulls({ currency, accountType })),
    transactions: (_, { filter, ...page }, { service }) => service.findTransactions(withoutNulls(filter), toPage(page)),
  },
  Transaction: {
    ...xenditWords({
      type: TransactionType,
      status: TransactionStatus,
      cashflow: Cashflow,
      channelCategory: ChannelCategory,
      settlementStatus: SettlementStatus,
    }),
    payment: ({ productId }, _, { service }) =>
      productId?.startsWith('py-') ? service.findLinked('Payment', productId) : undefined,
    qrPayment: ({ productId }, _, { service }) =>
      productId?.startsWith('qrpy_') ? service.findLinked('QrPayment', productId) : undefined,
    refund: ({ productId }, _, { service }) =>
      /^(rfd-|qrrf_)/.test(productId ?? '') ? service.findLinked('Refund', productId) : undefined,
    paymentRequest: ({ paymentRequestId }, _, { service }) => service.findLinked('PaymentRequest', paymentRequestId),
  },
  TransactionFee: xenditWords({ status: TransactionFeeStatus }),
} satisfies Resolvers;
