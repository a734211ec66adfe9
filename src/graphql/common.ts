import { readQris } from '../model/qris.ts';
import type { QueryResolvers, Resolvers } from './generated/types.ts';
import { drawQrCode } from './qr-image.ts';

const actionTypes: Record<string, 'PresentAction' | 'RedirectAction' | 'SubmitAction'> = {
  PRESENT_TO_CUSTOMER: 'PresentAction',
  REDIRECT_CUSTOMER: 'RedirectAction',
  API_POST_REQUEST: 'SubmitAction',
};

export const commonResolvers = {
  Query: { node: (_, { id }, { service }) => service.findNode(id) } satisfies QueryResolvers,
  Node: { __resolveType: (node) => node.__typename },
  PaymentAction: { __resolveType: ({ type }) => actionTypes[type] ?? 'OtherAction' },
  PresentAction: {
    image: ({ descriptor, value }, { format, size }) =>
      descriptor === 'QR_STRING' ? drawQrCode(value, format ?? 'SVG', size ?? 256) : undefined,
    qris: ({ descriptor, value }) => (descriptor === 'QR_STRING' ? readQris(value) : undefined),
  },
} satisfies Resolvers;
