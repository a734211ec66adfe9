import type { JsonObject } from '../model/json.ts';
import * as purchase from './purchase.ts';
import * as wire from './wire.ts';

interface Basics {
  /** The merchant's own name for it. Xendit wants it unique for cards only. */
  referenceId: string;
  /** ISO 3166-1, two letters. */
  country: string;
  /** ISO 4217. */
  currency: string;
  /** AUTOMATIC or, for cards, MANUAL; Xendit takes AUTOMATIC unless told. */
  captureMethod?: 'AUTOMATIC' | 'MANUAL' | undefined;
  description?: string | undefined;
  items?: readonly purchase.PurchaseItem[] | undefined;
  shippingInformation?: purchase.ShippingInformation | undefined;
  metadata?: JsonObject | undefined;
}

interface Payer {
  /** A customer that Xendit knows; not together with `customer`. */
  customerId?: string | undefined;
  customer?: purchase.InlineCustomer | undefined;
}

interface Channel {
  /** Such as QRIS. */
  channelCode: string;
  /** In Xendit's own names, such as `expires_at`; each channel has others. */
  channelProperties: JsonObject;
}

/** To be paid once. */
export interface NewPay extends Basics, Payer, Channel {
  type: 'PAY';
  /** In major units, as decimal text. */
  amount: string;
  paymentTokenId?: undefined;
}

/** To be paid once, by which the payer's account is saved for later payments. */
export interface NewPayAndSave extends Basics, Payer, Channel {
  type: 'PAY_AND_SAVE';
  /** In major units, as decimal text. */
  amount: string;
  paymentTokenId?: undefined;
}

/** To be paid once, from an account that was saved before. */
export interface NewPayWithToken extends Basics, Payer, Partial<Channel> {
  type: 'PAY';
  /** In major units, as decimal text. */
  amount: string;
  paymentTokenId: string;
}

/** A code that is paid many times, such as a virtual account. */
export interface NewReusablePaymentCode extends Basics, Channel {
  type: 'REUSABLE_PAYMENT_CODE';
  /** In major units, as decimal text; without one each payer chooses. */
  amount?: string | undefined;
  customerId?: undefined;
  customer?: undefined;
  paymentTokenId?: undefined;
}

/** A payment request to be made, in one of its four kinds. */
export type NewPaymentRequest = NewPay | NewPayAndSave | NewPayWithToken | NewReusablePaymentCode;

/**
 * The body that asks for it.
 *
 * @throws InvalidInputError an amount is no decimal number, or the channel's properties hold card data.
 */
export function toWirePaymentRequest(request: NewPaymentRequest): JsonObject {
  return {
    reference_id: request.referenceId,
    type: request.type,
    country: request.country,
    currency: request.currency,
    request_amount: wire.toOptionalWireNumber(request.amount),
    capture_method: request.captureMethod,
    channel_code: request.channelCode,
    channel_properties: purchase.toWireProperties(request.channelProperties),
    payment_token_id: request.paymentTokenId,
    customer_id: request.customerId,
    customer: purchase.toWireCustomer(request.customer),
    description: request.description,
    items: purchase.toWireItems(request.items),
    shipping_information: purchase.toWireShipping(request.shippingInformation),
    metadata: request.metadata,
  };
}
