import type { JsonObject } from '../model/json.ts';
import * as purchase from './purchase.ts';
import * as wire from './wire.ts';

/** A payment session to be opened. */
export interface NewPaymentSession {
  /** The merchant's own name for it, of at most 64 characters. */
  referenceId: string;
  sessionType: 'PAY' | 'SAVE';
  /** PAYMENT_LINK sends payers to Xendit's page; COMPONENTS shows Xendit's components on the merchant's own. */
  mode: 'PAYMENT_LINK' | 'COMPONENTS';
  /** In major units, as decimal text; 0 for SAVE. */
  amount: string;
  /** ISO 4217. */
  currency: string;
  /** ISO 3166-1, two letters. */
  country: string;
  /** A customer that Xendit knows; not together with `customer`. */
  customerId?: string | undefined;
  customer?: purchase.InlineCustomer | undefined;
  allowSavePaymentMethod?: 'DISABLED' | 'OPTIONAL' | 'FORCED' | undefined;
  captureMethod?: 'AUTOMATIC' | 'MANUAL' | undefined;
  /** All active ones unless told. */
  allowedPaymentChannels?: readonly string[] | undefined;
  /** In Xendit's own names; each channel has others. */
  channelProperties?: JsonObject | undefined;
  /** At least 10 minutes ahead; 30 minutes unless told. */
  expiresAt?: Date | undefined;
  /** ISO 639-1; `en` unless told. */
  locale?: string | undefined;
  description?: string | undefined;
  items?: readonly purchase.PurchaseItem[] | undefined;
  metadata?: JsonObject | undefined;
  successReturnUrl?: string | undefined;
  cancelReturnUrl?: string | undefined;
  /** How the payer is told of the link. */
  notificationChannels?: readonly 'EMAIL'[] | undefined;
  componentsConfiguration?: { origins?: readonly string[] | undefined; returnUrl?: string | undefined } | undefined;
}

/**
 * The body that asks for it.
 *
 * @throws InvalidInputError an amount is no decimal number, or the channels' properties hold card data.
 */
export function toWirePaymentSession(session: NewPaymentSession): JsonObject {
  const { componentsConfiguration: components } = session;
  return {
    reference_id: session.referenceId,
    session_type: session.sessionType,
    mode: session.mode,
    amount: wire.toWireNumber(session.amount),
    currency: session.currency,
    country: session.country,
    customer_id: session.customerId,
    customer: purchase.toWireCustomer(session.customer),
    allow_save_payment_method: session.allowSavePaymentMethod,
    capture_method: session.captureMethod,
    allowed_payment_channels: toList(session.allowedPaymentChannels),
    channel_properties: purchase.toWireProperties(session.channelProperties),
    expires_at: session.expiresAt?.toISOString(),
    locale: session.locale,
    description: session.description,
    items: purchase.toWireItems(session.items),
    metadata: session.metadata,
    success_return_url: session.successReturnUrl,
    cancel_return_url: session.cancelReturnUrl,
    notification_channels: toList(session.notificationChannels),
    components_configuration: components && {
      origins: toList(components.origins),
      return_url: components.returnUrl,
    },
  };
}

function toList<T>(values: readonly T[] | undefined): T[] | undefined {
  return values && [...values];
}
