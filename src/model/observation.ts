import type { Instant } from './instant.ts';
import type { Fields, ResourceKey } from './resource.ts';
import type { ResourceType } from './status.ts';

/**
 * One fact about one resource, wherever it came from: a webhook, the answer to a call, a reconciling GET.
 *
 * A delivery or an answer may carry several; where one is the reason for another (a payment for its code), the reason comes
 * first in the list and the other names it as `cause`.
 */
export type Observation<T extends ResourceType = ResourceType> = {
  [K in T]: {
    type: K;
    id: string;
    /** A status of the type; UNKNOWN where the fact says nothing of it, or a word that this gateway doesn't know. */
    status: string;
    /** Xendit's time of the fact; it decides between equals. */
    updated: Instant | undefined;
    /** What the fact says of the resource; absent says nothing. */
    fields: Fields<K>;
    /** The resource whose news this is, observed just before. */
    cause?: { type: ResourceType; id: string };
    /**
     * There where a payment speaks of its request: its status is the request's own only if that is paid once. SAID when the
     * payment itself says so; until the request does, the status of any other payment waits.
     */
    paidOnce?: 'SAID' | 'UNSAID';
    /** It says nothing but that Xendit is to be asked at once. */
    isQuestion?: true;
  };
}[T];

/** Where a fact came from. */
export type Origin = 'WEBHOOK' | 'API' | 'RECONCILED';

/** What a change is about: first heard of, the status, a payment, a refund, or something else that the graph shows. */
export type ChangeKind = 'CREATED' | 'STATUS_CHANGED' | 'PAYMENT' | 'REFUND' | 'UPDATED';

/** The name of the resource that an observation is about. */
export function observedKey(account: string, observation: Observation): ResourceKey {
  return { account, type: observation.type, id: observation.id };
}
