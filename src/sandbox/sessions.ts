import { randomBytes } from 'node:crypto';
import { objectOf, textOf } from '../model/json.ts';
import { type Channel, channelOf } from './channels.ts';
import type { Customers } from './customers.ts';
import type { WebhookDraft } from './deliveries.ts';
import { type Answer, ApiError, type Call, type Route } from './http.ts';
import { optionalFlag, optionalText, pick, wrong } from './input.ts';
import { assertAmount, type NewPaymentRequest } from './payment-request-input.ts';
import type { PaymentRequests } from './payment-requests.ts';
import type { PaymentTokens } from './payment-tokens.ts';
import type { Payments } from './payments.ts';
import { type Session, type SessionStatus, toSessionBody } from './session.ts';
import { needsCustomer, readNewSession } from './session-input.ts';
import { enveloped, perAccount, type World } from './world.ts';

interface Rooms {
  customers: Customers;
  requests: PaymentRequests;
  payments: Payments;
  tokens: PaymentTokens;
}

export interface Sessions {
  routes: Route[];
  find(account: string, id: string): Session | undefined;
}

/**
 * Payment sessions: create, get, cancel; a payer's side completes them, or fails and leaves them open for another try.
 *
 * Source: Xendit API reference, "Payment sessions".
 */
export function createSessions(world: World, { customers, requests, payments, tokens }: Rooms): Sessions {
  const { clock } = world;
  const sessionsOf = perAccount(() => new Map<string, Session>());

  function create({ account, body: { fields } }: Call): Answer {
    const now = clock.now();
    const wanted = readNewSession(fields, now);
    assertCustomer(account, fields.customer_id, objectOf(fields.customer)?.reference_id);
    const customerId = customers.named(account, fields);
    if (customerId === undefined && needsCustomer(wanted)) {
      throw wrong('customer', 'is required where a payment method is saved', 'MISSING_CUSTOMER');
    }
    const session: Session = {
      ...wanted,
      id: `ps-${randomBytes(12).toString('hex')}`,
      account,
      customerId,
      status: 'ACTIVE',
      paymentRequestId: undefined,
      paymentId: undefined,
      tokenId: undefined,
      createdMs: now,
      updatedMs: now,
      cancelExpiry: clock.after(wanted.expiresAtMs - now, () => {
        move(session, 'EXPIRED');
        return world.post(tell(session, 'payment_session.expired'));
      }),
    };
    sessionsOf(account).set(session.id, session);
    return { status: 201, body: toSessionBody(session) };
  }

  /** A session refuses what a payment request lets pass: it names one customer anew. */
  function assertCustomer(account: string, id: unknown, inlineReference: unknown): void {
    if (typeof id === 'string' && !customers.has(account, id)) {
      throw wrong('customer_id', `${id} is not known`, 'INVALID_CUSTOMER_ID');
    }
    const reference = textOf(inlineReference);
    if (id === undefined && reference !== undefined && customers.hasReference(account, reference)) {
      throw new ApiError(409, 'DUPLICATE_ERROR', `Customer with reference_id ${reference} already exists`);
    }
  }

  function move(session: Session, status: SessionStatus): void {
    session.cancelExpiry();
    Object.assign(session, { status, updatedMs: clock.now() });
  }

  function tell(session: Session, event: string): WebhookDraft {
    return enveloped(world, session.account, event, toSessionBody(session));
  }

  function find({ account, params }: Call): Session {
    const id = params.session_id ?? '';
    const session = sessionsOf(account).get(id);
    if (session === undefined) throw new ApiError(404, 'NOT_FOUND', `Payment session ${id} not found`);
    return session;
  }

  function findActive(call: Call): Session {
    const session = find(call);
    if (session.status === 'ACTIVE') return session;
    throw new ApiError(422, 'INVALID_SESSION_STATUS', `Payment session ${session.id} is ${session.status}`);
  }

  function cancel(call: Call): Answer {
    const session = findActive(call);
    move(session, 'CANCELED');
    return { status: 200, body: toSessionBody(session) };
  }

  /** A payer agrees, or fails and may try again: the session stays ACTIVE. */
  function complete(call: Call): Answer {
    const session = findActive(call);
    const { fields } = call.body;
    const mayChoose = session.saving === 'OPTIONAL' && optionalFlag(fields, 'save') === true;
    const isSaved = session.type !== 'PAY' || session.saving === 'FORCED' || mayChoose;
    const channel = chosenChannel(session, optionalText(fields, 'channel_code'), isSaved);
    const failureCode = optionalText(fields, 'failure_code');
    const { outcome, webhooks } =
      session.type === 'SAVE' ? save(session, channel, failureCode) : pay(session, channel, isSaved, failureCode);
    if (outcome === undefined) return { status: 200, body: toSessionBody(session), webhooks };
    Object.assign(session, outcome);
    move(session, 'COMPLETED');
    const completed = tell(session, 'payment_session.completed');
    return { status: 200, body: toSessionBody(session), webhooks: [...webhooks, completed] };
  }

  function pay(session: Session, channel: Channel, isSaved: boolean, failureCode: string | undefined) {
    const { account, referenceId, amount, captureMethod = 'AUTOMATIC', customerId, echo } = session;
    const wanted: NewPaymentRequest = {
      ...{ referenceId, channel, amount, captureMethod, channelProperties: {} },
      type: isSaved ? 'PAY_AND_SAVE' : 'PAY',
      tokenId: undefined,
      expiresAtMs: undefined,
      echo: pick(echo, ['description', 'metadata']),
    };
    const request = requests.open(account, wanted, customerId);
    const { payment, webhooks } = payments.take(request, { amount, failureCode });
    const outcome = { paymentRequestId: request.id, paymentId: payment.id, tokenId: payment.tokenId };
    return { outcome: payment.status === 'FAILED' ? undefined : outcome, webhooks };
  }

  function save(session: Session, channel: Channel, failureCode: string | undefined) {
    const { token, webhooks } = tokens.save({ ...session, channel, channelProperties: {} }, failureCode);
    return { outcome: token.status === 'ACTIVE' ? { tokenId: token.id } : undefined, webhooks };
  }

  const routes: Route[] = [
    { endpoint: 'POST /sessions', handle: create },
    { endpoint: 'GET /sessions/:session_id', handle: (call) => ({ status: 200, body: toSessionBody(find(call)) }) },
    { endpoint: 'POST /sessions/:session_id/cancel', handle: cancel },
    { endpoint: 'POST /sandbox/sessions/:session_id/complete', handle: complete },
  ];
  return {
    find: (account, id) => sessionsOf(account).get(id),
    routes: routes.map(namingFields),
  };
}

