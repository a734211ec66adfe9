import { type Json, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import type { XenditClient } from './client.ts';
import { type NewPaymentRequest, toWirePaymentRequest } from './new-payment-request.ts';
import { path } from './path.ts';
import { toPaymentObservations } from './payments.ts';
import { paymentsVersion } from './version.ts';
import * as wire from './wire.ts';

export type { NewPaymentRequest } from './new-payment-request.ts';

/** A payment request, then its latest payment where the answer holds it, and what that says of the request. */
export type PaymentRequestObservations = [
  Observation<'PaymentRequest'>,
  ...Observation<'Payment' | 'PaymentRequest'>[],
];

/** What can be changed while nobody has paid; what is absent stays as it is. */
export interface PaymentRequestUpdate {
  /** In major units, as decimal text. */
  amount?: string | undefined;
  description?: string | undefined;
  expiresAt?: Date | undefined;
}

/** What Xendit says to a simulation; the payment itself is told by a webhook. */
export interface Simulation {
  /** PENDING, always so far. */
  status: string | undefined;
  message: string | undefined;
}

/**
 * Makes a payment request.
 *
 * Xendit honours no idempotency key here: a repetition makes another request.
 *
 * @param account the sub-account it is made for; empty for the owner of the key.
 * @returns the request as Xendit stored it, with what is to be done next in `actions`.
 * @throws XenditError INVALID_INPUT; FORBIDDEN; CONFLICT the reference of a card payment is taken; THROTTLED.
 * @throws InvalidInputError an amount is no decimal number, or there is card data in it; nothing was sent.
 * @throws OutcomeUnknownError no usable answer: it may exist. Xendit can't look it up by its reference.
 * Source: Xendit API reference, "Create payment request" (POST /v3/payment_requests).
 */
export async function createPaymentRequest(
  xendit: XenditClient,
  account: string,
  request: NewPaymentRequest,
  signal?: AbortSignal,
): Promise<PaymentRequestObservations> {
  const reference = request.referenceId;
  const body = toWirePaymentRequest(request);
  const options = { body, account, apiVersion: paymentsVersion, reference, signal };
  const answer = await xendit.post(path`/v3/payment_requests`, options);
  return wire.readOutcome(reference, () => toPaymentRequestObservations(answer.body));
}

/**
 * Asks for one payment request.
 *
 * @throws XenditError NOT_FOUND no payment request has this id.
 * Source: Xendit API reference, "Get payment request" (GET /v3/payment_requests/{payment_request_id}).
 */
export async function getPaymentRequest(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<PaymentRequestObservations> {
  const answer = await xendit.get(path`/v3/payment_requests/${id}`, { account, apiVersion: paymentsVersion, signal });
  return toPaymentRequestObservations(answer.body);
}

/**
 * Changes a payment request that waits to be paid; virtual accounts only.
 *
 * @throws XenditError NOT_FOUND; WRONG_STATE it is paid, canceled or expired; INVALID_INPUT.
 * @throws OutcomeUnknownError no usable answer: ask for the request.
 * Source: Xendit API reference, "Update a payment request" (PATCH /v3/payment_requests/{payment_request_id}).
 */
export async function updatePaymentRequest(
  xendit: XenditClient,
  account: string,
  id: string,
  { amount, description, expiresAt }: PaymentRequestUpdate,
  signal?: AbortSignal,
): Promise<PaymentRequestObservations> {
  const body = {
    request_amount: wire.toOptionalWireNumber(amount),
    description,
    channel_properties: expiresAt && { expires_at: expiresAt.toISOString() },
  };
  const options = { body, account, apiVersion: paymentsVersion, reference: id, signal };
  const answer = await xendit.patch(path`/v3/payment_requests/${id}`, options);
  return wire.readOutcome(id, () => toPaymentRequestObservations(answer.body));
}

/**
 * Cancels a payment request that nobody has paid. No webhook follows.
 *
 * @throws XenditError NOT_FOUND; WRONG_STATE it is paid, canceled or expired.
 * @throws OutcomeUnknownError no usable answer: ask for the request.
 * Source: Xendit API reference, "Cancel payment request" (POST /v3/payment_requests/{payment_request_id}/cancel).
 */
export async function cancelPaymentRequest(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<PaymentRequestObservations> {
  const options = { body: undefined, account, apiVersion: paymentsVersion, reference: id, signal };
  const answer = await xendit.post(path`/v3/payment_requests/${id}/cancel`, options);
  return wire.readOutcome(id, () => toPaymentRequestObservations(answer.body));
}

/**
 * Pays a payment request with play money; only in test mode, and only channels in which the payer acts.
 *
 * @param amount in major units, as decimal text; what a reusable code without an amount is paid.
 * @throws XenditError NOT_FOUND; WRONG_STATE; INVALID_INPUT.
 * @throws OutcomeUnknownError no usable answer: ask for the request.
 * Source: Xendit API reference, "Simulate payment" (POST /v3/payment_requests/{payment_request_id}/simulate).
 */
export async function simulatePayment(
  xendit: XenditClient,
  account: string,
  { paymentRequestId, amount }: { paymentRequestId: string; amount?: string | undefined },
  signal?: AbortSignal,
): Promise<Simulation> {
  const body = { amount: wire.toOptionalWireNumber(amount) };
  const options = { body, account, apiVersion: paymentsVersion, reference: paymentRequestId, signal };
  const answer = await xendit.post(path`/v3/payment_requests/${paymentRequestId}/simulate`, options);
  const told = objectOf(answer.body) ?? {};
  return { status: wire.code(told, 'status'), message: wire.text(told, 'message') };
}

/**
 * A payment request of version 3 on the wire, with the payment that a card's holds.
 *
 * @throws UnreadableError it has no id, or its payment can't be read.
 */
export function toPaymentRequestObservations(body: Json | undefined): PaymentRequestObservations {
  const latest = wire.object(objectOf(body), 'latest_payment');
  const isPayment = wire.text(latest, 'payment_id') !== undefined;
  return [toPaymentRequestObservation(body), ...(isPayment ? toPaymentObservations(latest) : [])];
}

/**
 * A payment request of version 3 on the wire.
 *
 * @throws UnreadableError it has no id.
 */
export function toPaymentRequestObservation(body: Json | undefined): Observation<'PaymentRequest'> {
  const request = objectOf(body) ?? {};
  const channelProperties = wire.object(request, 'channel_properties');
  const xenditStatus = wire.code(request, 'status');
  return {
    type: 'PaymentRequest',
    id: wire.requiredId(request, 'payment_request_id', 'id'),
    status: toStatus('PaymentRequest', xenditStatus),
    updated: wire.time(request, 'updated', 'created'),
    fields: wire.present({
      family: 'PAYMENTS_V3',
      xenditStatus,
      businessId: wire.text(request, 'business_id'),
      created: wire.time(request, 'created'),
      updated: wire.time(request, 'updated'),
      description: wire.text(request, 'description'),
      metadata: wire.object(request, 'metadata'),
      referenceId: wire.reference(request, 'reference_id'),
      type: wire.code(request, 'type'),
      country: wire.code(request, 'country'),
      amount: wire.money(request, 'request_amount'),
      captureMethod: wire.code(request, 'capture_method'),
      channelCode: wire.text(request, 'channel_code'),
      channelProperties,
      customerId: wire.text(request, 'customer_id'),
      paymentTokenId: wire.optionalId(request, 'payment_token_id'),
      latestPaymentId: wire.optionalId(request, 'latest_payment_id'),
      failureCode: wire.code(request, 'failure_code'),
      actions: wire.actions(request),
      expiresAt: wire.time(channelProperties, 'expires_at'),
    }),
  };
}
