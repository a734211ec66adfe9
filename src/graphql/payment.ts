import { capturedOf } from '../model/captured.ts';
import { toPage, toSearch } from './arguments.ts';
import { asTold, causeOf, changed } from './change.ts';
import { resultType } from './failure.ts';
import { CaptureMethod, type PaymentFamily, PaymentRequestType, type Resolvers } from './generated/types.ts';
import { atId, inInputAt } from './places.ts';
import { asCreated, asResult } from './result.ts';
import { xenditWords } from './xendit-words.ts';

const placeInCapture = inInputAt({ paymentId: 'id', captureAmount: 'amount' });

export const paymentResolvers = {
  Query: {
    payment: (_, { id }, { service }) => service.findCurrent('Payment', id),
    payments: (_, { filter, ...page }, { service }) => service.search('Payment', toSearch(filter), toPage(page)),
  },
  Mutation: {
    capturePayment: (_, { input: { id, amount, idempotencyKey } }, { service }) =>
      asResult(async () => {
        const captured = await service.capturePayment({ paymentId: id, amount }, idempotencyKey);
        return { __typename: 'CapturePaymentPayload', ...asCreated('payment', captured) };
      }, placeInCapture),
    cancelPayment: (_, { id }, { service }) =>
      asResult(async () => ({ __typename: 'CancelPaymentPayload', payment: await service.cancelPayment(id) }), atId),
  },
  Subscription: {
    paymentChanged: {
      subscribe: (_, { id, after }, { service }) => service.watch('Payment', id, after ?? undefined),
      resolve: asTold,
    },
  },
  CapturePaymentResult: { __resolveType: resultType },
  CancelPaymentResult: { __resolveType: resultType },
  Payment: {
    ...xenditWords({ type: PaymentRequestType, captureMethod: CaptureMethod }),
    family: ({ family }) => (family ?? 'UNKNOWN') as PaymentFamily,
    failureCode: ({ status, failureCode }) => (status === 'FAILED' ? failureCode : undefined),
    capturedAmount: capturedOf,
    customer: ({ customerId }, _, { service }) => service.findLinkedCustomer(customerId),
    captures: ({ captures }) => captures ?? [],
    paymentRequest: ({ paymentRequestId }, _, { service }) => service.findLinked('PaymentRequest', paymentRequestId),
    paymentToken: ({ paymentTokenId }, _, { service }) => service.findLinked('PaymentToken', paymentTokenId),
    transaction: ({ id }, _, { service }) => service.findTransactionOf(id),
    refunds: (payment, page, { service }) => service.findChildren('Refund', payment.id, toPage(page)),
    history: (payment, page, { service }) => service.findHistory(payment, toPage(page)),
  },
  PaymentChange: {
    payment: (change) => changed<'Payment'>(change),
    refund: (change, _, context) => causeOf('Refund', change, context),
  },
  Capture: {
    paymentRequest: ({ paymentRequestId }, _, { service }) => service.findLinked('PaymentRequest', paymentRequestId),
    history: (capture, page, { service }) => service.findHistory(capture, toPage(page)),
  },
  CaptureChange: { capture: (change) => changed<'Capture'>(change) },
} satisfies Resolvers;
