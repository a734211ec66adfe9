import { readQris } from '../model/qris.ts';
import { toPage } from './arguments.ts';
import { asTold, causeOf, changed } from './change.ts';
import { resultType } from './failure.ts';
import type { QrCodeType, Resolvers } from './generated/types.ts';
import { drawQrCode } from './qr-image.ts';
import { asResult } from './result.ts';

const qrCodeTypes: readonly string[] = ['DYNAMIC', 'STATIC'];

export const qrCodeResolvers = {
  Query: {
    qrCode: (_, { externalId }, { service }) => service.findQrCode(externalId),
    qrPayments: (_, { externalId, from, to, ...page }, { service }) =>
      service.findQrPayments(externalId, { from: from ?? undefined, to: to ?? undefined, ...toPage(page, 10) }),
  },
  Mutation: {
    createQrCode: (_, { input: { idempotencyKey, ...input } }, { service }) =>
      asResult(
        service
          .createQrCode(
            { ...input, amount: input.amount ?? undefined, callbackUrl: input.callbackUrl ?? undefined },
            idempotencyKey,
          )
          .then(({ result, alreadyProcessed }) => ({
            __typename: 'CreateQrCodePayload' as const,
            qrCode: result,
            alreadyProcessed,
          })),
      ),
    simulateQrPayment: (_, { input: { externalId, amount } }, { service }) =>
      asResult(
        service
          .simulateQrPayment({ externalId, amount: amount ?? undefined })
          .then((qrPayment) => ({ __typename: 'SimulateQrPaymentPayload' as const, qrPayment })),
      ),
  },
  Subscription: {
    qrCodeChanged: {
      subscribe: (_, { externalId, after }, { service }) => service.watchQrCode(externalId, after ?? undefined),
      resolve: asTold,
    },
  },
  CreateQrCodeResult: { __resolveType: resultType },
  SimulateQrPaymentResult: { __resolveType: resultType },
  QrCode: {
    type: ({ type }) => (qrCodeTypes.includes(type ?? '') ? type : 'UNKNOWN') as QrCodeType,
    image: ({ qrString }, { format, size }) =>
      qrString ? drawQrCode(qrString, format ?? 'SVG', size ?? 256) : undefined,
    qris: ({ qrString }) => (qrString ? readQris(qrString) : undefined),
    payments: ({ externalId, id }, { from, to, ...page }, { service }) =>
      service.findQrPayments(externalId ?? id, { from: from ?? undefined, to: to ?? undefined, ...toPage(page, 10) }),
    history: (code, page, { service }) => service.findHistory(code, toPage(page)),
  },
  QrPayment: {
    qrCode: ({ qrCodeId }, _, { service }) => (qrCodeId ? service.find('QrCode', qrCodeId) : undefined),
    history: (payment, page, { service }) => service.findHistory(payment, toPage(page)),
  },
  QrCodeChange: {
    qrCode: (change) => changed<'QrCode'>(change),
    payment: (change, _, context) => causeOf('QrPayment', change, context),
  },
  QrPaymentChange: { qrPayment: (change) => changed<'QrPayment'>(change) },
} satisfies Resolvers;
