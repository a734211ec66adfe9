import { realClock } from '../../src/sandbox/clock.ts';
import { type EventName, kindOf } from '../../src/sandbox/events.ts';
import { madeUp, madeUpQrV1 } from '../../src/sandbox/made-up.ts';
import { enveloped, timeOf, type World } from '../../src/sandbox/world.ts';
import type { Dice } from './dice.ts';
import type { Claim } from './evidence.ts';

/** A webhook to send. */
export interface Draft {
  event: EventName;
  claims: Claim[];
  /** The body of an attempt made at `sentAt`. */
  body(sentAt: number): object;
}

/** What happens in the shop: payments of a few codes on its counters, and requests that live through their lives. */
export interface Stories {
  /** The codes on the counters; the first payments of each come first. */
  counters: { id: string; externalId: string }[];
  next(): Draft;
}

const counterCount = 40;
const requestCount = 80;
const counterShare = 0.7;

/** What may befall a request, each step with the status of its payment. */
const lives: { event: EventName; payment?: string; request: string }[][] = [
  [
    { event: 'payment.authorization', payment: 'AUTHORIZED', request: 'AUTHORIZED' },
    { event: 'payment.capture', payment: 'SUCCEEDED', request: 'SUCCEEDED' },
  ],
  [
    { event: 'payment.failure', payment: 'FAILED', request: 'FAILED' },
    { event: 'payment.capture', payment: 'SUCCEEDED', request: 'SUCCEEDED' },
  ],
  [
    { event: 'payment.authorization', payment: 'AUTHORIZED', request: 'AUTHORIZED' },
    { event: 'payment_request.expiry', request: 'EXPIRED' },
    { event: 'payment.capture', payment: 'SUCCEEDED', request: 'SUCCEEDED' },
  ],
  [{ event: 'payment_request.expiry', request: 'EXPIRED' }],
];

const world: World = { clock: realClock, dashboardUrl: () => undefined, post: () => Promise.resolve('') };

export function createStories(dice: Dice): Stories {
  const counters = Array.from({ length: counterCount }, (_, index) => ({
    id: `qr_counter-${index}`,
    externalId: `counter-${index}`,
  }));
  const requests: Draft[][] = [];
  const beginnings = [...counters];
  let count = 0;

  const pay = (counter: { id: string; externalId: string }): Draft => {
    count += 1;
    const id = `qrpy_${count}`;
    const qrCode = { id: counter.id, external_id: counter.externalId, qr_string: '000201', type: 'STATIC' };
    const body = { event: 'qr.payment', ...madeUpQrV1(Date.now()), id, qr_code: qrCode };
    return {
      event: 'qr.payment',
      claims: [{ type: 'QrPayment', id, status: 'COMPLETED', toldBy: counter.id }],
      body: () => body,
    };
  };

  const live = (): Draft[] => {
    count += 1;
    const requestId = `pr-${count}`;
    // Of two payments one fails and the other succeeds, or one goes through both.
    const life = dice.pick(lives);
    const bornAt = Date.now();
    return life.map(({ event, payment, request }, step) => {
      const paymentId = `py-${requestId}-${event === 'payment.failure' ? 'failed' : 'paid'}`;
      const { family, says } = kindOf(event);
      const data = {
        ...madeUp(family, '', bornAt),
        ...says,
        payment_request_id: requestId,
        ...(payment !== undefined && { payment_id: paymentId }),
        updated: timeOf(bornAt + step * 1_000),
      };
      const { body } = enveloped(world, '', event, data, 'v3');
      return {
        event,
        claims: [
          ...(payment === undefined ? [] : [{ type: 'Payment', id: paymentId, status: payment }]),
          { type: 'PaymentRequest', id: requestId, status: request },
        ],
        body: (sentAt) => (typeof body === 'function' ? body(sentAt) : body),
      };
    });
  };

  return {
    counters,
    next() {
      const beginning = beginnings.shift();
      if (beginning !== undefined) return pay(beginning);
      if (dice.chance(counterShare)) return pay(dice.pick(counters));
      if (requests.length < requestCount) requests.push(live());
      const request = dice.pick(requests);
      const draft = request.shift();
      if (request.length === 0) requests.splice(requests.indexOf(request), 1);
      return draft ?? pay(dice.pick(counters));
    },
  };
}
