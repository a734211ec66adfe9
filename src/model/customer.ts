import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';

/** Somebody who pays, as Xendit knows them. Not in the ledger: no webhook tells of customers. */
export interface Customer {
  id: string;
  /** INDIVIDUAL or BUSINESS; another word stays as it came. */
  type: string | undefined;
  /** The merchant's own name for it. */
  referenceId: string | undefined;
  /** ACTIVE, INACTIVE, PENDING, BLOCKED or DELETED; another word stays as it came. */
  status: string | undefined;
  individual: CustomerIndividual | undefined;
  business: CustomerBusiness | undefined;
  email: string | undefined;
  /** E.164, such as `+628121234567890`. */
  mobileNumber: string | undefined;
  phoneNumber: string | undefined;
  addresses: CustomerAddress[];
  description: string | undefined;
  metadata: JsonObject | undefined;
  created: Instant | undefined;
  updated: Instant | undefined;
}

export interface CustomerIndividual {
  givenNames: string | undefined;
  middleName: string | undefined;
  surname: string | undefined;
  gender: string | undefined;
  /** `YYYY-MM-DD`. */
  dateOfBirth: string | undefined;
  /** ISO 3166-1, two letters. */
  nationality: string | undefined;
  placeOfBirth: string | undefined;
}

export interface CustomerBusiness {
  businessName: string | undefined;
  businessType: string | undefined;
  natureOfBusiness: string | undefined;
  businessDomicile: string | undefined;
  /** `YYYY-MM-DD`. */
  dateOfRegistration: string | undefined;
}

export interface CustomerAddress {
  category: string | undefined;
  /** ISO 3166-1, two letters. */
  country: string | undefined;
  provinceState: string | undefined;
  city: string | undefined;
  postalCode: string | undefined;
  streetLine1: string | undefined;
  streetLine2: string | undefined;
  isPrimary: boolean | undefined;
}
