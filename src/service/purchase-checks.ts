import type { JsonObject } from '../model/json.ts';
import type { Reach } from '../model/outgoing-url.ts';
import type { InlineCustomer, PurchaseItem, ShippingInformation } from '../xendit/purchase.ts';
import { type Check, checkAmount, checkMetadata, checkName, checkText, checkUrl, problem } from './input-checks.ts';

/** What payment requests, sessions and tokens are asked for by alike. */
interface Purchase {
  referenceId: string;
  country: string;
  currency: string;
  customerId?: string | undefined;
  customer?: InlineCustomer | undefined;
  description?: string | undefined;
  items?: readonly PurchaseItem[] | undefined;
  shippingInformation?: ShippingInformation | undefined;
  metadata?: JsonObject | undefined;
}

/** Where the products differ. */
interface PurchaseLimits {
  /** In characters. */
  referenceId: number;
  /** In characters, for each text of a customer that is made known by it. */
  customer: number;
  metadata?: Parameters<typeof checkMetadata>[1];
  /** Whom the addresses of items may lead to. */
  reach: Reach;
}

/**
 * Names, payer, items, address and metadata, as far as Xendit's manual limits them.
 *
 * Source: Xendit API reference, "Create a payment request", "Create a session" and "Create payment token".
 */
export function checkPurchase(purchase: Purchase, limits: PurchaseLimits): Check[] {
  return [
    checkName('referenceId', purchase.referenceId, limits.referenceId),
    checkName('country', purchase.country, 2),
    checkName('currency', purchase.currency, 3),
    checkName('customerId', purchase.customerId, 41),
    purchase.customer && purchase.customerId ? problem('customer', 'is not for use with `customerId`') : undefined,
    purchase.customer && checkCustomer(purchase.customer, limits.customer),
    checkText('description', purchase.description, 1_000),
    purchase.items?.map((item, index) => checkItem(item, index, limits.reach)),
    purchase.shippingInformation && checkShipping(purchase.shippingInformation),
    checkMetadata(purchase.metadata, limits.metadata),
  ];
}

/** A person who pays: by a name, and reachable where anything is given to reach them by. */
function checkCustomer({ referenceId, email, mobileNumber, individual }: InlineCustomer, maxLength: number): Check[] {
  const at = (field: string) => ['customer', field];
  return [
    checkName(at('referenceId'), referenceId, 255),
    checkName(at('givenNames'), individual.givenNames, maxLength),
    checkName(at('surname'), individual.surname, maxLength),
    checkName(at('email'), email, maxLength) ?? checkEmail(at('email'), email),
    checkName(at('mobileNumber'), mobileNumber, maxLength),
  ];
}

/** Only what no address can do without; whether it reaches anybody is for Xendit to say. */
function checkEmail(path: string[], email: string | undefined): Check {
  return email === undefined || /^\S+@\S+$/.test(email) ? undefined : problem(path, 'must be an e-mail address');
}

function checkItem({ netUnitAmount, quantity, name, url, imageUrl }: PurchaseItem, index: number, reach: Reach): Check {
  const at = (field: string) => ['items', String(index), field];
  return [
    checkAmount(at('netUnitAmount'), netUnitAmount, {}),
    quantity >= 1 ? undefined : problem(at('quantity'), 'must be at least 1'),
    checkText(at('name'), name, 255),
    checkUrl(at('url'), url, reach),
    checkUrl(at('imageUrl'), imageUrl, reach),
  ];
}

function checkShipping({ country, ...others }: ShippingInformation): Check[] {
  const at = (field: string) => ['shippingInformation', field];
  return [
    checkName(at('country'), country, 2),
    ...Object.entries(others).map(([field, text]) => checkName(at(field), text, 255)),
  ];
}
