import { type Json, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import * as wire from './wire.ts';

/**
 * A capture of version 2 on the wire; in version 3 captures are part of their payment.
 *
 * @returns the capture, then what it says of its payment request, if it names one.
 * @throws UnreadableError it has no id, or its amount can't be read.
 */
export function toCaptureObservations(body: Json | undefined): Observation<'Capture' | 'PaymentRequest'>[] {
  const wireCapture = objectOf(body) ?? {};
  const id = wire.requiredId(wireCapture, 'id');
  const xenditStatus = wire.code(wireCapture, 'status');
  const status = toStatus('Capture', xenditStatus);
  const updated = wire.time(wireCapture, 'updated', 'created');
  const paymentRequestId = wire.optionalId(wireCapture, 'payment_request_id');
  const capture: Observation<'Capture'> = {
    type: 'Capture',
    id,
    status,
    updated,
    fields: wire.present({
      family: 'PAYMENTS_V2',
      xenditStatus,
      businessId: wire.text(wireCapture, 'business_id'),
      created: wire.time(wireCapture, 'created'),
      updated: wire.time(wireCapture, 'updated'),
      description: wire.text(wireCapture, 'description'),
      metadata: wire.object(wireCapture, 'metadata'),
      paymentRequestId,
      referenceId: wire.reference(wireCapture, 'reference_id'),
      authorizedAmount: wire.money(wireCapture, 'authorized_amount'),
      capturedAmount: wire.movedMoney(wireCapture, ['captured_amount']),
      channelProperties: wire.object(wireCapture, 'channel_properties'),
      failureCode: wire.code(wireCapture, 'failure_code'),
    }),
  };
  if (paymentRequestId === undefined) return [capture];
  const request: Observation<'PaymentRequest'> = {
    type: 'PaymentRequest',
    id: paymentRequestId,
    status: status === 'SUCCEEDED' ? 'SUCCEEDED' : 'UNKNOWN',
    updated,
    fields: { family: 'PAYMENTS_V2' },
    cause: { type: 'Capture', id },
  };
  return [capture, request];
}
