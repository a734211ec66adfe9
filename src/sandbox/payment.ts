import type { JsonObject } from '../model/json.ts';
import { sum, toNumber } from './amount.ts';
import type { PaymentRequest } from './payment-request.ts';
import { businessOf, timeOf } from './world.ts';

/** PENDING, which the wire also knows, lasts no time here. */
export type PaymentStatus = 'AUTHORIZED' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'EXPIRED';

export interface Capture {
  id: string;
  /** Decimal text. */
  amount: string;
  atMs: number;
}

/** One attempt to pay a request. */
export interface Payment {
  id: string;
  request: PaymentRequest;
  /** Decimal text: what was paid, authorized or tried. */
  amount: string;
  status: PaymentStatus;
  captures: Capture[];
  tokenId: string | undefined;
  failureCode: string | undefined;
  details: JsonObject | undefined;
  createdMs: number;
  updatedMs: number;
  cancelExpiry: () => void;
}

/** What has been captured of it so far, as decimal text. */
export function capturedOf({ captures }: Payment): string {
  return sum(captures.map(({ amount }) => amount));
}

/** Model to wire: a Payment of `api-version: 2024-11-11`. One into an open code has no `request_amount`. */
export function toPaymentBody(payment: Payment): JsonObject {
  const { request } = payment;
  return {
    payment_id: payment.id,
    business_id: businessOf(request.account),
    reference_id: request.referenceId,
    payment_request_id: request.id,
    ...(payment.tokenId && { payment_token_id: payment.tokenId }),
    ...(request.customerId && { customer_id: request.customerId }),
    type: request.type,
    country: request.channel.country,
    currency: request.channel.currency,
    ...(request.amount && { request_amount: toNumber(request.amount) }),
    capture_method: request.captureMethod,
    channel_code: request.channel.code,
    channel_properties: request.channelProperties,
    captures: payment.captures.map(({ id, amount, atMs }) => ({
      capture_id: id,
      capture_amount: toNumber(amount),
      capture_timestamp: timeOf(atMs),
    })),
    status: payment.status,
    ...(payment.details && { payment_details: payment.details }),
    ...(payment.failureCode && { failure_code: payment.failureCode }),
    ...(request.echo.metadata && { metadata: request.echo.metadata }),
    created: timeOf(payment.createdMs),
    updated: timeOf(payment.updatedMs),
  };
}
