import { type Json, type JsonObject, objectOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { toStatus } from '../model/status.ts';
import type { XenditClient } from './client.ts';
import { path } from './path.ts';
import { type InlineCustomer, toWireCustomer, toWireProperties } from './purchase.ts';
import { paymentsVersion } from './version.ts';
import * as wire from './wire.ts';

/** A payer's account to be saved for later payments. */
export interface NewPaymentToken {
  /** The merchant's own name for it. */
  referenceId: string;
  /** ISO 3166-1, two letters. */
  country: string;
  /** ISO 4217. */
  currency: string;
  channelCode: string;
  /** In Xendit's own names; each channel has others. */
  channelProperties: JsonObject;
  /** A customer that Xendit knows; not together with `customer`. */
  customerId?: string | undefined;
  customer?: InlineCustomer | undefined;
  description?: string | undefined;
  metadata?: JsonObject | undefined;
}

/**
 * Begins to save a payer's account, who usually has to agree: see `actions`.
 *
 * @throws XenditError INVALID_INPUT; FORBIDDEN; CONFLICT the account is linked already.
 * @throws InvalidInputError there is card data in it; nothing was sent.
 * @throws OutcomeUnknownError no usable answer: it may exist. Xendit can't look it up by its reference.
 * Source: Xendit API reference, "Create payment token" (POST /v3/payment_tokens).
 */
export async function createPaymentToken(
  xendit: XenditClient,
  account: string,
  token: NewPaymentToken,
  signal?: AbortSignal,
): Promise<Observation<'PaymentToken'>[]> {
  const reference = token.referenceId;
  const body: JsonObject = {
    reference_id: reference,
    country: token.country,
    currency: token.currency,
    channel_code: token.channelCode,
    channel_properties: toWireProperties(token.channelProperties),
    customer_id: token.customerId,
    customer: toWireCustomer(token.customer),
    description: token.description,
    metadata: token.metadata,
  };
  const options = { body, account, apiVersion: paymentsVersion, reference, signal };
  const answer = await xendit.post(path`/v3/payment_tokens`, options);
  return wire.readOutcome(reference, () => [toPaymentTokenObservation(answer.body)]);
}

/**
 * Asks for one payment token.
 *
 * @throws XenditError NOT_FOUND no token has this id.
 * Source: Xendit API reference, "Get payment token" (GET /v3/payment_tokens/{payment_token_id}).
 */
export async function getPaymentToken(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<Observation<'PaymentToken'>[]> {
  const answer = await xendit.get(path`/v3/payment_tokens/${id}`, { account, apiVersion: paymentsVersion, signal });
  return [toPaymentTokenObservation(answer.body)];
}

/**
 * Forgets a saved account. No webhook follows.
 *
 * @throws XenditError NOT_FOUND; WRONG_STATE it is no longer active.
 * @throws OutcomeUnknownError no usable answer: ask for the token.
 * Source: Xendit API reference, "Cancel payment token" (POST /v3/payment_tokens/{payment_token_id}/cancel).
 */
export async function cancelPaymentToken(
  xendit: XenditClient,
  account: string,
  id: string,
  signal?: AbortSignal,
): Promise<Observation<'PaymentToken'>[]> {
  const options = { body: undefined, account, apiVersion: paymentsVersion, reference: id, signal };
  const answer = await xendit.post(path`/v3/payment_tokens/${id}/cancel`, options);
  return wire.readOutcome(id, () => [toPaymentTokenObservation(answer.body)]);
}

/**
 * A payment token of version 3, or a payment method of version 2, which is the same thing under its older name.
 *
 * @throws UnreadableError it has no id.
 */
export function toPaymentTokenObservation(body: Json | undefined): Observation<'PaymentToken'> {
  const token = objectOf(body) ?? {};
  const isV3 = wire.text(token, 'payment_token_id') !== undefined;
  const method = isV3 ? undefined : methodOf(token);
  const xenditStatus = wire.code(token, 'status');
  return {
    type: 'PaymentToken',
    id: wire.requiredId(token, 'payment_token_id', 'id'),
    status: toStatus('PaymentToken', xenditStatus),
    updated: wire.time(token, 'updated', 'created'),
    fields: wire.present({
      family: isV3 ? 'PAYMENTS_V3' : 'PAYMENTS_V2',
      xenditStatus,
      businessId: wire.text(token, 'business_id'),
      created: wire.time(token, 'created'),
      updated: wire.time(token, 'updated'),
      description: wire.text(token, 'description'),
      metadata: wire.object(token, 'metadata'),
      referenceId: wire.reference(token, 'reference_id'),
      customerId: wire.text(token, 'customer_id'),
      country: wire.code(token, 'country'),
      currency: wire.code(token, 'currency') ?? wire.text(method, 'currency'),
      channelCode: wire.text(token, 'channel_code') ?? wire.text(method, 'channel_code'),
      channelProperties: wire.object(token, 'channel_properties') ?? wire.object(method, 'channel_properties'),
      actions: wire.actions(token),
      tokenDetails: isV3 ? wire.object(token, 'token_details') : accountOf(method),
      failureCode: wire.code(token, 'failure_code'),
    }),
  };
}

/** The part of a version 2 payment method that its type names: `ewallet` for EWALLET. */
export function methodOf(method: JsonObject): JsonObject | undefined {
  return objectOf(method[wire.code(method, 'type')?.toLowerCase() ?? '']);
}

function accountOf(method: JsonObject | undefined): JsonObject | undefined {
  return wire.object(method, 'account', 'bank_account', 'debit_card', 'card_information');
}
