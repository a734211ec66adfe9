import type { Resource } from '../model/resource.ts';
import type { WebhookEvent } from '../store/reads.ts';

/** A delivery as resolvers hand it on; it may stand where a `Node` does. */
export type WebhookEventParent = WebhookEvent & { __typename?: 'WebhookEvent' };

/** Whatever has an id. */
export type NodeParent = Resource | (WebhookEvent & { __typename: 'WebhookEvent' });
