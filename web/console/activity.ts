import type { Client } from 'urql';
import {
  type ActivityFilter,
  ActivityPageDocument,
  type ChangeKind,
  type ChangeOrigin,
  type ResourceType,
} from './generated/documents.ts';
import { answerOf } from './problem.ts';
import type { Happening, Pulse } from './pulse.ts';
import { openRows, type Rows } from './rows.ts';

export const resourceTypes = [
  'Payment',
  'PaymentRequest',
  'PaymentSession',
  'PaymentToken',
  'QrCode',
  'QrPayment',
  'Refund',
  'Capture',
] as const satisfies ResourceType[];
export const kinds = ['CREATED', 'STATUS_CHANGED', 'PAYMENT', 'REFUND', 'UPDATED'] as const satisfies ChangeKind[];
export const origins = ['WEBHOOK', 'API', 'RECONCILED'] as const satisfies ChangeOrigin[];
export const statuses = [
  'SUCCEEDED',
  'COMPLETED',
  'FAILED',
  'EXPIRED',
  'CANCELED',
  'CANCELLED',
  'PENDING',
  'AUTHORIZED',
  'REQUIRES_ACTION',
  'ACCEPTING_PAYMENTS',
  'ACTIVE',
  'INACTIVE',
  'VOIDED',
  'REFUNDED',
] as const;

/** As the address has it: one word for each. */
export interface ActivityFilters {
  type?: string;
  kind?: string;
  status?: string;
  origin?: string;
  id?: string;
}

function toFilter({ type, kind, status, origin, id }: ActivityFilters): ActivityFilter {
  return {
    ...(isOneOf(resourceTypes, type) && { types: [type] }),
    ...(isOneOf(kinds, kind) && { kinds: [kind] }),
    ...(isOneOf(origins, origin) && { origins: [origin] }),
    ...(status && { statuses: [status] }),
    ...(id && { resourceId: id }),
  };
}

function isOneOf<T extends string>(words: readonly T[], word: string | undefined): word is T {
  return words.includes(word as T);
}

/** The same of what is told live, which comes without a filter. */
function passes({ types, kinds, statuses, origins, resourceId }: ActivityFilter, change: Happening): boolean {
  return (
    (types?.includes(change.resource.__typename as ResourceType) ?? true) &&
    (kinds?.includes(change.kind) ?? true) &&
    (statuses?.includes(change.toStatus) ?? true) &&
    (origins?.includes(change.origin) ?? true) &&
    (resourceId === undefined || resourceId === change.resource.id)
  );
}

/** What tells one change from all others. */
export interface KeyedChange {
  resource: { __typename: string; id: string };
  version: number;
}

const pageSize = 100;
/** Changes that come within this time are shown together, in milliseconds. */
const togetherMs = 100;

export function keyOf({ resource, version }: KeyedChange): string {
  return `${resource.__typename} ${resource.id} ${version}`;
}

/** What happened and happens, newest first: pages of the past, and the pulse. */
export function openActivity(client: Client, pulse: Pulse, filters: ActivityFilters): Rows<Happening> {
  const filter = toFilter(filters);
  const rows = openRows<Happening>({
    keyOf,
    async read(after) {
      const variables = { filter, first: pageSize, ...(after && { after: after.cursor }) };
      const { data, problem } = answerOf(await client.query(ActivityPageDocument, variables).toPromise());
      if (problem) return { problem };
      return { rows: data.activity.edges.map(({ node }) => node), hasOlder: data.activity.pageInfo.hasNextPage };
    },
  });
  let arrived: Happening[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = () => {
    timer = undefined;
    rows.add(arrived.reverse());
    arrived = [];
  };
  const stop = pulse.listen({
    onChange(change) {
      if (!passes(filter, change)) return;
      arrived.push(change);
      timer ??= setTimeout(show, togetherMs);
    },
    onGap: () => rows.reload(),
  });
  return {
    ...rows,
    close() {
      stop();
      clearTimeout(timer);
      rows.close();
    },
  };
}
