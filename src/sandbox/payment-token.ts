import type { JsonObject } from '../model/json.ts';
import type { Channel } from './channels.ts';
import type { Action } from './payment-request.ts';
import { businessOf, timeOf } from './world.ts';

export type PaymentTokenStatus = 'REQUIRES_ACTION' | 'ACTIVE' | 'FAILED' | 'EXPIRED' | 'CANCELED';

/** A payer's wallet, account or card, kept to be charged again. */
export interface PaymentToken {
  id: string;
  account: string;
  referenceId: string;
  channel: Channel;
  customerId: string | undefined;
  channelProperties: JsonObject;
  status: PaymentTokenStatus;
  failureCode: string | undefined;
  actions: Action[];
  details: JsonObject | undefined;
  /** Fields that are only given back: description, metadata. */
  echo: JsonObject;
  createdMs: number;
  updatedMs: number;
}

/** Model to wire: a PaymentToken of `api-version: 2024-11-11`. */
export function toTokenBody(token: PaymentToken): JsonObject {
  return {
    payment_token_id: token.id,
    business_id: businessOf(token.account),
    reference_id: token.referenceId,
    ...(token.customerId && { customer_id: token.customerId }),
    country: token.channel.country,
    currency: token.channel.currency,
    channel_code: token.channel.code,
    channel_properties: token.channelProperties,
    actions: token.actions,
    status: token.status,
    ...(token.details && { token_details: token.details }),
    ...(token.failureCode && { failure_code: token.failureCode }),
    ...token.echo,
    created: timeOf(token.createdMs),
    updated: timeOf(token.updatedMs),
  };
}
