import { randomUUID } from 'node:crypto';
import { type JsonObject, textOf } from '../model/json.ts';
import { type EventFamily, type EventName, kindOf } from './events.ts';
import { madeUp, madeUpQrV1 } from './made-up.ts';
import { type Payment, toPaymentBody } from './payment.ts';
import { detailsOf } from './payment-details.ts';
import { type PaymentRequest, toRequestBody } from './payment-request.ts';
import type { PaymentRequests } from './payment-requests.ts';
import { toTokenBody } from './payment-token.ts';
import type { PaymentTokens } from './payment-tokens.ts';
import type { Payments } from './payments.ts';
import type { QrPayments } from './qr-payments.ts';
import { toRefundBody } from './refund.ts';
import type { Refunds } from './refunds.ts';
import { toSessionBody } from './session.ts';
import type { Sessions } from './sessions.ts';
import { enveloped, type World } from './world.ts';

/** Where to look for what an event names. */
export interface Resources {
  payments: Payments;
  requests: PaymentRequests;
  tokens: PaymentTokens;
  sessions: Sessions;
  refunds: Refunds;
  qrPayments: QrPayments;
}

/**
 * Sends any event of Xendit's, of any generation, in its envelope, whatever the state of things: nothing changes by it.
 *
 * @param data goes over what is known of the resource that it names by its id, or over a made-up one. A `qr.payment` with `qr_code`
 *   is one of version 1, without an envelope. A payment event may name just its `payment_request_id`.
 * @returns the webhook's id, once the first attempt is over, held or put off.
 */
export type Send = (event: EventName, data?: JsonObject, options?: { account?: string }) => Promise<string>;

/** @param resources those that an event can be about; the others are always made up. */
export function createSending(world: World, resources: Resources): Send {
  return (event, data = {}, { account = '' } = {}) => {
    const { family, says } = kindOf(event);
    const now = world.clock.now();
    const { body: known, url } = find(resources, { family, account, data, now }) ?? { body: undefined, url: undefined };
    if (family === 'qrPayment' && (known ?? data).qr_code !== undefined) {
      const body = { event, ...(known ?? madeUpQrV1(now)), ...data };
      return world.post({ account, event, url: url ?? (() => world.dashboardUrl(account)), body });
    }
    const body = { ...(known ?? madeUp(family, account, now)), ...says, ...data };
    const isVersion3 = family === 'payment' || family === 'paymentRequest' || family === 'paymentToken';
    const webhook = enveloped(world, account, event, body, isVersion3 ? 'v3' : undefined);
    return world.post(url === undefined ? webhook : { ...webhook, url });
  };
}

interface Wanted {
  family: EventFamily;
  account: string;
  data: JsonObject;
  now: number;
}

interface Known {
  body: JsonObject;
  /** Its own, as a QR code may have one. */
  url?: string | undefined;
}

/** The resource that the data names, as it is now. */
function find(resources: Resources, { family, account, data, now }: Wanted): Known | undefined {
  const id = (name: string) => textOf(data[name]) ?? '';
  switch (family) {
    case 'payment': {
      const request = resources.requests.find(account, id('payment_request_id'));
      const likely = request && paymentOf(request, now);
      return shown(resources.payments.find(account, id('payment_id')) ?? likely, toPaymentBody);
    }
    case 'paymentRequest':
      return shown(resources.requests.find(account, id('payment_request_id')), toRequestBody);
    case 'paymentToken':
      return shown(resources.tokens.find(account, id('payment_token_id')), toTokenBody);
    case 'session':
      return shown(resources.sessions.find(account, id('payment_session_id')), toSessionBody);
    case 'refund':
      return shown(resources.refunds.find(account, id('id')), toRefundBody);
    case 'qrPayment':
      return resources.qrPayments.find(account, id('id'));
    default:
      return undefined;
  }
}

function shown<T>(found: T | undefined, toBody: (found: T) => JsonObject): Known | undefined {
  return found === undefined ? undefined : { body: toBody(found) };
}

/** The payment that a request would have, had it been paid. */
function paymentOf(request: PaymentRequest, now: number): Payment {
  const amount = request.amount ?? request.channel.minAmount;
  return {
    id: `py-${randomUUID()}`,
    request,
    amount,
    status: 'SUCCEEDED',
    captures: [{ id: `cptr-${randomUUID()}`, amount, atMs: now }],
    tokenId: request.tokenId,
    failureCode: undefined,
    details: detailsOf(request.channel.kind, request.channel.code),
    createdMs: now,
    updatedMs: now,
    cancelExpiry: () => undefined,
  };
}
