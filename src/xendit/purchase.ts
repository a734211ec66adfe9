import { InvalidInputError } from '../errors.ts';
import { cardDataMessage, findCardData } from '../model/card-data.ts';
import type { Json, JsonObject } from '../model/json.ts';
import * as wire from './wire.ts';

/** One thing that is paid for. */
export interface PurchaseItem {
  referenceId: string;
  /** DIGITAL_PRODUCT, PHYSICAL_PRODUCT, DIGITAL_SERVICE, PHYSICAL_SERVICE or FEE. */
  type: string;
  name: string;
  /** For one, in major units, as decimal text; a discount is below zero. */
  netUnitAmount: string;
  quantity: number;
  category: string;
  currency: string;
  subcategory?: string | undefined;
  description?: string | undefined;
  url?: string | undefined;
  imageUrl?: string | undefined;
  metadata?: JsonObject | undefined;
}

/** A customer that is made known together with a payment. */
export interface InlineCustomer {
  /** The merchant's own name for it. */
  referenceId: string;
  email?: string | undefined;
  /** E.164, such as `+628121234567890`. */
  mobileNumber?: string | undefined;
  individual: Individual;
}

/** A natural person. */
export interface Individual {
  givenNames: string;
  surname?: string | undefined;
}

export interface ShippingInformation {
  /** ISO 3166-1, two letters. */
  country: string;
  streetLine1?: string | undefined;
  streetLine2?: string | undefined;
  city?: string | undefined;
  provinceState?: string | undefined;
  postalCode?: string | undefined;
}

/** @throws InvalidInputError an amount is no decimal number. */
export function toWireItems(items: readonly PurchaseItem[] | undefined): Json[] | undefined {
  return items?.map((item, index) => ({
    reference_id: item.referenceId,
    type: item.type,
    name: item.name,
    net_unit_amount: wire.toWireNumber(item.netUnitAmount, ['items', String(index), 'netUnitAmount']),
    quantity: item.quantity,
    category: item.category,
    currency: item.currency,
    subcategory: item.subcategory,
    description: item.description,
    url: item.url,
    image_url: item.imageUrl,
    metadata: item.metadata,
  }));
}

export function toWireCustomer(customer: InlineCustomer | undefined): JsonObject | undefined {
  if (customer === undefined) return undefined;
  const { referenceId, email, mobileNumber, individual } = customer;
  return {
    type: 'INDIVIDUAL',
    reference_id: referenceId,
    email,
    mobile_number: mobileNumber,
    individual_detail: toWireIndividual(individual),
  };
}

export function toWireIndividual({ givenNames, surname }: Individual): JsonObject {
  return { given_names: givenNames, surname };
}

export function toWireShipping(shipping: ShippingInformation | undefined): JsonObject | undefined {
  return (
    shipping && {
      country: shipping.country,
      street_line1: shipping.streetLine1,
      street_line2: shipping.streetLine2,
      city: shipping.city,
      province_state: shipping.provinceState,
      postal_code: shipping.postalCode,
    }
  );
}

/**
 * What a channel wants to know, in Xendit's own names, since each channel has others.
 *
 * @throws InvalidInputError it has the number or the code of a card: those go from the payer's browser to Xendit, never
 * through this gateway.
 */
export function toWireProperties(properties: JsonObject | undefined): JsonObject | undefined {
  const problems = findCardData({ channelProperties: properties });
  if (problems.length > 0) throw new InvalidInputError(problems.map((path) => ({ path, message: cardDataMessage })));
  return properties;
}