/** The channel that the payer takes; cards unless told, where the session allows them. */
function chosenChannel(session: Session, wished: string | undefined, isSaved: boolean): Channel {
  const { country, currency, allowedChannels, captureMethod, type, amount } = session;
  const refuse = (problem: string) => wrong('channel_code', problem, 'INVALID_PAYMENT_CHANNEL');
  const code = wished ?? (allowedChannels.includes('CARDS') ? 'CARDS' : (allowedChannels[0] ?? 'CARDS'));
  const channel = channelOf(code, country, currency);
  if (channel === undefined) throw refuse(`${code} is not known for ${country} in ${currency}`);
  if (allowedChannels.length > 0 && !allowedChannels.includes(code)) throw refuse(`${code} is not allowed`);
  if (isSaved && !channel.canSave) throw refuse(`${code} can't be saved`);
  if (captureMethod === 'MANUAL' && channel.kind !== 'CARDS') throw refuse(`${code} can't be captured by hand`);
  if (type !== 'SAVE') assertAmount(channel, amount);
  return channel;
}

/** Refusals of a session name the field at fault, `{ message, path: '/body/session_type' }`. */
function namingFields({ endpoint, handle }: Route): Route {
  return {
    endpoint,
    handle(call) {
      try {
        return handle(call);
      } catch (error) {
        if (!(error instanceof ApiError) || error.field === undefined) throw error;
        const { status, errorCode, message, field } = error;
        const errors = [{ message, path: `/body/${field.replaceAll('.', '/')}` }];
        return { status, body: { error_code: errorCode, message, errors } };
      }
    },
  };
}
