import DataLoader from 'dataloader';
import { GatewayError } from '../errors.ts';
import type { Customer } from '../model/customer.ts';
import { typeOfId, webhookEventPrefix } from '../model/ids.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import type { Transaction } from '../model/transaction.ts';
import type { ActivityFilter } from '../store/change-log.ts';
import type { WebhookEvent, WebhookEventFilter } from '../store/reads.ts';
import type { SearchFilter } from '../store/search.ts';
import type { BreakerState } from '../xendit/breaker.ts';
import type { BudgetView } from '../xendit/budget.ts';
import { findResource, isOnlyNamed, orKnown } from './asking.ts';
import { type BalanceService, createBalanceService } from './balance.ts';
import { type CustomerService, createCustomerService } from './customers.ts';
import { createListService, type ListService } from './lists.ts';
import type { Operations } from './operations.ts';
import { type Page, type PageQuery, readPage } from './pages.ts';
import { createPaymentRequestService, type PaymentRequestService } from './payment-requests.ts';
import { createPaymentSessionService, type PaymentSessionService } from './payment-sessions.ts';
import { createPaymentTokenService, type PaymentTokenService } from './payment-tokens.ts';
import { createPaymentService, type PaymentService } from './payments.ts';
import { createQrCodeService, findQrCode, type QrCodeService } from './qr-codes.ts';
import { findQrPayments, type QrPaymentsQuery } from './qr-payments.ts';
import { redriveWebhookEvent } from './redrive.ts';
import { createRefundService, type RefundService } from './refunds.ts';
import type { IssuedToken, Rooms } from './rooms.ts';
import { searchResources } from './searching.ts';
import { findActivity, type ToldChange, watchActivity, watchResource } from './streams.ts';
import { createUnknowns } from './unknowns.ts';

/** The types that a subscription of the graph tells of one by one. */
const watchable: ReadonlySet<ResourceType> = new Set([
  'QrCode',
  'PaymentRequest',
  'Payment',
  'PaymentSession',
  'PaymentToken',
  'Refund',
]);

/** Whatever has an id. */
export type Node =
  | Resource
  | (WebhookEvent & { __typename: 'WebhookEvent' })
  | (Customer & { __typename: 'Customer' })
  | (Transaction & { __typename: 'Transaction' });

/** All that a caller can ask for, in the one account that is the caller's, in one operation. */
export interface Service
  extends QrCodeService,
    PaymentRequestService,
    PaymentService,
    PaymentSessionService,
    PaymentTokenService,
    RefundService,
    ListService,
    CustomerService,
    BalanceService {
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
  findQrCode(externalId: string): Promise<Resource<'QrCode'> | undefined>;
  /** One that another graph refers to, found as by a link. */
  findReferredQrCode(externalId: string): Promise<Resource<'QrCode'> | undefined>;
  /** The one that the code had last news of. */
  findLatestPayment(code: Resource<'QrCode'>): Promise<Resource<'QrPayment'> | undefined>;
  findQrPayments(externalId: string, query: QrPaymentsQuery): Promise<Page<Resource<'QrPayment'>>>;
  search<T extends ResourceType>(type: T, filter: SearchFilter, page: PageQuery): Promise<Page<Resource<T>>>;
  findActivity(filter: ActivityFilter, page: PageQuery): Promise<Page<ToldChange>>;
  findWebhookEvent(id: string): Promise<WebhookEvent | undefined>;
  findWebhookEvents(filter: WebhookEventFilter, page: PageQuery): Promise<Page<WebhookEvent>>;
  redriveWebhookEvent(id: string): Promise<WebhookEvent>;
  /** How much may still be asked of Xendit. */
  findXenditBudget(): Promise<(BudgetView & { breaker: BreakerState })[]>;
  watch(type: ResourceType, id: string, after: string | undefined): Promise<AsyncGenerator<ToldChange>>;
  watchQrCode(externalId: string, after: string | undefined): Promise<AsyncGenerator<ToldChange>>;
  watchActivity(filter: ActivityFilter, after: string | undefined): Promise<AsyncGenerator<ToldChange>>;
  /** A token by which a payer's browser may read and watch this one. */
  issueWatchToken(resource: Resource): Promise<IssuedToken>;
  /**
   * The same, by the id of a resource of a type that can be watched.
   *
   * @throws GatewayError NOT_FOUND there is no such one.
   */
  createWatchToken(id: string): Promise<IssuedToken>;
}

