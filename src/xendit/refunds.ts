import { type Json, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import type { XenditClient } from './client.ts';
import { path } from './path.ts';
import * as wire from './wire.ts';

/** A refund, and whatever it is a refund of. */
export type RefundObservation = Observation<'Refund' | 'Payment' | 'QrPayment' | 'PaymentRequest'>;

/**
 * Asks for one refund.
 *
 * @returns the refund, then what it says of the payment and the payment request that it belongs to.
 * @throws XenditError NOT_FOUND no refund has this id.
 * Source: Xendit API reference, "Get refund" (GET /refunds/{refund_id}).
 */
export async function getRefund(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<RefundObservation[]> {
  const answer = await xendit.get(path`/refunds/${id}`, { account, signal });
  return toRefundObservations(answer.body);
}

/**
 * A refund on the wire.
 *
 * @returns the refund, then the payment and the payment request that it belongs to: nothing but that this is their news.
 * @throws UnreadableError it has no id, or its amount can't be read.
 */
export function toRefundObservations(body: Json | undefined): RefundObservation[] {
  const refund = objectOf(body) ?? {};
  const id = wire.requiredId(refund, 'id');
  const xenditStatus = wire.code(refund, 'status');
  const updated = wire.time(refund, 'updated', 'created');
  const paymentId = wire.optionalId(refund, 'payment_id');
  const paymentRequestId = wire.optionalId(refund, 'payment_request_id');
  const told = { status: 'UNKNOWN', updated, fields: {}, cause: { type: 'Refund', id } } as const;
  const observations: RefundObservation[] = [
    {
      type: 'Refund',
      id,
      status: toStatus('Refund', xenditStatus),
      updated,
      fields: wire.present({
        xenditStatus,
        businessId: wire.text(refund, 'business_id'),
        created: wire.time(refund, 'created'),
        updated: wire.time(refund, 'updated'),
        description: wire.text(refund, 'description'),
        metadata: wire.object(refund, 'metadata'),
        referenceId: wire.reference(refund, 'reference_id'),
        paymentId,
        paymentRequestId,
        invoiceId: wire.text(refund, 'invoice_id'),
        amount: wire.movedMoney(refund, ['amount']),
        refundFeeAmount: wire.money(refund, 'refund_fee_amount'),
        paymentMethodType: wire.code(refund, 'payment_method_type'),
        channelCode: wire.text(refund, 'channel_code'),
        reason: wire.text(refund, 'reason'),
        failureCode: wire.code(refund, 'failure_code'),
      }),
    },
  ];
  if (paymentId !== undefined) {
    observations.push({ type: paymentId.startsWith('qrpy_') ? 'QrPayment' : 'Payment', id: paymentId, ...told });
  }
  if (paymentRequestId !== undefined) observations.push({ type: 'PaymentRequest', id: paymentRequestId, ...told });
  return observations;
}
