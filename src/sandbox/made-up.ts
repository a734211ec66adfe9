import { randomBytes, randomUUID } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';
import type { EventFamily } from './events.ts';
import * as v2 from './made-up-v2.ts';
import { detailsOf } from './payment-details.ts';
import { businessOf, timeOf } from './world.ts';

/** A resource that never was, as a webhook shows it, with ids of its own. */
export function madeUp(family: EventFamily, account: string, nowMs: number): JsonObject {
  const now = timeOf(nowMs);
  const common = { business_id: businessOf(account), created: now, updated: now };
  return makers[family](common, now);
}

type Common = JsonObject & { business_id: string };
const inRupiah = { country: 'ID', currency: 'IDR' };
const wallet = { channel_code: 'OVO', channel_properties: { success_return_url: 'https://merchant.example/paid' } };

const makers: Record<EventFamily, (common: Common, now: string) => JsonObject> = {
  payment: (common, now) => ({
    payment_id: `py-${randomUUID()}`,
    payment_request_id: `pr-${randomUUID()}`,
    reference_id: 'made-up',
    type: 'PAY',
    ...inRupiah,
    request_amount: 25000,
    capture_method: 'AUTOMATIC',
    channel_code: 'QRIS',
    channel_properties: {},
    captures: [{ capture_id: `cptr-${randomUUID()}`, capture_amount: 25000, capture_timestamp: now }],
    payment_details: detailsOf('QR_CODE', 'QRIS'),
    ...common,
  }),
  paymentRequest: (common) => ({
    payment_request_id: `pr-${randomUUID()}`,
    reference_id: 'made-up',
    type: 'PAY',
    ...inRupiah,
    request_amount: 25000,
    capture_method: 'AUTOMATIC',
    channel_code: 'QRIS',
    channel_properties: {},
    ...common,
  }),
  paymentToken: (common) => ({
    payment_token_id: `pt-${randomUUID()}`,
    reference_id: 'made-up',
    ...inRupiah,
    ...wallet,
    actions: [],
    ...common,
  }),
  session: (common, now) => ({
    payment_session_id: `ps-${randomBytes(12).toString('hex')}`,
    reference_id: 'made-up',
    session_type: 'PAY',
    mode: 'PAYMENT_LINK',
    amount: 25000,
    ...inRupiah,
    expires_at: now,
    locale: 'en',
    payment_link_url: 'https://dev.xen.to/madeup01',
    ...common,
  }),
  refund: ({ created, updated }) => ({
    id: `rfd-${randomUUID()}`,
    payment_request_id: `pr-${randomUUID()}`,
    payment_id: `py-${randomUUID()}`,
    invoice_id: null,
    reference_id: null,
    channel_code: 'QRIS',
    ...inRupiah,
    amount: 25000,
    reason: 'REQUESTED_BY_CUSTOMER',
    failure_code: null,
    refund_fee_amount: null,
    metadata: null,
    created,
    updated,
  }),
  qrPayment: ({ business_id, created }) => ({
    id: `qrpy_${randomUUID()}`,
    business_id,
    currency: 'IDR',
    amount: 15000,
    status: 'SUCCEEDED',
    created,
    qr_id: `qr_${randomUUID()}`,
    qr_string: '00020101021226660014ID.LINKAJA.WWW',
    reference_id: 'made-up',
    type: 'DYNAMIC',
    channel_code: 'ID_DANA',
    description: null,
    basket: null,
    metadata: null,
    payment_detail: { receipt_id: '000111666', source: 'GOPAY', name: null, account_details: null },
  }),
  ewalletCharge: v2.charge,
  ewalletRefund: v2.chargeRefund,
  paymentV2: v2.payment,
  captureV2: v2.capture,
  paymentMethodV2: v2.paymentMethod,
};

/** A QR payment of version 1 that never was. */
export function madeUpQrV1(nowMs: number): JsonObject {
  return {
    id: `qrpy_${randomUUID()}`,
    amount: 15000,
    created: timeOf(nowMs),
    qr_code: {
      id: `qr_${randomUUID()}`,
      external_id: 'made-up',
      qr_string: '00020101021226660014ID.LINKAJA.WWW',
      type: 'DYNAMIC',
    },
    status: 'COMPLETED',
    payment_detail: { receipt_id: '000111666', source: 'GOPAY' },
  };
}
