import { redaction } from '../model/redaction.ts';
import { toPage, withoutNulls } from './arguments.ts';
import { resultType } from './failure.ts';
import type { Resolvers } from './generated/types.ts';
import { atId } from './places.ts';
import { asResult } from './result.ts';

export const webhookEventResolvers = {
  Query: {
    webhookEvent: (_, { id }, { service }) => service.findWebhookEvent(id),
    webhookEvents: (_, { filter, ...page }, { service }) =>
      service.findWebhookEvents(withoutNulls(filter), toPage(page)),
  },
  Mutation: {
    redriveWebhookEvent: (_, { id }, { service }) =>
      asResult(async () => {
        const webhookEvent = await service.redriveWebhookEvent(id);
        return { __typename: 'RedriveWebhookEventPayload', webhookEvent };
      }, atId),
  },
  RedriveWebhookEventResult: { __resolveType: resultType },
  WebhookEvent: {
    event: ({ event }) => shown(event),
    reason: ({ reason }) => shown(reason),
    webhookId: ({ webhookId }) => shown(webhookId),
    businessId: ({ businessId }) => shown(businessId),
    body: ({ body }) => redaction.json(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body)),
    resource: ({ subject }, _, { service }) => (subject ? service.findLinked(subject.type, subject.id) : undefined),
  },
} satisfies Resolvers;

/** Words of the sender's, which are whatever it put there. */
function shown(text: string | undefined): string | undefined {
  return text === undefined ? undefined : redaction.text(text);
}
