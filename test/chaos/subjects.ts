import type { Dice } from './dice.ts';
import type { Sender } from './sender.ts';
import type { Stories } from './stories.ts';
import type { Subject } from './subscriber.ts';

const activity: Subject = {
  query: `subscription ($after: Cursor) {
    change: activity(after: $after) { cursor version kind toStatus resource { __typename id } }
  }`,
  resource: undefined,
  field: 'resource',
  restlessness: 0,
};

/** @param index decides what a subscriber likes: few the account's activity, some requests, most a counter. */
export function chooser(index: number, dice: Dice, stories: Stories, sender: Sender): () => Subject | undefined {
  if (index % 60 === 0) return () => activity;
  if (index % 3 === 1) {
    return () => {
      const requests = sender.recentRequests();
      return requests.length === 0 ? undefined : requestSubject(dice.pick(requests));
    };
  }
  return () => counterSubject(dice.pick(stories.counters));
}

function counterSubject({ id, externalId }: Stories['counters'][number]): Subject {
  return resourceSubject('QrCode', id, 'qrCodeChanged(externalId: $id, after: $after)', externalId, 0.05);
}

function requestSubject(id: string): Subject {
  return resourceSubject('PaymentRequest', id, 'paymentRequestChanged(id: $id, after: $after)', id, 0.4);
}

function resourceSubject(type: string, id: string, stream: string, name: string, restlessness: number): Subject {
  const field = type.charAt(0).toLowerCase() + type.slice(1);
  const query = `subscription ($id: ID!, $after: Cursor) {
    change: ${stream} { cursor version kind ${field} { id status } payment { id } }
  }`;
  return { query, name, resource: { type, id }, field, restlessness };
}
