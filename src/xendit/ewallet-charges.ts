import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import * as wire from './wire.ts';

/** The currency of a channel, by the country that its code begins with: `ID_OVO` is paid in rupiah. */
const currencies = new Map([
  ['ID', 'IDR'],
  ['MY', 'MYR'],
  ['PH', 'PHP'],
  ['SG', 'SGD'],
  ['TH', 'THB'],
  ['VN', 'VND'],
]);

/**
 * An eWallet charge on the wire, as the payment that it is.
 *
 * @throws UnreadableError it has no id, or its amount can't be read.
 */
export function toEwalletChargeObservation(body: Json | undefined): Observation<'Payment'> {
  const charge = objectOf(body) ?? {};
  const channelCode = wire.text(charge, 'channel_code');
  const xenditStatus = wire.code(charge, 'status');
  return {
    type: 'Payment',
    id: wire.requiredId(charge, 'id'),
    status: toStatus('Payment', xenditStatus),
    updated: wire.time(charge, 'updated', 'created'),
    fields: wire.present({
      family: 'EWALLET',
      xenditStatus,
      businessId: wire.text(charge, 'business_id'),
      created: wire.time(charge, 'created'),
      updated: wire.time(charge, 'updated'),
      metadata: wire.object(charge, 'metadata'),
      referenceId: wire.reference(charge, 'reference_id'),
      paymentTokenId: wire.optionalId(charge, 'payment_method_id'),
      customerId: wire.text(charge, 'customer_id'),
      amount: wire.movedMoney(charge, ['capture_amount', 'charge_amount'], currencyOf(charge, channelCode)),
      channelCode,
      channelProperties: wire.object(charge, 'channel_properties'),
      failureCode: wire.code(charge, 'failure_code'),
    }),
  };
}

/**
 * A refund of an eWallet charge on the wire.
 *
 * @returns the refund, then its charge, if it names one: nothing but that this is its news.
 * @throws UnreadableError it has no id, or its amount can't be read.
 */
export function toEwalletRefundObservations(body: Json | undefined): Observation<'Refund' | 'Payment'>[] {
  const refund = objectOf(body) ?? {};
  const id = wire.requiredId(refund, 'id');
  const chargeId = wire.optionalId(refund, 'charge_id');
  const channelCode = wire.text(refund, 'channel_code');
  const xenditStatus = wire.code(refund, 'status');
  const updated = wire.time(refund, 'updated', 'created');
  const told: Observation<'Refund'> = {
    type: 'Refund',
    id,
    status: toStatus('Refund', xenditStatus),
    updated,
    fields: wire.present({
      family: 'EWALLET',
      xenditStatus,
      created: wire.time(refund, 'created'),
      updated: wire.time(refund, 'updated'),
      metadata: wire.object(refund, 'metadata'),
      referenceId: wire.reference(refund, 'reference_id'),
      paymentId: chargeId,
      amount: wire.movedMoney(refund, ['refund_amount', 'amount'], currencyOf(refund, channelCode)),
      channelCode,
      reason: wire.text(refund, 'reason'),
      failureCode: wire.code(refund, 'failure_code'),
    }),
  };
  if (chargeId === undefined) return [told];
  return [
    told,
    {
      type: 'Payment',
      id: chargeId,
      status: 'UNKNOWN',
      updated,
      fields: { family: 'EWALLET' },
      cause: { type: 'Refund', id },
    },
  ];
}

function currencyOf(body: JsonObject, channelCode: string | undefined): string | undefined {
  return wire.text(body, 'currency') ?? currencies.get(channelCode?.split('_')[0] ?? '');
}
