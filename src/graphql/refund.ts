import { InvalidInputError } from '../errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { NewRefund } from '../service/refunds.ts';
import { toPage, withoutNulls } from './arguments.ts';
import { asTold, changed } from './change.ts';
import { resultType } from './failure.ts';
import { type CreateRefundInput, RefundReason, type Resolvers } from './generated/types.ts';
import { atId, inInputAt } from './places.ts';
import { asResult, asWatchable } from './result.ts';
import { xenditWords } from './xendit-words.ts';

export const refundResolvers = {
  Query: { refund: (_, { id }, { service }) => service.findCurrent('Refund', id) },
  Mutation: {
    createRefund: (_, { input }, { service }) =>
      asResult(async () => {
        const created = await service.createRefund(toNewRefund(input), input.idempotencyKey);
        return { __typename: 'CreateRefundPayload', ...asWatchable('refund', created, service) };
      }, placeInRefund),
    cancelRefund: (_, { id }, { service }) =>
      asResult(async () => ({ __typename: 'CancelRefundPayload', refund: await service.cancelRefund(id) }), atId),
  },
  Subscription: {
    refundChanged: {
      subscribe: (_, { id, after }, { service }) => service.watch('Refund', id, after ?? undefined),
      resolve: asTold,
    },
  },
  CreateRefundResult: { __resolveType: resultType },
  CancelRefundResult: { __resolveType: resultType },
  Refund: {
    ...xenditWords({ reason: RefundReason }),
    failureCode: ({ status, failureCode }) => (status === 'FAILED' ? failureCode : undefined),
    payment: ({ paymentId }, _, { service }) =>
      paymentId?.startsWith('qrpy_') ? undefined : service.findLinked('Payment', paymentId),
    qrPayment: ({ paymentId }, _, { service }) =>
      paymentId?.startsWith('qrpy_') ? service.findLinked('QrPayment', paymentId) : undefined,
    paymentRequest: ({ paymentRequestId }, _, { service }) => service.findLinked('PaymentRequest', paymentRequestId),
    history: (refund, page, { service }) => service.findHistory(refund, toPage(page)),
  },
  RefundChange: { refund: (change) => changed<'Refund'>(change) },
} satisfies Resolvers;

const placeInRefund = inInputAt({ paymentRequestId: 'of.paymentRequestId', qrPaymentId: 'of.qrPaymentId' });

function toNewRefund(input: CreateRefundInput): NewRefund {
  const { of, metadata, idempotencyKey: _, ...others } = input;
  const common = { ...withoutNulls(others), ...(metadata ? { metadata: metadata as JsonObject } : {}) };
  if (of.paymentRequestId) return { ...common, paymentRequestId: of.paymentRequestId };
  if (of.qrPaymentId) return { ...common, qrPaymentId: of.qrPaymentId };
  throw new InvalidInputError([{ path: ['of'], message: 'is needed' }]);
}
