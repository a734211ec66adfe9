import { isJsonObject, type JsonObject, scalarText } from '../model/json.ts';
import { toDecimal } from '../model/money.ts';
import {
  type MetadataLimits,
  optionalAmount,
  optionalList,
  optionalMetadata,
  optionalObject,
  optionalText,
  readText,
  readWord,
  wrong,
} from './input.ts';

export const captureMethods = ['AUTOMATIC', 'MANUAL'] as const;

const itemTypes = ['DIGITAL_PRODUCT', 'PHYSICAL_PRODUCT', 'DIGITAL_SERVICE', 'PHYSICAL_SERVICE', 'FEE'] as const;

/** What payment requests and sessions read in the same way, each with its own limits and codes. */
export interface PurchaseRules {
  /** Whether an item names its currency. */
  itemsHaveCurrency: boolean;
  metadataLimits?: MetadataLimits;
  metadataError?: string;
}

/**
 * Reads what is paid for: description, items and metadata, which are only given back.
 *
 * @throws ApiError 400 API_VALIDATION_ERROR a field is missing or malformed; `metadataError` there is too much metadata.
 * Source: Xendit API reference, "Create a payment request" and "Create a session".
 */
export function checkPurchase(fields: JsonObject, rules: PurchaseRules): void {
  optionalText(fields, 'description', 1000);
  optionalMetadata(fields, rules.metadataLimits, rules.metadataError);
  for (const [index, item] of (optionalList(fields, 'items') ?? []).entries()) {
    if (!isJsonObject(item)) throw wrong(`items.${index}`, 'must be an object');
    checkItem(item, rules);
  }
}

/** @throws ApiError 400 API_VALIDATION_ERROR the address has no country. */
export function checkShipping(fields: JsonObject): void {
  const shipping = optionalObject(fields, 'shipping_information');
  if (shipping !== undefined) readText(shipping, 'country', 2);
}

function checkItem(item: JsonObject, { itemsHaveCurrency }: PurchaseRules): void {
  for (const name of ['reference_id', 'name', 'category']) readText(item, name);
  readWord(item, 'type', itemTypes);
  if (itemsHaveCurrency) readText(item, 'currency', 3);
  optionalMetadata(item, undefined, itemsHaveCurrency ? undefined : 'INVALID_ITEM_METADATA');
  const { net_unit_amount: price } = item; // below zero for a discount
  if (typeof price === 'string' || toDecimal(scalarText(price)) === undefined) {
    throw wrong('net_unit_amount', 'must be a number');
  }
  const quantity = optionalAmount(item, 'quantity');
  if (quantity === undefined || !/^[1-9]\d*$/.test(quantity)) throw wrong('quantity', 'must be a whole number from 1');
}