/** @param account the caller's; empty for the owner of the secret key. */
export function createService(rooms: Rooms, operations: Operations, account: string): Service {
  const { reads, cursors } = rooms;
  const keyed = { cacheKeyFn: ({ type, id }: { type: ResourceType; id: string }) => `${type}:${id}`, cache: false };
  const links = new DataLoader(
    async (keys: readonly { type: ResourceType; id: string }[]) =>
      reads.findMany(keys.map((key) => ({ account, ...key }))),
    keyed,
  );
  const names = new DataLoader(
    async (references: readonly string[]) => reads.findManyByReference(account, 'QrCode', references),
    { cache: false },
  );
  const balance = createBalanceService(rooms, account);
  const customers = createCustomerService(rooms, operations.createCustomer, account);
  // Whoever has a cursor has been told of the resource: the ledger goes on from there, whether Xendit answers or not.
  const findKnown = async (type: ResourceType, id: string) =>
    (await reads.find({ account, type, id }))?.resource ?? findCurrent(type, id);
  const unknowns = createUnknowns(rooms, account, customers.findCustomer);
  const findCurrent = <T extends ResourceType>(type: T, id: string) =>
    findResource(rooms, account, type, id, () => unknowns.ask(type, id));
  const findLinked = async <T extends ResourceType>(type: T, id: string | undefined) => {
    if (id === undefined) return undefined;
    const known = (await links.load({ type, id }))?.resource;
    const asked = known && !isOnlyNamed(known) ? undefined : await unknowns.ask(type, id, known).catch(orKnown(known));
    return (asked ?? known) as Resource<T> | undefined;
  };
  const findWebhookEvent = (id: string) => reads.webhookEvent(account, id);
  /** What isn't in the ledger's present is the same however it is asked for. */
  const findOfType = async (
    type: Node['__typename'],
    id: string,
    findInLedger: (type: ResourceType, id: string) => Promise<Resource | undefined>,
  ): Promise<Node | undefined> => {
    if (type === 'WebhookEvent') {
      const event = await findWebhookEvent(id);
      return event && { ...event, __typename: type };
    }
    if (type === 'Customer') {
      const customer = await customers.findCustomer(id);
      return customer && { ...customer, __typename: type };
    }
    if (type === 'Transaction') {
      const transaction = await balance.findTransaction(id);
      return transaction && { ...transaction, __typename: type };
    }
    return findInLedger(type, id);
  };
  const issueWatchToken = (resource: Resource) => {
    const { __typename: type, id } = resource;
    const reference = type === 'QrCode' ? (resource as Resource<'QrCode'>).externalId : undefined;
    return rooms.issueWatchToken(account, { type, id, reference });
  };

  return {
    ...balance,
    ...customers,
    ...createQrCodeService(rooms, operations.createQrCode, account),
    ...createPaymentRequestService(rooms, operations.createPaymentRequest, account),
    ...createPaymentService(rooms, operations.capturePayment, account),
    ...createPaymentSessionService(rooms, operations.createPaymentSession, account),
    ...createPaymentTokenService(rooms, operations.createPaymentToken, account),
    ...createRefundService(rooms, operations.createRefund, account),
    ...createListService(rooms, account),
    findCurrent,
    findLinked,
    findLinkedCustomer: async (id) => (id === undefined ? undefined : unknowns.askForCustomer(id)),
    async findNode(id) {
      const type = nodeTypeOf(id);
      return type && findOfType(type, id, findCurrent);
    },
    findReferred: (type, id) => findOfType(type, id, findLinked),
    findQrCode: (externalId) => findQrCode(rooms, account, externalId),
    async findReferredQrCode(externalId) {
      const known = (await names.load(externalId))?.resource as Resource<'QrCode'> | undefined;
      return known && !isOnlyNamed(known) ? known : findQrCode(rooms, account, externalId);
    },
    async findLatestPayment({ id, version }) {
      const cause = (await reads.lastCaused({ account, type: 'QrCode', id }, version))?.cause;
      return cause?.type === 'QrPayment' ? findLinked('QrPayment', cause.id) : undefined;
    },
    findQrPayments: (externalId, query) => findQrPayments(rooms, account, externalId, query),
    search: (type, filter, page) => searchResources(rooms, account, type, filter, page),
    findActivity: (filter, { first, after }) => findActivity(rooms, account, filter, first, after),
    findWebhookEvent,
    findWebhookEvents(filter, { first, after }) {
      const afterId = after === undefined ? undefined : cursors.read('webhookEvents', account, after);
      return readPage(
        first,
        after !== undefined,
        (limit) => reads.webhookEvents(account, filter, limit, afterId),
        ({ id }) => cursors.write('webhookEvents', account, id),
      );
    },
    redriveWebhookEvent: (id) => redriveWebhookEvent(rooms, account, id),
    async findXenditBudget() {
      const own = (await rooms.budget.view()).filter((view) => view.account === account);
      return own.map((view) => ({
        ...view,
        breaker: rooms.breaker.state(view.endpoint.startsWith('GET ') ? 'reads' : 'writes'),
      }));
    },
    watch: (type, id, after) =>
      watchResource(rooms, account, () => (after === undefined ? findCurrent(type, id) : findKnown(type, id)), after),
    watchQrCode: (externalId, after) =>
      watchResource(
        rooms,
        account,
        async () =>
          (after && (await reads.findByReference(account, 'QrCode', externalId))?.resource) ||
          findQrCode(rooms, account, externalId),
        after,
      ),
    watchActivity: (filter, after) => watchActivity(rooms, account, filter, after),
    issueWatchToken,
    async createWatchToken(id) {
      const type = typeOfId(id);
      const resource = type !== undefined && watchable.has(type) ? await findCurrent(type, id) : undefined;
      if (resource === undefined)
        throw new GatewayError('NOT_FOUND', 'There is nothing of this id that can be watched');
      return issueWatchToken(resource);
    },
  };
}

function nodeTypeOf(id: string): Node['__typename'] | undefined {
  if (id.startsWith(webhookEventPrefix)) return 'WebhookEvent';
  if (id.startsWith('cust-')) return 'Customer';
  return id.startsWith('txn_') ? 'Transaction' : typeOfId(id);
}
