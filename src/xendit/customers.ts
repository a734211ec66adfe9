import type { Customer, CustomerAddress, CustomerBusiness, CustomerIndividual } from '../model/customer.ts';
import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import type { XenditClient } from './client.ts';
import { path } from './path.ts';
import { type Individual, toWireIndividual } from './purchase.ts';
import { customersVersion } from './version.ts';
import * as wire from './wire.ts';

/** A customer to be made known to Xendit. */
export interface NewCustomer {
  /** The merchant's own name for it, unique. */
  referenceId: string;
  type: 'INDIVIDUAL';
  individual: Individual;
  email?: string | undefined;
  /** E.164, such as `+628121234567890`. */
  mobileNumber?: string | undefined;
  description?: string | undefined;
  metadata?: JsonObject | undefined;
}

/**
 * Makes a customer known to Xendit.
 *
 * @param idempotencyKey 1 to 100 characters, unlike any other in test and live mode: for 24 hours the same key gives the
 * same customer.
 * @throws XenditError CONFLICT the reference is taken, or the key was used for another customer; INVALID_INPUT.
 * @throws OutcomeUnknownError no usable answer: try again with the same key, or look it up by its reference.
 * Source: Xendit API reference, "Create customer" (POST /customers), version 2020-10-31.
 */
export async function createCustomer(
  xendit: XenditClient,
  account: string,
  customer: NewCustomer,
  idempotencyKey: string,
  signal?: AbortSignal,
): Promise<Customer> {
  const reference = customer.referenceId;
  const headers = { 'idempotency-key': idempotencyKey };
  const options = { body: toWireCustomer(customer), account, apiVersion: customersVersion, headers, reference, signal };
  const answer = await xendit.post(path`/customers`, options);
  return wire.readOutcome(reference, () => toCustomer(answer.body));
}

/**
 * Asks for one customer.
 *
 * @throws XenditError NOT_FOUND no customer has this id.
 * Source: Xendit API reference, "Get customer" (GET /customers/{id}).
 */
export async function getCustomer(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<Customer> {
  const answer = await xendit.get(path`/customers/${id}`, { account, apiVersion: customersVersion, signal });
  return toCustomer(answer.body);
}

/**
 * Asks for the customers that the merchant calls by this name: one, or none.
 *
 * Source: Xendit API reference, "Get customers by reference id" (GET /customers).
 */
export async function findCustomers(
  xendit: XenditClient,
  account: string,
  referenceId: string,
  signal?: AbortSignal,
): Promise<Customer[]> {
  const query = { reference_id: referenceId };
  const answer = await xendit.get(path`/customers`, { query, account, apiVersion: customersVersion, signal });
  return wire.page(answer.body).items.map(toCustomer);
}

function toWireCustomer(customer: NewCustomer): JsonObject {
  return {
    reference_id: customer.referenceId,
    type: customer.type,
    individual_detail: toWireIndividual(customer.individual),
    email: customer.email,
    mobile_number: customer.mobileNumber,
    description: customer.description,
    metadata: customer.metadata,
  };
}

/**
 * Documents and bank accounts of a customer are left where they are: nobody needs them here.
 *
 * @throws UnreadableError it has no id.
 */
function toCustomer(body: Json): Customer {
  const customer = objectOf(body) ?? {};
  return wire.present({
    id: wire.requiredId(customer, 'id'),
    type: wire.code(customer, 'type'),
    referenceId: wire.text(customer, 'reference_id'),
    status: wire.code(customer, 'status'),
    individual: toIndividual(wire.object(customer, 'individual_detail')),
    business: toBusiness(wire.object(customer, 'business_detail')),
    email: wire.text(customer, 'email'),
    mobileNumber: wire.text(customer, 'mobile_number'),
    phoneNumber: wire.text(customer, 'phone_number'),
    addresses: (wire.objects(customer.addresses) ?? []).map(toAddress),
    description: wire.text(customer, 'description'),
    metadata: wire.object(customer, 'metadata'),
    created: wire.time(customer, 'created'),
    updated: wire.time(customer, 'updated'),
  });
}

function toIndividual(detail: JsonObject | undefined): CustomerIndividual | undefined {
  return (
    detail && {
      givenNames: wire.text(detail, 'given_names'),
      middleName: wire.text(detail, 'middle_name'),
      surname: wire.text(detail, 'surname'),
      gender: wire.code(detail, 'gender'),
      dateOfBirth: wire.text(detail, 'date_of_birth'),
      nationality: wire.text(detail, 'nationality'),
      placeOfBirth: wire.text(detail, 'place_of_birth'),
    }
  );
}

function toBusiness(detail: JsonObject | undefined): CustomerBusiness | undefined {
  return (
    detail && {
      businessName: wire.text(detail, 'business_name'),
      businessType: wire.code(detail, 'business_type'),
      natureOfBusiness: wire.text(detail, 'nature_of_business'),
      businessDomicile: wire.text(detail, 'business_domicile'),
      dateOfRegistration: wire.text(detail, 'date_of_registration'),
    }
  );
}

/** The manual's request and answer name the same parts differently. */
function toAddress(address: JsonObject): CustomerAddress {
  return {
    category: wire.text(address, 'category'),
    country: wire.text(address, 'country', 'country_code'),
    provinceState: wire.text(address, 'province_state'),
    city: wire.text(address, 'city'),
    postalCode: wire.text(address, 'postal_code'),
    streetLine1: wire.text(address, 'street_line1', 'line_1'),
    streetLine2: wire.text(address, 'street_line2', 'line_2'),
    isPrimary: typeof address.is_primary === 'boolean' ? address.is_primary : undefined,
  };
}
