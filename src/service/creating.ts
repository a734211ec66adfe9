import type { Resource } from '../model/resource.ts';
import { readKnown } from './asking.ts';
import type { OnceOperation } from './once.ts';
import { type Describe, recoverFromLedger } from './recovering.ts';
import type { Rooms } from './rooms.ts';

type Created = 'PaymentRequest' | 'PaymentSession' | 'PaymentToken';

/**
 * How a resource is made once that Xendit honours no key for and can't look up by its reference: what came of a lost one is
 * known where the ledger has heard of it since, and it is never sent again.
 *
 * @param describe what an input asks for, as far as its outcome would show.
 * @param send does it, and observes what came of it.
 */
export function createOnce<T extends Created, I extends { referenceId: string }>(
  rooms: Rooms,
  type: T,
  describe: Describe<I>,
  send: (account: string, input: I) => Promise<Resource<T>>,
): OnceOperation<I, Resource<T>> {
  return {
    name: `create${type}`,
    whenNotFound: () => 'REPORT',
    referenceOf: ({ referenceId }) => referenceId,
    send,
    recover: (_, __, attempt) => recoverFromLedger(rooms, type, describe, attempt),
    read: readKnown(rooms, type),
    idsOf: ({ id }) => [id],
  };
}
