import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';

type Common = JsonObject & { business_id: string };

/** A payment of Payments API v2. Source: samples of webhooks, "Payment Succeeded". */
export function payment({ created, updated }: Common): JsonObject {
  return {
    id: `ddpy-${randomUUID()}`,
    payment_request_id: `pr-${randomUUID()}`,
    reference_id: 'made-up',
    customer_id: null,
    currency: 'IDR',
    amount: 15000,
    country: 'ID',
    payment_method: method('ONE_TIME_USE'),
    channel_properties: null,
    payment_detail: null,
    failure_code: null,
    metadata: null,
    created,
    updated,
  };
}

/** A capture of Payments API v2. Source: samples of webhooks, "Capture Succeeded". */
export function capture({ created, updated }: Common): JsonObject {
  return {
    id: `cap-${randomUUID()}`,
    payment_request_id: `pr-${randomUUID()}`,
    payment_id: `ddpy-${randomUUID()}`,
    reference_id: 'made-up',
    currency: 'IDR',
    authorized_amount: 15000,
    captured_amount: 15000,
    payment_method: { ...method('MULTIPLE_USE'), type: 'CARD', ewallet: null },
    failure_code: null,
    customer_id: null,
    metadata: null,
    channel_properties: null,
    created,
    updated,
  };
}

/** A payment method of Payments API v2. Source: samples of webhooks, "Payment Method Activated". */
export function paymentMethod(common: Common): JsonObject {
  return {
    ...method('MULTIPLE_USE'),
    country: 'ID',
    customer_id: null,
    actions: [],
    billing_information: null,
    failure_code: null,
    ...common,
  };
}

/** An eWallet charge. Source: samples of webhooks, "eWallet Payment". */
export function charge({ business_id, created, updated }: Common): JsonObject {
  return {
    id: `ewc_${randomUUID()}`,
    business_id,
    reference_id: 'made-up',
    status: 'SUCCEEDED',
    currency: 'IDR',
    charge_amount: 15000,
    capture_amount: 15000,
    checkout_method: 'ONE_TIME_PAYMENT',
    channel_code: 'ID_DANA',
    channel_properties: { success_redirect_url: 'https://merchant.example/paid' },
    actions: null,
    is_redirect_required: true,
    callback_url: 'https://merchant.example/webhook',
    created,
    updated,
    voided_at: null,
    capture_now: true,
    customer_id: null,
    payment_method_id: null,
    failure_code: null,
    basket: null,
    metadata: null,
  };
}

/** A refund of an eWallet charge; only the fields that someone has seen. */
export function chargeRefund(): JsonObject {
  return {
    id: `ewr_${randomUUID()}`,
    charge_id: `ewc_${randomUUID()}`,
    status: 'SUCCEEDED',
    failure_code: null,
    refund_amount: 15000,
    channel_code: 'ID_DANA',
  };
}

function method(reusability: 'ONE_TIME_USE' | 'MULTIPLE_USE'): JsonObject {
  return {
    id: `pm-${randomUUID()}`,
    type: 'EWALLET',
    reusability,
    status: 'ACTIVE',
    reference_id: 'made-up',
    description: null,
    ewallet: { channel_code: 'DANA', channel_properties: { success_return_url: 'https://merchant.example/paid' } },
    card: null,
    direct_debit: null,
    over_the_counter: null,
    qr_code: null,
    virtual_account: null,
    metadata: null,
  };
}
