import { createHash } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { Customer } from '../model/customer.ts';
import * as xendit from '../xendit/customers.ts';
import { checkMetadata, checkName, checkNoCards, checkText, refuse } from './input-checks.ts';
import type { OnceOperation, OnceResult } from './once.ts';
import { skewMs } from './recovering.ts';
import type { Rooms } from './rooms.ts';

export type { NewCustomer } from '../xendit/customers.ts';

export interface CustomerService {
  /** @returns undefined when Xendit doesn't know the customer. */
  findCustomer(id: string): Promise<Customer | undefined>;
  findCustomers(referenceId: string): Promise<Customer[]>;
  /**
   * Makes a customer, once for each key.
   *
   * @throws XenditError CONFLICT a customer has this reference; INVALID_INPUT.
   */
  createCustomer(customer: xendit.NewCustomer, idempotencyKey: string): Promise<OnceResult<Customer>>;
}

export type CreateCustomer = OnceOperation<xendit.NewCustomer, Customer>;

/**
 * How a customer is made once: Xendit honours a key, so that sending it again is surest. One that has the reference may be
 * another, so it only counts where it was made since, by the same names, and by no other key.
 */
export function createCustomerOperation(rooms: Rooms): CreateCustomer {
  return {
    name: 'createCustomer',
    whenNotFound: () => 'RESEND',
    soughtForMs: 86_400_000,
    referenceOf: ({ referenceId }) => referenceId,
    send: (account, customer, key) => xendit.createCustomer(rooms.xendit, account, customer, upstreamKey(account, key)),
    recover: async (account, customer, { claim, startedAt }) => {
      const [found] = await xendit.findCustomers(rooms.xendit, account, customer.referenceId);
      if (found === undefined || !isWhatWasAsked(found, customer, startedAt)) return undefined;
      const rivals = await rooms.onceKeys.rivals(claim);
      return rivals.some(({ operation }) => operation === claim.operation) ? undefined : found;
    },
    read: (account, id) => findCustomer(rooms, account, id),
    idsOf: ({ id }) => [id],
  };
}

function isWhatWasAsked(found: Customer, asked: xendit.NewCustomer, startedAt: Date): boolean {
  const isMadeSince = found.created !== undefined && Date.parse(found.created) >= startedAt.getTime() - skewMs;
  const names: [string | undefined, string | undefined][] = [
    [asked.type, found.type],
    [asked.individual.givenNames, found.individual?.givenNames],
    [asked.individual.surname, found.individual?.surname],
    [asked.email, found.email],
    [asked.mobileNumber, found.mobileNumber],
  ];
  return isMadeSince && names.every(([wanted, shown]) => wanted === undefined || wanted === shown);
}

export function createCustomerService(rooms: Rooms, create: CreateCustomer, account: string): CustomerService {
  return {
    findCustomer: (id) => findCustomer(rooms, account, id),
    findCustomers: (referenceId) => xendit.findCustomers(rooms.xendit, account, referenceId),
    async createCustomer(customer, idempotencyKey) {
      refuse([
        checkName('referenceId', customer.referenceId, 255),
        checkName('email', customer.email, 255),
        checkName('mobileNumber', customer.mobileNumber, 50),
        checkText('description', customer.description, 500),
        checkMetadata(customer.metadata),
        checkNoCards(customer),
        checkName('idempotencyKey', idempotencyKey, 100),
      ]);
      return rooms.once.run(create, account, idempotencyKey, customer);
    },
  };
}

function findCustomer(rooms: Rooms, account: string, id: string): Promise<Customer | undefined> {
  return rooms.flights.share(JSON.stringify(['customer', account, id]), async () => {
    try {
      return await xendit.getCustomer(rooms.xendit, account, id);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  });
}

function upstreamKey(account: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['createCustomer', account, key]))
    .digest('hex');
}
