import { type Json, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import type { XenditClient } from './client.ts';
import { path } from './path.ts';
import { paymentsVersion } from './version.ts';
import * as wire from './wire.ts';

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
): Promise<Observation<'PaymentRequest'>[]> {
  const answer = await xendit.get(path`/v3/payment_requests/${id}`, { account, apiVersion: paymentsVersion, signal });
  return [toPaymentRequestObservation(answer.body)];
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
