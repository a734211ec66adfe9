import type { Instant } from '../model/instant.ts';
import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import type { Money } from '../model/money.ts';
import type { Observation } from '../model/observation.ts';
import { onceTypes, type PaymentCapture, reusableType } from '../model/resource.ts';
import { toStatus } from '../model/status.ts';
import type { XenditClient } from './client.ts';
import { path } from './path.ts';
import { methodOf } from './payment-tokens.ts';
import { paymentsVersion } from './version.ts';
import * as wire from './wire.ts';

/**
 * Asks for one payment.
 *
 * @returns the payment, then what it says of its request.
 * @throws XenditError NOT_FOUND no payment has this id.
 * Source: Xendit API reference, "Get payment" (GET /v3/payments/{payment_id}).
 */
export async function getPayment(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<Observation<'Payment' | 'PaymentRequest'>[]> {
  const answer = await xendit.get(path`/v3/payments/${id}`, { account, apiVersion: paymentsVersion, signal });
  return toPaymentObservations(answer.body);
}

/**
 * Takes money that was authorized.
 *
 * @param amount in major units of the payment's currency, as decimal text; at most what was authorized. Whether it may be
 * less, and several times, depends on the channel.
 * @returns the payment with its captures, then what it says of its request.
 * @throws XenditError NOT_FOUND; WRONG_STATE it isn't authorized; INVALID_INPUT the amount is too high.
 * @throws OutcomeUnknownError no usable answer: ask for the payment.
 * Source: Xendit API reference, "Capture payment" (POST /v3/payments/{payment_id}/capture).
 */
export async function capturePayment(
  xendit: XenditClient,
  account: string,
  { paymentId, amount }: { paymentId: string; amount: string },
  signal?: AbortSignal,
): Promise<Observation<'Payment' | 'PaymentRequest'>[]> {
  const body = { capture_amount: wire.toWireNumber(amount) };
  const options = { body, account, apiVersion: paymentsVersion, reference: paymentId, signal };
  const answer = await xendit.post(path`/v3/payments/${paymentId}/capture`, options);
  return wire.readOutcome(paymentId, () => toPaymentObservations(answer.body));
}

/**
 * Lets go of money that was authorized. No webhook follows.
 *
 * @returns the payment, then what it says of its request.
 * @throws XenditError NOT_FOUND; WRONG_STATE it isn't authorized.
 * @throws OutcomeUnknownError no usable answer: ask for the payment.
 * Source: Xendit API reference, "Cancel payment" (POST /v3/payments/{payment_id}/cancel).
 */
export async function cancelPayment(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<Observation<'Payment' | 'PaymentRequest'>[]> {
  const options = { body: undefined, account, apiVersion: paymentsVersion, reference: id, signal };
  const answer = await xendit.post(path`/v3/payments/${id}/cancel`, options);
  return wire.readOutcome(id, () => toPaymentObservations(answer.body));
}

/**
 * A payment on the wire: version 3 names itself by `payment_id`, version 2 by `id`.
 *
 * @returns the payment, then what it says of its request, if it names one.
 * @throws UnreadableError it has no id, or its amount can't be read.
 */
export function toPaymentObservations(body: Json | undefined): Observation<'Payment' | 'PaymentRequest'>[] {
  const wirePayment = objectOf(body) ?? {};
  const isV3 = wire.text(wirePayment, 'payment_id') !== undefined;
  const payment = isV3 ? toPaymentV3(wirePayment) : toPaymentV2(wirePayment);
  const request = toRequestOf(payment, wire.movedMoney(wirePayment, ['request_amount', 'amount']));
  return request === undefined ? [payment] : [payment, request];
}

function toPaymentV3(payment: JsonObject): Observation<'Payment'> {
  const captures = toCaptures(payment);
  return {
    ...common(payment, 'payment_id'),
    updated: lastTime(wire.time(payment, 'updated', 'created'), captures),
    fields: wire.present({
      ...commonFields(payment),
      family: 'PAYMENTS_V3',
      paymentTokenId: wire.optionalId(payment, 'payment_token_id'),
      type: wire.code(payment, 'type'),
      // A payment into a reusable code has no asked amount, only what was captured.
      amount:
        wire.movedMoney(payment, ['request_amount']) ?? (captures?.length === 1 ? captures[0]?.amount : undefined),
      captureMethod: wire.code(payment, 'capture_method'),
      channelCode: wire.text(payment, 'channel_code'),
      channelProperties: wire.object(payment, 'channel_properties'),
      captures,
    }),
  };
}

function toPaymentV2(payment: JsonObject): Observation<'Payment'> {
  const method = objectOf(payment.payment_method) ?? {};
  const details = methodOf(method);
  return {
    ...common(payment, 'id'),
    fields: wire.present({
      ...commonFields(payment),
      family: 'PAYMENTS_V2',
      paymentTokenId: wire.optionalId(method, 'id'),
      amount: wire.movedMoney(payment, ['amount']),
      channelCode: wire.text(details, 'channel_code'),
      channelProperties: wire.object(payment, 'channel_properties') ?? wire.object(details, 'channel_properties'),
    }),
  };
}

function common(payment: JsonObject, idName: string) {
  return {
    type: 'Payment' as const,
    id: wire.requiredId(payment, idName),
    status: toStatus('Payment', wire.code(payment, 'status')),
    updated: wire.time(payment, 'updated', 'created'),
  };
}

function commonFields(payment: JsonObject) {
  return {
    xenditStatus: wire.code(payment, 'status'),
    businessId: wire.text(payment, 'business_id'),
    created: wire.time(payment, 'created'),
    updated: wire.time(payment, 'updated'),
    description: wire.text(payment, 'description'),
    metadata: wire.object(payment, 'metadata'),
    referenceId: wire.reference(payment, 'reference_id'),
    paymentRequestId: wire.optionalId(payment, 'payment_request_id'),
    customerId: wire.text(payment, 'customer_id'),
    country: wire.code(payment, 'country'),
    paymentDetails: wire.object(payment, 'payment_details', 'payment_detail'),
    failureCode: wire.code(payment, 'failure_code'),
  };
}

function toCaptures(payment: JsonObject): PaymentCapture[] | undefined {
  return wire.objects(payment.captures)?.flatMap((capture) => {
    const captureId = wire.text(capture, 'capture_id');
    const amount = wire.money(capture, 'capture_amount', wire.text(payment, 'currency'));
    return captureId ? [{ captureId, amount, capturedAt: wire.time(capture, 'capture_timestamp') }] : [];
  });
}

/** Xendit's samples say of a captured payment that it was updated before its capture: of two captures the second would say nothing new. */
function lastTime(updated: Instant | undefined, captures: PaymentCapture[] = []): Instant | undefined {
  return [updated, ...captures.map(({ capturedAt }) => capturedAt)]
    .filter((each) => each !== undefined)
    .reduce<Instant | undefined>((last, each) => (last === undefined || each > last ? each : last), undefined);
}

/**
 * What a payment says of its request. A reusable one goes on accepting payments, whatever becomes of one of them; whether
 * it is one is the request's own to say, since Xendit's samples name types of payments that requests don't have.
 */
function toRequestOf(
  { id, status, updated, fields }: Observation<'Payment'>,
  amount: Money | undefined,
): Observation<'PaymentRequest'> | undefined {
  const { paymentRequestId, family, referenceId, type = '', country, channelCode, captureMethod, customerId } = fields;
  if (paymentRequestId === undefined) return undefined;
  const isReusable = type === reusableType;
  // Requests of version 2 are paid once, all of them.
  const isOnce = family === 'PAYMENTS_V2' || onceTypes.has(type);
  return {
    type: 'PaymentRequest',
    id: paymentRequestId,
    status: isReusable ? 'ACCEPTING_PAYMENTS' : toStatus('PaymentRequest', status),
    updated,
    fields: wire.present({
      family,
      businessId: fields.businessId,
      referenceId,
      country,
      amount: isOnce ? amount : undefined,
      captureMethod,
      channelCode,
      customerId,
      paymentTokenId: fields.paymentTokenId,
      latestPaymentId: id,
      failureCode: isReusable ? undefined : fields.failureCode,
    }),
    cause: { type: 'Payment', id },
    ...(isReusable ? {} : { paidOnce: isOnce ? ('SAID' as const) : ('UNSAID' as const) }),
  };
}
