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
  return {
    query: `subscription ($id: ID!, $after: Cursor) {
      change: qrCodeChanged(externalId: $id, after: $after) { cursor version kind qrCode { id status } payment { id } }
    }`,
    name: externalId,
    resource: { type: 'QrCode', id },
    field: 'qrCode',
    restlessness: 0.05,
  };
}

function requestSubject(id: string): Subject {
  return {
    query: `subscription ($id: ID!, $after: Cursor) {
      change: paymentRequestChanged(id: $id, after: $after) { cursor version kind paymentRequest { id status } payment { id } }
    }`,
    name: id,
    resource: { type: 'PaymentRequest', id },
    field: 'paymentRequest',
    restlessness: 0.4,
  };
}
