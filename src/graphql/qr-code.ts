import { readQris } from '../model/qris.ts';
import { toPage, toSearch } from './arguments.ts';
import { asTold, causeOf, changed } from './change.ts';
import { resultType } from './failure.ts';
import { QrCodeType, type Resolvers } from './generated/types.ts';
import { drawQrCode } from './qr-image.ts';
import { asResult, asWatchable } from './result.ts';
import { xenditWords } from './xendit-words.ts';

const words = xenditWords({ type: QrCodeType });

export const qrCodeResolvers = {
  Query: {
    qrCode: (_, { externalId }, { service }) => service.findQrCode(externalId),
    qrPayments: (_, { externalId, from, to, ...page }, { service }) =>
      service.findQrPayments(externalId, { from: from ?? undefined, to: to ?? undefined, ...toPage(page, 10) }),
    qrCodes: (_, { filter, ...page }, { service }) => service.search('QrCode', toSearch(filter), toPage(page)),
  },
  Mutation: {
    createQrCode: (_, { input: { idempotencyKey, ...input } }, { service }) =>
      asResult(async () => {
        const { amount, callbackUrl } = input;
        const qrCode = { ...input, amount: amount ?? undefined, callbackUrl: callbackUrl ?? undefined };
        const created = await service.createQrCode(qrCode, idempotencyKey);
        return { __typename: 'CreateQrCodePayload', ...asWatchable('qrCode', created, service) };
      }),
    simulateQrPayment: (_, { input: { externalId, amount } }, { service }) =>
      asResult(async () => ({
        __typename: 'SimulateQrPaymentPayload',
        qrPayment: await service.simulateQrPayment({ externalId, amount: amount ?? undefined }),
      })),
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
    ...words,
    type: (code) => words.type(code) ?? 'UNKNOWN',
    image: ({ qrString }, { format, size }) =>
      qrString ? drawQrCode(qrString, format ?? 'SVG', size ?? 256) : undefined,
    qris: ({ qrString }) => (qrString ? readQris(qrString) : undefined),
    latestPayment: (code, _, { service }) => service.findLatestPayment(code),
    payments: ({ externalId, id }, { from, to, ...page }, { service }) =>
      service.findQrPayments(externalId ?? id, { from: from ?? undefined, to: to ?? undefined, ...toPage(page, 10) }),
    history: (code, page, { service }) => service.findHistory(code, toPage(page)),
  },
  QrPayment: {
    qrCode: ({ qrCodeId }, _, { service }) => service.findLinked('QrCode', qrCodeId),
    refunds: ({ id }, page, { service }) => service.findChildren('Refund', id, toPage(page)),
    history: (payment, page, { service }) => service.findHistory(payment, toPage(page)),
  },
  QrCodeChange: {
    qrCode: (change) => changed<'QrCode'>(change),
    payment: (change, _, context) => causeOf('QrPayment', change, context),
  },
  QrPaymentChange: {
    qrPayment: (change) => changed<'QrPayment'>(change),
    refund: (change, _, context) => causeOf('Refund', change, context),
  },
} satisfies Resolvers;
