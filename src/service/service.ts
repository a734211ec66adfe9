import { LRUCache } from 'lru-cache';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import type { ActivityFilter } from '../store/change-log.ts';
import type { WebhookEvent, WebhookEventFilter } from '../store/reads.ts';
import type { SearchFilter } from '../store/search.ts';
import type { BreakerState } from '../xendit/breaker.ts';
import type { BudgetView } from '../xendit/budget.ts';
import { isOnlyNamed } from './asking.ts';
import { type BalanceService, createBalanceService } from './balance.ts';
import { type CustomerService, createCustomerService } from './customers.ts';
import { createLinkService, type LinkService } from './links.ts';
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

/** All that a caller can ask for, in the one account that is the caller's, in one operation. */
export interface Service extends AccountService, LinkService, ListService {}

/** What is the same for every operation of an account. */
interface AccountService
  extends QrCodeService,
    PaymentRequestService,
    PaymentService,
    PaymentSessionService,
    PaymentTokenService,
    RefundService,
    CustomerService,
    BalanceService {
  findQrCode(externalId: string): Promise<Resource<'QrCode'> | undefined>;
  /** One that another graph refers to, found as by a link. */
  findReferredQrCode(externalId: string): Promise<Resource<'QrCode'> | undefined>;
  findQrPayments(externalId: string, query: QrPaymentsQuery): Promise<Page<Resource<'QrPayment'>>>;
  search<T extends ResourceType>(type: T, filter: SearchFilter, page: PageQuery): Promise<Page<Resource<T>>>;
  findActivity(filter: ActivityFilter, page: PageQuery): Promise<Page<ToldChange>>;
  findWebhookEvent(id: string): Promise<WebhookEvent | undefined>;
  findWebhookEvents(filter: WebhookEventFilter, page: PageQuery): Promise<Page<WebhookEvent>>;
  redriveWebhookEvent(id: string): Promise<WebhookEvent>;
  /** How much may still be asked of Xendit. */
  findXenditBudget(): Promise<(BudgetView & { breaker: BreakerState })[]>;
  watchQrCode(externalId: string, after: string | undefined): Promise<AsyncGenerator<ToldChange>>;
  watchActivity(filter: ActivityFilter, after: string | undefined): Promise<AsyncGenerator<ToldChange>>;
  /** A token by which a payer's browser may read and watch this one. */
  issueWatchToken(resource: Resource): Promise<IssuedToken>;
}

/** Of how many accounts it is kept. */
const maxAccounts = 1_000;

/**
 * Makes what an operation may ask for. Most of it is made once for an account: each operation, and each message of a stream, has one.
 *
 * @returns by account; empty for the owner of the secret key.
 */
export function createServices(rooms: Rooms, operations: Operations): (account: string) => Service {
  const known = new LRUCache<string, AccountService>({ max: maxAccounts });
  return (account) => {
    const own = known.get(account) ?? createAccountService(rooms, operations, account);
    known.set(account, own);
    // Not a copy of it, which takes longer than all the rest.
    const service: AccountService = Object.create(own);
    return Object.assign(service, createListService(rooms, account), createLinkService(rooms, account, own));
  };
}

function createAccountService(rooms: Rooms, operations: Operations, account: string): AccountService {
  const { reads, cursors } = rooms;
  return {
    ...createBalanceService(rooms, account),
    ...createCustomerService(rooms, operations.createCustomer, account),
    ...createQrCodeService(rooms, operations.createQrCode, account),
    ...createPaymentRequestService(rooms, operations.createPaymentRequest, account),
    ...createPaymentService(rooms, operations.capturePayment, account),
    ...createPaymentSessionService(rooms, operations.createPaymentSession, account),
    ...createPaymentTokenService(rooms, operations.createPaymentToken, account),
    ...createRefundService(rooms, operations.createRefund, account),
    findQrCode: (externalId) => findQrCode(rooms, account, externalId),
    async findReferredQrCode(externalId) {
      const known = (await reads.findByReference(account, 'QrCode', externalId))?.resource as
        | Resource<'QrCode'>
        | undefined;
      return known && !isOnlyNamed(known) ? known : findQrCode(rooms, account, externalId);
    },
    findQrPayments: (externalId, query) => findQrPayments(rooms, account, externalId, query),
    search: (type, filter, page) => searchResources(rooms, account, type, filter, page),
    findActivity: (filter, { first, after }) => findActivity(rooms, account, filter, first, after),
    findWebhookEvent: (id) => reads.webhookEvent(account, id),
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
    issueWatchToken(resource) {
      const { __typename: type, id } = resource;
      const reference = type === 'QrCode' ? (resource as Resource<'QrCode'>).externalId : undefined;
      return rooms.issueWatchToken(account, { type, id, reference });
    },
  };
}
