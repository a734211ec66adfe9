import { ApiError } from './http.ts';

/**
 * Amounts that a refund of a payment request is refused for. Version 3 prints none of its own: these are those of QR refunds, with
 * the codes that POST /refunds knows.
 *
 * Source: Xendit docs, "QR codes: test scenarios"; codes by "Refund a payment request".
 */
export const refundRefusals: Record<string, ApiError> = {
  10300: new ApiError(400, 'REFUND_AMOUNT_EXCEEDED', 'The refund is more than can be given back'),
  10301: new ApiError(403, 'PARTIAL_REFUND_NOT_SUPPORTED', 'The channel only gives back everything at once'),
  10303: new ApiError(403, 'REFUND_NOT_SUPPORTED', 'The channel gives nothing back'),
  10304: new ApiError(400, 'REFUND_IN_PROGRESS', 'Another refund of this payment is in progress'),
  10305: new ApiError(400, 'INELIGIBLE_TRANSACTION_STATUS', 'The payment can not be refunded'),
};

/** Amounts that are accepted and fail later, by webhook, with the nearest code that a refund of version 3 has. */
export const refundFailures: Record<string, string> = {
  20300: 'REFUND_FAILED',
  20301: 'INSUFFICIENT_BALANCE',
  20302: 'REFUND_FAILED',
  20303: 'ACCOUNT_ACCESS_BLOCKED',
  20304: 'INSUFFICIENT_BALANCE',
};

/** The same of a QR refund. Source: Xendit docs, "QR codes: test scenarios". */
export const qrRefundRefusals: Record<string, ApiError> = {
  10300: new ApiError(400, 'MAXIMUM_REFUND_AMOUNT_REACHED', 'The refund is more than can be given back'),
  10301: new ApiError(400, 'PARTIAL_REFUND_NOT_SUPPORTED', 'The payer only takes everything back at once'),
  10303: new ApiError(400, 'REFUND_NOT_SUPPORTED', 'The payer takes nothing back'),
  10304: new ApiError(400, 'REFUND_IN_PROGRESS', 'Another refund of this payment is in progress'),
  10305: new ApiError(403, 'INELIGIBLE_TRANSACTION', 'The payment can not be refunded'),
};

/** The same of a QR refund; the last is printed without a code of its own. */
export const qrRefundFailures: Record<string, string> = {
  20300: 'INELIGIBLE_TRANSACTION',
  20301: 'INSUFFICIENT_BALANCE',
  20302: 'REFUND_TEMPORARILY_UNAVAILABLE',
  20303: 'MAXIMUM_USER_BALANCE_EXCEEDED',
  20304: 'INSUFFICIENT_BALANCE',
};

/** How long a refund stays PENDING, in milliseconds on the clock; Xendit promises no time. */
export const refundMs = 200;
