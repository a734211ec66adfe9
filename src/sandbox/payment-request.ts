import type { JsonObject } from '../model/json.ts';
import { toNumber } from './amount.ts';
import type { Channel } from './channels.ts';
import type { NewPaymentRequest } from './payment-request-input.ts';
import { businessOf, timeOf } from './world.ts';

/** The states of FACTS; PENDING is never seen on the wire. */
export type PaymentRequestStatus =
  | 'REQUIRES_ACTION'
  | 'ACCEPTING_PAYMENTS'
  | 'AUTHORIZED'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELED'
  | 'EXPIRED';

/** What a payer is asked to do. */
export interface Action extends JsonObject {
  type: 'PRESENT_TO_CUSTOMER' | 'REDIRECT_CUSTOMER';
  descriptor: 'QR_STRING' | 'VIRTUAL_ACCOUNT_NUMBER' | 'PAYMENT_CODE' | 'WEB_URL';
  value: string;
}

/** A payment request as the sandbox keeps it. */
export interface PaymentRequest extends NewPaymentRequest {
  id: string;
  account: string;
  channel: Channel;
  customerId: string | undefined;
  status: PaymentRequestStatus;
  failureCode: string | undefined;
  latestPaymentId: string | undefined;
  /** The latest payment as it is now; undefined until there is one. */
  latestPayment: () => JsonObject | undefined;
  /** Empty once nothing is left to do. */
  actions: Action[];
  createdMs: number;
  updatedMs: number;
  cancelExpiry: () => void;
}

/** Whether it still waits for a payer. */
export function isOpen({ status }: PaymentRequest): boolean {
  return status === 'REQUIRES_ACTION' || status === 'ACCEPTING_PAYMENTS';
}

/** Moves it on; one that no longer waits has no expiry and nothing to do. */
export function moveRequest(request: PaymentRequest, status: PaymentRequestStatus, now: number): void {
  Object.assign(request, { status, updatedMs: now });
  if (isOpen(request)) return;
  request.cancelExpiry();
  request.actions = [];
}

/** Model to wire: a PaymentRequest of `api-version: 2024-11-11`. One by card that has ended holds its payment. */
export function toRequestBody(request: PaymentRequest): JsonObject {
  const latest = request.channel.kind === 'CARDS' && !isOpen(request) ? request.latestPayment() : undefined;
  return {
    payment_request_id: request.id,
    business_id: businessOf(request.account),
    reference_id: request.referenceId,
    ...(request.customerId && { customer_id: request.customerId }),
    ...(request.tokenId && { payment_token_id: request.tokenId }),
    ...(request.latestPaymentId && { latest_payment_id: request.latestPaymentId }),
    ...(latest && { latest_payment: latest }),
    type: request.type,
    country: request.channel.country,
    currency: request.channel.currency,
    ...(request.amount && { request_amount: toNumber(request.amount) }),
    capture_method: request.captureMethod,
    channel_code: request.channel.code,
    channel_properties: channelProperties(request),
    actions: request.actions,
    status: request.status,
    ...(request.failureCode && { failure_code: request.failureCode }),
    ...request.echo,
    created: timeOf(request.createdMs),
    updated: timeOf(request.updatedMs),
  };
}

/** A payer who holds a code sees until when; the others are sent to a page that says it. */
function channelProperties({ channelProperties, channel, expiresAtMs }: PaymentRequest): JsonObject {
  const isShown = expiresAtMs !== undefined && !['EWALLET', 'DIRECT_DEBIT', 'CARDS'].includes(channel.kind);
  return isShown ? { ...channelProperties, expires_at: timeOf(expiresAtMs) } : channelProperties;
}
