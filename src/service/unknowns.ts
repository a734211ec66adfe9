import { keyText, type Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { askById } from './asking.ts';
import type { Rooms } from './rooms.ts';

/** What the ledger doesn't know, asked about once in one operation, however often and deep it is linked there. */
export interface Unknowns {
  /** Asks Xendit, unless the operation already has; a failure is shared too. What Xendit knows, the ledger knows from then on. */
  ask(type: ResourceType, id: string): Promise<Resource | undefined>;
  /** Another operation begins, for which Xendit may know more. */
  forget(): void;
}

export function createUnknowns(rooms: Rooms, account: string): Unknowns {
  const asked = new Map<string, Promise<Resource | undefined>>();
  return {
    ask(type, id) {
      const key = { account, type, id };
      const name = keyText(key);
      const asking = asked.get(name) ?? askById(rooms, key, undefined);
      asked.set(name, asking);
      return asking;
    },
    forget: () => asked.clear(),
  };
}
