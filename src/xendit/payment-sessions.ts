import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import type { XenditClient } from './client.ts';
import { type NewPaymentSession, toWirePaymentSession } from './new-payment-session.ts';
import { path } from './path.ts';
import * as wire from './wire.ts';

export type { NewPaymentSession } from './new-payment-session.ts';

export type PaymentSessionObservations = Observation<'PaymentSession' | 'PaymentRequest' | 'PaymentToken'>[];

/**
 * Opens a session, in which a payer chooses how to pay on Xendit's page or in Xendit's components.
 *
 * Xendit honours no idempotency key here: a repetition opens another session.
 *
 * @param account the sub-account it is made for; empty for the owner of the key.
 * @returns the session as Xendit stored it, with `paymentLinkUrl` or `componentsSdkKey`.
 * @throws XenditError INVALID_INPUT; FORBIDDEN; CONFLICT the customer's reference is taken.
 * @throws InvalidInputError an amount is no decimal number, or there is card data in it; nothing was sent.
 * @throws OutcomeUnknownError no usable answer: it may exist. Xendit can't look it up by its reference.
 * Source: Xendit API reference, "Create session" (POST /sessions).
 */
export async function createPaymentSession(
  xendit: XenditClient,
  account: string,
  session: NewPaymentSession,
  signal?: AbortSignal,
): Promise<PaymentSessionObservations> {
  const reference = session.referenceId;
  const answer = await xendit.post(path`/sessions`, {
    body: toWirePaymentSession(session),
    account,
    reference,
    signal,
  });
  return wire.readOutcome(reference, () => toPaymentSessionObservations(answer.body));
}

/**
 * Asks for one payment session.
 *
 * @returns the session, then the names of what came of it.
 * @throws XenditError NOT_FOUND no session has this id.
 * Source: Xendit API reference, "Get session" (GET /sessions/{payment_session_id}).
 */
export async function getPaymentSession(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<PaymentSessionObservations> {
  const answer = await xendit.get(path`/sessions/${id}`, { account, signal });
  return toPaymentSessionObservations(answer.body);
}

/**
 * Closes a session that nobody has completed. No webhook follows.
 *
 * @throws XenditError NOT_FOUND; WRONG_STATE it isn't active any more.
 * @throws OutcomeUnknownError no usable answer: ask for the session.
 * Source: Xendit API reference, "Cancel session" (POST /sessions/{session_id}/cancel).
 */
export async function cancelPaymentSession(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<PaymentSessionObservations> {
  const answer = await xendit.post(path`/sessions/${id}/cancel`, { body: undefined, account, reference: id, signal });
  return wire.readOutcome(id, () => toPaymentSessionObservations(answer.body));
}

/**
 * A payment session on the wire; older messages name it by `id`.
 *
 * @returns the session, then its payment request and its token where it names them: nothing but that they exist, so that
 * they are asked about should their own messages get lost.
 * @throws UnreadableError it has no id.
 */
export function toPaymentSessionObservations(body: Json | undefined): PaymentSessionObservations {
  const session = objectOf(body) ?? {};
  const xenditStatus = wire.code(session, 'status');
  const paymentRequestId = wire.optionalId(session, 'payment_request_id');
  const paymentTokenId = wire.optionalId(session, 'payment_token_id');
  const named = { status: 'UNKNOWN', updated: undefined, fields: { family: 'PAYMENTS_V3' } } as const;
  return [
    {
      type: 'PaymentSession',
      id: wire.requiredId(session, 'payment_session_id', 'id'),
      status: toStatus('PaymentSession', xenditStatus),
      updated: wire.time(session, 'updated', 'created'),
      fields: wire.present({
        family: 'PAYMENTS_V3',
        xenditStatus,
        businessId: wire.text(session, 'business_id'),
        created: wire.time(session, 'created'),
        updated: wire.time(session, 'updated'),
        description: wire.text(session, 'description'),
        metadata: wire.object(session, 'metadata'),
        ...sessionFields(session),
        paymentRequestId,
        paymentId: wire.optionalId(session, 'payment_id'),
        paymentTokenId,
      }),
    },
    ...(paymentRequestId === undefined ? [] : [{ type: 'PaymentRequest', id: paymentRequestId, ...named } as const]),
    ...(paymentTokenId === undefined ? [] : [{ type: 'PaymentToken', id: paymentTokenId, ...named } as const]),
  ];
}

function sessionFields(session: JsonObject) {
  const channels = session.allowed_payment_channels;
  return {
    referenceId: wire.reference(session, 'reference_id'),
    sessionType: wire.code(session, 'session_type'),
    mode: wire.code(session, 'mode'),
    amount: wire.money(session, 'amount'),
    country: wire.code(session, 'country'),
    customerId: wire.text(session, 'customer_id'),
    locale: wire.text(session, 'locale'),
    allowSavePaymentMethod: wire.code(session, 'allow_save_payment_method'),
    captureMethod: wire.code(session, 'capture_method'),
    allowedPaymentChannels: Array.isArray(channels) ? channels.filter((each) => typeof each === 'string') : undefined,
    channelProperties: wire.object(session, 'channel_properties'),
    paymentLinkUrl: wire.text(session, 'payment_link_url'),
    componentsSdkKey: wire.text(session, 'components_sdk_key'),
    successReturnUrl: wire.text(session, 'success_return_url'),
    cancelReturnUrl: wire.text(session, 'cancel_return_url'),
    expiresAt: wire.time(session, 'expires_at'),
  };
}
