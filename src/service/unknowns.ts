import type { Customer } from '../model/customer.ts';
import { keyText, type Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { askById } from './asking.ts';
import type { Rooms } from './rooms.ts';

/** What the ledger doesn't know, asked about once in one operation, however often and deep it is linked there. */
export interface Unknowns {
  /**
   * Asks Xendit, unless the operation already has; a failure is shared too. What Xendit knows, the ledger knows from then on.
   *
   * @param known what the ledger has, if only the name.
   */
  ask(type: ResourceType, id: string, known?: Resource): Promise<Resource | undefined>;
  /** A customer, whom the ledger never knows. */
  askForCustomer(id: string): Promise<Customer | undefined>;
}

/** @param findCustomer asks Xendit for one. */
export function createUnknowns(
  rooms: Rooms,
  account: string,
  findCustomer: (id: string) => Promise<Customer | undefined>,
): Unknowns {
  const asked = new Map<string, Promise<unknown>>();
  function once<T>(name: string, ask: () => Promise<T>): Promise<T> {
    const asking = (asked.get(name) as Promise<T> | undefined) ?? ask();
    asked.set(name, asking);
    return asking;
  }
  return {
    ask(type, id, known) {
      const key = { account, type, id };
      return once(keyText(key), () => askById(rooms, key, known));
    },
    askForCustomer: (id) => once(JSON.stringify([account, 'Customer', id]), () => findCustomer(id)),
  };
}
