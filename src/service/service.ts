import { typeOfId, webhookEventPrefix } from '../model/ids.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import type { ActivityFilter, WebhookEvent, WebhookEventFilter } from '../store/reads.ts';
import type { OnceResult } from './once.ts';
import { type Page, readPage } from './pages.ts';
import type { NewQrCode } from './qr-code-input.ts';
import { createQrCode, findQrCode, simulateQrPayment } from './qr-codes.ts';
import { findQrPayments, type QrPaymentsQuery } from './qr-payments.ts';
import type { Rooms } from './rooms.ts';
import { findActivity, findHistory, type ToldChange, watchActivity, watchResource } from './streams.ts';

export interface PageQuery {
  /** 1 to 100. */
  first: number;
  after?: string | undefined;
}

/** All that a caller can ask for, in the one account that is the caller's. */
export interface Service {
  find<T extends ResourceType>(type: T, id: string): Promise<Resource<T> | undefined>;
  /** Anything by its id: the id's beginning tells what it is. */
  findNode(id: string): Promise<Resource | (WebhookEvent & { __typename: 'WebhookEvent' }) | undefined>;
  findQrCode(externalId: string): Promise<Resource<'QrCode'> | undefined>;
  findQrPayments(externalId: string, query: QrPaymentsQuery): Promise<Page<Resource<'QrPayment'>>>;
  /** What belongs to a resource, newest first. */
  findChildren<T extends ResourceType>(type: T, parent: Resource, page: PageQuery): Promise<Page<Resource<T>>>;
  createQrCode(input: NewQrCode, idempotencyKey: string): Promise<OnceResult<Resource<'QrCode'>>>;
  simulateQrPayment(input: { externalId: string; amount?: string | undefined }): Promise<Resource<'QrPayment'>>;
  findHistory(resource: Resource, page: PageQuery): Promise<Page<ToldChange>>;
  findActivity(filter: ActivityFilter, page: PageQuery): Promise<Page<ToldChange>>;
  findWebhookEvents(filter: WebhookEventFilter, page: PageQuery): Promise<Page<WebhookEvent>>;
  watch(type: ResourceType, id: string, after: string | undefined): Promise<AsyncGenerator<ToldChange>>;
  watchQrCode(externalId: string, after: string | undefined): Promise<AsyncGenerator<ToldChange>>;
  watchActivity(filter: ActivityFilter, after: string | undefined): Promise<AsyncGenerator<ToldChange>>;
}

/** @param account the caller's; empty for the owner of the secret key. */
export function createService(rooms: Rooms, account: string): Service {
  const { reads, cursors } = rooms;
  const find = async <T extends ResourceType>(type: T, id: string) =>
    (await reads.find({ account, type, id }))?.resource as Resource<T> | undefined;

  return {
    find,
    async findNode(id) {
      if (id.startsWith(webhookEventPrefix)) {
        const event = await reads.webhookEvent(account, id);
        return event && { ...event, __typename: 'WebhookEvent' };
      }
      const type = typeOfId(id);
      return type && find(type, id);
    },
    findQrCode: (externalId) => findQrCode(rooms, account, externalId),
    findQrPayments: (externalId, query) => findQrPayments(rooms, account, externalId, query),
    findChildren<T extends ResourceType>(type: T, parent: Resource, { first, after }: PageQuery) {
      const stream = `${type}:of:${parent.id}`;
      const afterId = after === undefined ? undefined : cursors.read(stream, account, after);
      return readPage(
        first,
        after !== undefined,
        async (limit) => (await reads.children(account, type, parent.id, {}, limit, afterId)) as Resource<T>[],
        ({ id }) => cursors.write(stream, account, id),
      );
    },
    createQrCode: (input, idempotencyKey) => createQrCode(rooms, account, input, idempotencyKey),
    simulateQrPayment: (input) => simulateQrPayment(rooms, account, input),
    findHistory: (resource, { first, after }) => findHistory(rooms, resource, first, after),
    findActivity: (filter, { first, after }) => findActivity(rooms, account, filter, first, after),
    findWebhookEvents(filter, { first, after }) {
      const afterId = after === undefined ? undefined : cursors.read('webhookEvents', account, after);
      return readPage(
        first,
        after !== undefined,
        (limit) => reads.webhookEvents(account, filter, limit, afterId),
        ({ id }) => cursors.write('webhookEvents', account, id),
      );
    },
    watch: (type, id, after) => watchResource(rooms, account, () => find(type, id), after),
    watchQrCode: (externalId, after) =>
      watchResource(rooms, account, () => findQrCode(rooms, account, externalId), after),
    watchActivity: (filter, after) => watchActivity(rooms, account, filter, after),
  };
}
