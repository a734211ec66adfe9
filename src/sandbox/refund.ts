import type { JsonObject } from '../model/json.ts';
import { toNumber } from './amount.ts';
import { optionalAmount, optionalMetadata, optionalText, readText, readWord, wrong } from './input.ts';
import type { PaymentRequest } from './payment-request.ts';
import { timeOf } from './world.ts';

/** Why money is given back. */
export const refundReasons = ['FRAUDULENT', 'DUPLICATE', 'REQUESTED_BY_CUSTOMER', 'CANCELLATION', 'OTHERS'] as const;

/** What a merchant asks for. */
export interface NewRefund {
  requestId: string;
  reason: (typeof refundReasons)[number];
  /** Decimal text; undefined for all that is left. */
  amount: string | undefined;
  /** As it was asked for. */
  currency: string | undefined;
  referenceId: string | undefined;
  metadata: JsonObject | undefined;
}

/** Money on its way back to a payer. */
export interface Refund extends NewRefund {
  id: string;
  request: PaymentRequest;
  paymentId: string;
  amount: string;
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  failureCode: string | undefined;
  createdMs: number;
  updatedMs: number;
  cancelSettling: () => void;
}

/**
 * Reads the body of POST /refunds.
 *
 * @throws ApiError 400 API_VALIDATION_ERROR a field is missing or malformed; INVALID_VALUE_ERROR the amount is 0.
 * Source: Xendit API reference, "Refund a payment request".
 */
export function readNewRefund(fields: JsonObject): NewRefund {
  const amount = optionalAmount(fields, 'amount');
  if (amount === '0') throw wrong('amount', 'must be more than 0', 'INVALID_VALUE_ERROR');
  return {
    requestId: readText(fields, 'payment_request_id'),
    reason: readWord(fields, 'reason', refundReasons),
    amount,
    currency: optionalText(fields, 'currency', 3),
    referenceId: optionalText(fields, 'reference_id'),
    metadata: optionalMetadata(fields),
  };
}

const methodTypes: Record<string, string> = { CARDS: 'CARD', EWALLET: 'EWALLET', DIRECT_DEBIT: 'DIRECT_DEBIT' };

/** Model to wire. `payment_method_type` knows only some kinds of channel. */
export function toRefundBody(refund: Refund): JsonObject & { id: string } {
  const { channel } = refund.request;
  const methodType = methodTypes[channel.kind];
  return {
    id: refund.id,
    payment_request_id: refund.requestId,
    payment_id: refund.paymentId,
    invoice_id: null,
    ...(methodType && { payment_method_type: methodType }),
    reference_id: refund.referenceId ?? null,
    channel_code: channel.code,
    country: channel.country,
    currency: channel.currency,
    amount: toNumber(refund.amount),
    status: refund.status,
    reason: refund.reason,
    failure_code: refund.failureCode ?? null,
    refund_fee_amount: null,
    metadata: refund.metadata ?? null,
    created: timeOf(refund.createdMs),
    updated: timeOf(refund.updatedMs),
  };
}
