import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { Money } from './money.ts';
import type { ResourceType, StatusOf } from './status.ts';

/** The product of Xendit's that a resource was made with; refunds and look-ups go by it. */
export type Family = 'QR_V1' | 'QR_V2' | 'PAYMENTS_V2' | 'PAYMENTS_V3' | 'EWALLET';

interface CommonFields {
  family: Family;
  /** The status as Xendit spells it for this very object, which may lag behind what a payment has told. */
  xenditStatus: string;
  businessId: string;
  created: Instant;
  updated: Instant;
  description: string;
  metadata: JsonObject;
}

export interface QrCodeFields extends CommonFields {
  externalId: string;
  /** DYNAMIC or STATIC; another word stays as it came. */
  type: string;
  amount: Money;
  qrString: string;
  callbackUrl: string;
  channelCode: string;
  expiresAt: Instant;
}

export interface QrPaymentFields extends CommonFields {
  qrCodeId: string;
  externalId: string;
  amount: Money;
  channelCode: string;
  /** The Retrieval Reference Number of the payment network. */
  receiptId: string;
  /** The wallet or bank that paid, such as GOPAY. */
  source: string;
  payerName: string;
  accountDetails: string;
}

/** Of a request that is paid many times. */
export const reusableType = 'REUSABLE_PAYMENT_CODE';
/** Of requests that are paid once. Another word, such as SINGLE_PAYMENT in some of Xendit's samples, says neither. */
export const onceTypes: ReadonlySet<string> = new Set(['PAY', 'PAY_AND_SAVE']);

export interface PaymentRequestFields extends CommonFields {
  referenceId: string;
  type: string;
  country: string;
  amount: Money;
  captureMethod: string;
  channelCode: string;
  channelProperties: JsonObject;
  customerId: string;
  paymentTokenId: string;
  latestPaymentId: string;
  failureCode: string;
  actions: PaymentAction[];
  expiresAt: Instant;
}

/** Something for the payer or the merchant to do, in Xendit's words. */
export interface PaymentAction {
  type: string;
  descriptor: string;
  value: string;
}

export interface PaymentFields extends CommonFields {
  referenceId: string;
  paymentRequestId: string;
  paymentTokenId: string;
  customerId: string;
  type: string;
  country: string;
  amount: Money;
  captureMethod: string;
  channelCode: string;
  channelProperties: JsonObject;
  captures: PaymentCapture[];
  paymentDetails: JsonObject;
  failureCode: string;
}

/** One capture of an authorized payment, as a v3 payment lists it. */
export interface PaymentCapture {
  captureId: string;
  amount: Money | undefined;
  capturedAt: Instant | undefined;
}

export interface CaptureFields extends CommonFields {
  paymentRequestId: string;
  referenceId: string;
  authorizedAmount: Money;
  capturedAmount: Money;
  channelProperties: JsonObject;
  failureCode: string;
}

export interface PaymentSessionFields extends CommonFields {
  referenceId: string;
  sessionType: string;
  mode: string;
  amount: Money;
  country: string;
  customerId: string;
  locale: string;
  allowSavePaymentMethod: string;
  captureMethod: string;
  allowedPaymentChannels: string[];
  channelProperties: JsonObject;
  paymentLinkUrl: string;
  /** With which a page shows the session by Xendit's components; meant for the payer's browser. */
  componentsSdkKey: string;
  successReturnUrl: string;
  cancelReturnUrl: string;
  expiresAt: Instant;
  paymentRequestId: string;
  paymentId: string;
  paymentTokenId: string;
}

export interface PaymentTokenFields extends CommonFields {
  referenceId: string;
  customerId: string;
  country: string;
  currency: string;
  channelCode: string;
  channelProperties: JsonObject;
  actions: PaymentAction[];
  tokenDetails: JsonObject;
  failureCode: string;
}

export interface RefundFields extends CommonFields {
  referenceId: string;
  paymentId: string;
  paymentRequestId: string;
  invoiceId: string;
  amount: Money;
  refundFeeAmount: Money;
  paymentMethodType: string;
  channelCode: string;
  reason: string;
  failureCode: string;
}

export interface FieldsByType {
  QrCode: QrCodeFields;
  QrPayment: QrPaymentFields;
  PaymentRequest: PaymentRequestFields;
  Payment: PaymentFields;
  Capture: CaptureFields;
  PaymentSession: PaymentSessionFields;
  PaymentToken: PaymentTokenFields;
  Refund: RefundFields;
}

/** What is known of a resource; a field that nobody has told us is absent. */
export type Fields<T extends ResourceType> = { [K in keyof FieldsByType[T]]?: FieldsByType[T][K] | undefined };

/** One resource by name: whose it is, what it is, and Xendit's id for it. */
export interface ResourceKey<T extends ResourceType = ResourceType> {
  /** The sub-account (`for-user-id`); empty for the owner of the secret key. */
  account: string;
  type: T;
  id: string;
}

/** A resource as the graph shows it, at one version. */
export type Resource<T extends ResourceType = ResourceType> = {
  [K in T]: {
    __typename: K;
    account: string;
    id: string;
    status: StatusOf<K>;
    /** 1, 2, 3 … without gaps; one more for each change. */
    version: number;
  } & Fields<K>;
}[T];

/** The text by which a merchant knows a resource: `external_id` or `reference_id`. */
export function referenceOf(fields: object): string | undefined {
  const { externalId, referenceId } = fields as Fields<'QrCode'> & Fields<'Payment'>;
  return externalId ?? referenceId;
}

/** The id of the resource that this one belongs to, by which it is listed there. */
export function parentOf(type: ResourceType, fields: object): string | undefined {
  const { qrCodeId, paymentRequestId, paymentId, paymentTokenId } = fields as Fields<'QrPayment'> &
    Fields<'Refund'> &
    Fields<'PaymentRequest'>;
  if (type === 'QrPayment') return qrCodeId;
  if (type === 'PaymentRequest') return paymentTokenId;
  return type === 'Refund' ? (paymentId ?? paymentRequestId) : paymentRequestId;
}

/** Whether a refund gives back a payment of a QR code, which has its own address at Xendit. */
export function isQrRefund(id: string, { family, paymentId }: Fields<'Refund'>): boolean {
  return id.startsWith('qrrf_') || family === 'QR_V1' || family === 'QR_V2' || paymentId?.startsWith('qrpy_') === true;
}

/** A string that names a resource within this process. */
export function keyText({ account, type, id }: ResourceKey): string {
  return JSON.stringify([account, type, id]);
}
