import { toPage, withoutNulls } from './arguments.ts';
import type { Resolvers } from './generated/types.ts';

export const webhookEventResolvers = {
  Query: {
    webhookEvents: (_, { filter, ...page }, { service }) =>
      service.findWebhookEvents(withoutNulls(filter), toPage(page)),
  },
  WebhookEvent: {
    body: ({ body }) => new TextDecoder().decode(body),
    resource: ({ subject }, _, { service }) => (subject ? service.findLinked(subject.type, subject.id) : undefined),
  },
} satisfies Resolvers;
