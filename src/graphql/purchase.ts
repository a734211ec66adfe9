import type { JsonObject } from '../model/json.ts';
import { withoutNulls } from './arguments.ts';
import { toInlineCustomer } from './customer.ts';
import type { CustomerInput, InputMaybe, ItemInput, ShippingInformationInput } from './generated/types.ts';

interface PurchaseInput {
  customer?: InputMaybe<CustomerInput>;
  items?: InputMaybe<readonly ItemInput[]>;
  shippingInformation?: InputMaybe<ShippingInformationInput>;
  metadata?: InputMaybe<object>;
}

/** What payment requests, sessions and tokens are asked for by alike, as the service takes it; what was not given is absent. */
export function toPurchase({ customer, items, shippingInformation, metadata }: PurchaseInput) {
  return {
    ...(customer ? { customer: toInlineCustomer(customer) } : {}),
    ...(items ? { items: items.map(toItem) } : {}),
    ...(shippingInformation ? { shippingInformation: withoutNulls(shippingInformation) } : {}),
    ...toMetadata(metadata),
  };
}

/** A merchant's own notes. */
export function toMetadata(metadata: InputMaybe<object>): { metadata?: JsonObject } {
  return metadata ? { metadata: metadata as JsonObject } : {};
}

/** Where what a service calls otherwise stands in the input. */
export const placesOfPurchase = { 'customer.individual': 'customer', 'customer.individualDetail': 'customer' };

function toItem({ metadata, ...others }: ItemInput) {
  return { ...withoutNulls(others), ...toMetadata(metadata) };
}
