import { GatewayError } from '../errors.ts';
import type { Customer } from '../model/customer.ts';
import { typeOfId, webhookEventPrefix } from '../model/ids.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import type { Transaction } from '../model/transaction.ts';
import type { WebhookEvent } from '../store/reads.ts';
import { findResource, isOnlyNamed, orKnown } from './asking.ts';
import type { BalanceService } from './balance.ts';
import type { CustomerService } from './customers.ts';
import type { IssuedToken, Rooms } from './rooms.ts';
import { type ToldChange, watchResource } from './streams.ts';
import { createUnknowns } from './unknowns.ts';

/** The types that no subscription of the graph tells of by themselves: what they belong to is watched. */
const watchedWithOthers: ReadonlySet<ResourceType> = new Set(['QrPayment', 'Capture']);

/** Whatever has an id. */
export type Node =
  | Resource
  | (WebhookEvent & { __typename: 'WebhookEvent' })
  | (Customer & { __typename: 'Customer' })
  | (Transaction & { __typename: 'Transaction' });

/** What is found by its id: what the ledger doesn't know is asked of Xendit once in one operation. */
export interface LinkService {
  /** As it is now: Xendit is asked unless the ledger's word is settled or fresh. */
  findCurrent<T extends ResourceType>(type: T, id: string): Promise<Resource<T> | undefined>;
  /**
   * By a link from another resource: the ledger's word, whatever its age; Xendit is asked only about what is unknown or only
   * named, and once in an operation.
   */
  findLinked<T extends ResourceType>(type: T, id: string | undefined): Promise<Resource<T> | undefined>;
  /** By a link from another resource: asked of Xendit once in an operation. */
  findLinkedCustomer(id: string | undefined): Promise<Customer | undefined>;
  /** Anything by its id: the id's beginning tells what it is. */
  findNode(id: string): Promise<Node | undefined>;
  /**
   * Anything that another graph refers to, by its type and id: found as by a link, so that many at once are one look at the
   * ledger.
   */
  findReferred(type: Node['__typename'], id: string): Promise<Node | undefined>;
  /** The one that the code had last news of. */
  findLatestPayment(code: Resource<'QrCode'>): Promise<Resource<'QrPayment'> | undefined>;
  watch(type: ResourceType, id: string, after: string | undefined): Promise<AsyncGenerator<ToldChange>>;
  /**
   * A token by which a payer's browser may read and watch a resource of a type that can be watched.
   *
   * @throws GatewayError NOT_FOUND there is no such one.
   */
  createWatchToken(id: string): Promise<IssuedToken>;
}

/** What links lead to that isn't found in the ledger's present. */
export type Elsewhere = Pick<CustomerService, 'findCustomer'> &
  Pick<BalanceService, 'findTransaction'> & {
    findWebhookEvent(id: string): Promise<WebhookEvent | undefined>;
    issueWatchToken(resource: Resource): Promise<IssuedToken>;
  };

/** For one operation. */
export function createLinkService(rooms: Rooms, account: string, elsewhere: Elsewhere): LinkService {
  const { reads } = rooms;
  const unknowns = createUnknowns(rooms, account, elsewhere.findCustomer);
  const findCurrent = <T extends ResourceType>(type: T, id: string) =>
    findResource(rooms, account, type, id, () => unknowns.ask(type, id));
  // Whoever has a cursor has been told of the resource: the ledger goes on from there, whether Xendit answers or not.
  const findKnown = async (type: ResourceType, id: string) =>
    (await reads.find({ account, type, id }))?.resource ?? findCurrent(type, id);
  const findLinked = async <T extends ResourceType>(type: T, id: string | undefined) => {
    if (id === undefined) return undefined;
    const known = (await reads.find({ account, type, id }))?.resource;
    const found = known && !isOnlyNamed(known) ? undefined : await unknowns.ask(type, id, known).catch(orKnown(known));
    return (found ?? known) as Resource<T> | undefined;
  };
  return {
    findCurrent,
    findLinked,
    findLinkedCustomer: async (id) => (id === undefined ? undefined : unknowns.askForCustomer(id)),
    async findNode(id) {
      const type = nodeTypeOf(id);
      return type && findOfType(elsewhere, type, id, findCurrent);
    },
    findReferred: (type, id) => findOfType(elsewhere, type, id, findLinked),
    async findLatestPayment({ id, version }) {
      const cause = (await reads.lastCaused({ account, type: 'QrCode', id }, version))?.cause;
      return cause?.type === 'QrPayment' ? findLinked('QrPayment', cause.id) : undefined;
    },
    watch: (type, id, after) =>
      watchResource(rooms, account, () => (after === undefined ? findCurrent(type, id) : findKnown(type, id)), after),
    async createWatchToken(id) {
      const type = typeOfId(id);
      const resource = type !== undefined && !watchedWithOthers.has(type) ? await findCurrent(type, id) : undefined;
      if (resource === undefined)
        throw new GatewayError('NOT_FOUND', 'There is nothing of this id that can be watched');
      return elsewhere.issueWatchToken(resource);
    },
  };
}

/** What isn't in the ledger's present is the same however it is asked for. */
async function findOfType(
  { findWebhookEvent, findCustomer, findTransaction }: Elsewhere,
  type: Node['__typename'],
  id: string,
  findInLedger: (type: ResourceType, id: string) => Promise<Resource | undefined>,
): Promise<Node | undefined> {
  if (type === 'WebhookEvent') {
    const event = await findWebhookEvent(id);
    return event && { ...event, __typename: type };
  }
  if (type === 'Customer') {
    const customer = await findCustomer(id);
    return customer && { ...customer, __typename: type };
  }
  if (type === 'Transaction') {
    const transaction = await findTransaction(id);
    return transaction && { ...transaction, __typename: type };
  }
  return findInLedger(type, id);
}

function nodeTypeOf(id: string): Node['__typename'] | undefined {
  if (id.startsWith(webhookEventPrefix)) return 'WebhookEvent';
  if (id.startsWith('cust-')) return 'Customer';
  return id.startsWith('txn_') ? 'Transaction' : typeOfId(id);
}
