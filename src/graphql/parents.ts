import type { WebhookEvent } from '../store/reads.ts';

/** A delivery as resolvers hand it on; it may stand where a `Node` does. */
export type WebhookEventParent = WebhookEvent & { __typename?: 'WebhookEvent' };

export type { Node as NodeParent } from '../service/links.ts';
