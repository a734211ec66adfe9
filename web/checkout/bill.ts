import type { TypedDocumentNode } from 'urql';
import type { WatchedResource, WatchedType } from '../../src/client/index.ts';
import * as documents from './generated/documents.ts';

/** An amount in major units of an ISO 4217 currency. */
export interface Money {
  amount: string;
  currency: string;
}

/** What a payer has to do to pay. */
export type Way =
  /** @property image a data URL */
  | { type: 'QR'; image: string }
  /** @property name Xendit's word, such as VIRTUAL_ACCOUNT_NUMBER */
  | { type: 'NUMBER'; name: string; value: string }
  | { type: 'LINK'; url: string };

/** What is to be paid, whatever the watch token is for. */
export interface Bill {
  type: WatchedType;
  version: number;
  /** Xendit's word. */
  status: string;
  /** Null where payers choose it. */
  amount: Money | null;
  merchant: string | undefined;
  city: string | undefined;
  /** The merchant's own name for it. */
  reference: string | undefined;
  description: string | undefined;
  channel: string | undefined;
  /** Xendit's word for why it failed. */
  failureCode: string | undefined;
  /** On the gateway's clock, in ms. */
  expiresAt: number | undefined;
  /** Whether it is paid again and again. */
  isReusable: boolean;
  /** Whether somebody is to pay; not so where a means of payment is kept, or money given back. */
  isForMoney: boolean;
  ways: Way[];
}

/** What to ask the gateway for, and how its answer reads as a bill; undefined: there is no such resource. */
export interface BillQuestion {
  document: TypedDocumentNode<unknown, Record<string, unknown>>;
  variables: Record<string, unknown>;
  read(data: unknown): Bill | undefined;
}

/** The question about what a watch token is for. */
export function questionOf({ type, id, reference = id }: WatchedResource): BillQuestion {
  const byId = { id };
  switch (type) {
    case 'QrCode':
      return asking(documents.QrCodeBillDocument, { externalId: reference }, ({ qrCode: code }) => {
        if (code === null) return undefined;
        const { image, qris, externalId, type: kind } = code;
        const ways: Way[] = image === null ? [] : [{ type: 'QR', image }];
        return { ...toBill(type, { ...code, qris, ways, isReusable: kind === 'STATIC' }, externalId), channel: 'QRIS' };
      });
    case 'PaymentRequest':
      return asking(documents.PaymentRequestBillDocument, byId, ({ paymentRequest: request }) => {
        if (request === null) return undefined;
        const qris = request.actions.map((action) => ('qris' in action ? action.qris : null)).find((one) => one);
        const isReusable = request.type === 'REUSABLE_PAYMENT_CODE';
        return toBill(type, { ...request, qris, ways: request.actions.flatMap(toWay), isReusable });
      });
    case 'PaymentSession':
      return asking(documents.PaymentSessionBillDocument, byId, ({ paymentSession: session }) => {
        if (session === null) return undefined;
        const { paymentLinkUrl: url, sessionType } = session;
        const bill = toBill(type, { ...session, ways: isWebAddress(url) ? [{ type: 'LINK', url }] : [] });
        return sessionType === 'SAVE' ? { ...bill, amount: null, isForMoney: false } : bill;
      });
    case 'Payment':
      return asking(documents.PaymentBillDocument, byId, ({ payment }) => payment && toBill(type, payment));
    case 'PaymentToken':
      return asking(documents.PaymentTokenBillDocument, byId, ({ paymentToken: token }) =>
        token === null ? undefined : toBill(type, { ...token, ways: token.actions.flatMap(toWay) }),
      );
    case 'Refund':
      return asking(documents.RefundBillDocument, byId, ({ refund }) => refund && toBill(type, refund));
  }
}

function asking<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  read: (data: Data) => Bill | undefined | null,
): BillQuestion {
  return {
    document: document as BillQuestion['document'],
    variables,
    read: (data) => read(data as Data) ?? undefined,
  };
}

interface Told {
  version: number;
  status: string;
  referenceId?: string | null;
  amount?: Money | null;
  qris?: { merchantName: string | null; merchantCity: string | null } | null | undefined;
  description?: string | null;
  channelCode?: string | null;
  failureCode?: string | null;
  expiresAt?: string | null;
  isReusable?: boolean;
  ways?: Way[];
}

function toBill(type: WatchedType, told: Told, reference = told.referenceId): Bill {
  const { version, status, amount = null, qris, isReusable = false, ways = [] } = told;
  return {
    type,
    version,
    status,
    amount,
    merchant: qris?.merchantName ?? undefined,
    city: qris?.merchantCity ?? undefined,
    reference: reference ?? undefined,
    description: told.description ?? undefined,
    channel: told.channelCode?.replaceAll('_', ' '),
    failureCode: told.failureCode ?? undefined,
    expiresAt: told.expiresAt ? Date.parse(told.expiresAt) : undefined,
    isReusable,
    isForMoney: type !== 'PaymentToken' && type !== 'Refund',
    ways,
  };
}

function toWay(action: { __typename: string; descriptor: string; value: string; image?: string | null }): Way[] {
  const { __typename: kind, descriptor, value, image } = action;
  if (kind === 'RedirectAction') return isAddress(value) ? [{ type: 'LINK', url: value }] : [];
  if (kind !== 'PresentAction') return [];
  return [image ? { type: 'QR', image } : { type: 'NUMBER', name: descriptor, value }];
}

function isWebAddress(url: string | null): url is string {
  return /^https?:$/.test(schemeOf(url ?? ''));
}

/** Also of an app; never a script or a page of its own making. */
function isAddress(url: string): boolean {
  return !/^(|javascript:|data:|vbscript:|blob:|file:|about:)$/.test(schemeOf(url));
}

/** Empty where it is no address. Browsers of two years ago know no URL.parse. */
function schemeOf(url: string): string {
  try {
    return new URL(url).protocol;
  } catch {
    return '';
  }
}
