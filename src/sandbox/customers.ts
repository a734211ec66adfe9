import { randomUUID } from 'node:crypto';
import { type JsonObject, objectOf, textOf } from '../model/json.ts';
import { type Answer, ApiError, type Call, type Route } from './http.ts';
import {
  optionalMetadata,
  optionalObject,
  optionalText,
  optionalWord,
  readText,
  readWord,
  versionOf,
  wrong,
} from './input.ts';
import { perAccount, timeOf, type World } from './world.ts';

/** A customer as Xendit shows one. */
type Customer = JsonObject & { id: string; reference_id: string };

interface Book {
  byId: Map<string, Customer>;
  byReference: Map<string, Customer>;
}

export interface Customers {
  routes: Route[];
  /**
   * The customer that a payment names, by `customer_id` or inline by `customer`. An inline one that is not known yet is created.
   *
   * @throws ApiError 400 INVALID_VALUE_ERROR there is no such customer; API_VALIDATION_ERROR the inline one is malformed.
   */
  named(account: string, fields: JsonObject): string | undefined;
  has(account: string, id: string): boolean;
  hasReference(account: string, referenceId: string): boolean;
}

const versions = ['2020-10-31', '2020-05-19'] as const;

/** What a customer shows besides its id, type, reference and times; null where it wasn't sent. */
const details = [
  'individual_detail',
  'business_detail',
  'description',
  'email',
  'mobile_number',
  'phone_number',
  'addresses',
  'identity_accounts',
  'kyc_documents',
  'metadata',
] as const;

/**
 * Customers: create, get, get by reference, update. Both versions of the API answer in the shape of 2020-10-31.
 *
 * @param once makes a create honour its `idempotency-key`.
 * Source: Xendit API reference, "Customers".
 */
export function createCustomers({ clock }: World, once: (route: Route) => Route): Customers {
  const bookOf = perAccount<Book>(() => ({ byId: new Map(), byReference: new Map() }));

  function add(account: string, fields: JsonObject): Customer {
    const referenceId = readText(fields, 'reference_id');
    const type = optionalWord(fields, 'type', ['INDIVIDUAL', 'BUSINESS']) ?? 'INDIVIDUAL';
    const shown = readDetails(fields);
    const now = timeOf(clock.now());
    const names = { id: `cust-${randomUUID()}`, reference_id: referenceId, type };
    return keep(account, { ...names, ...shown, status: 'ACTIVE', created: now, updated: now });
  }

  function create(call: Call): Answer {
    versionOf(call, versions);
    const referenceId = readText(call.body.fields, 'reference_id');
    assertNew(call.account, referenceId);
    return { status: 200, body: add(call.account, call.body.fields) };
  }

  function assertNew(account: string, referenceId: string): void {
    if (!bookOf(account).byReference.has(referenceId)) return;
    throw new ApiError(409, 'DUPLICATE_ERROR', `Customer with reference_id ${referenceId} already exists`);
  }

  function find(call: Call): Customer {
    versionOf(call, versions);
    const id = call.params.id ?? '';
    const customer = bookOf(call.account).byId.get(id);
    if (customer === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `Customer ${id} not found`);
    return customer;
  }

  function list(call: Call): Answer {
    versionOf(call, versions);
    const referenceId = call.query.get('reference_id');
    if (!referenceId) throw new ApiError(400, 'API_VALIDATION_ERROR', 'reference_id is required');
    const found = bookOf(call.account).byReference.get(referenceId);
    return { status: 200, body: { data: found === undefined ? [] : [found], has_more: false } };
  }

  function update(call: Call): Answer {
    const customer = find(call);
    const referenceId = optionalText(call.body.fields, 'reference_id') ?? customer.reference_id;
    if (referenceId !== customer.reference_id) assertNew(call.account, referenceId);
    const shown = Object.entries(readDetails(call.body.fields)).filter(([name]) => name in call.body.fields);
    const names = { reference_id: referenceId, updated: timeOf(clock.now()) };
    bookOf(call.account).byReference.delete(customer.reference_id);
    return { status: 200, body: keep(call.account, { ...customer, ...Object.fromEntries(shown), ...names }) };
  }

  /** Never changed afterwards: an answer may still be on its way, or kept under a key. */
  function keep(account: string, customer: Customer): Customer {
    const book = bookOf(account);
    book.byId.set(customer.id, customer);
    book.byReference.set(customer.reference_id, customer);
    return customer;
  }

  return {
    named(account, fields) {
      const id = optionalText(fields, 'customer_id', 41);
      if (id !== undefined && !bookOf(account).byId.has(id)) {
        throw wrong('customer_id', `${id} is not known`, 'INVALID_VALUE_ERROR');
      }
      const inline = optionalObject(fields, 'customer');
      if (id !== undefined || inline === undefined) return id;
      readWord(inline, 'type', ['INDIVIDUAL']);
      const person = objectOf(inline.individual_detail);
      if (person === undefined) throw wrong('customer.individual_detail', 'is required');
      readText(person, 'given_names', 50);
      const known = bookOf(account).byReference.get(textOf(inline.reference_id) ?? '');
      return (known ?? add(account, inline)).id;
    },
    has: (account, id) => bookOf(account).byId.has(id),
    hasReference: (account, referenceId) => bookOf(account).byReference.has(referenceId),
    routes: [
      once({ endpoint: 'POST /customers', handle: create }),
      { endpoint: 'GET /customers', handle: list },
      { endpoint: 'GET /customers/:id', handle: (call) => ({ status: 200, body: find(call) }) },
      { endpoint: 'PATCH /customers/:id', handle: update },
    ],
  };
}

function readDetails(fields: JsonObject): JsonObject {
  for (const name of ['individual_detail', 'business_detail']) optionalObject(fields, name);
  for (const name of ['email', 'mobile_number', 'phone_number']) optionalText(fields, name);
  optionalMetadata(fields);
  return Object.fromEntries(details.map((name) => [name, fields[name] ?? null]));
}
