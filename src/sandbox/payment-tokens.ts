import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';
import type { Channel } from './channels.ts';
import type { Customers } from './customers.ts';
import type { WebhookDraft } from './deliveries.ts';
import { type Answer, ApiError, type Call, type Route } from './http.ts';
import { optionalMetadata, optionalObject, optionalText, pick, readText, wrong } from './input.ts';
import { visit } from './payment-actions.ts';
import { authorizationData } from './payment-details.ts';
import { readChannel } from './payment-request-input.ts';
import { type PaymentToken, type PaymentTokenStatus, toTokenBody } from './payment-token.ts';
import { enveloped, perAccount, type World } from './world.ts';

/** A token that a payment or a session leaves behind, and the webhook that tells of it. */
export interface SavedToken {
  token: PaymentToken;
  webhooks: WebhookDraft[];
}

type TokenOrigin = Pick<
  PaymentToken,
  'account' | 'referenceId' | 'channel' | 'customerId' | 'channelProperties' | 'echo'
>;

export interface PaymentTokens {
  routes: Route[];
  /** Keeps what a payer has just paid or agreed with: ACTIVE at once, or FAILED. Of `echo`, description and metadata are kept. */
  save(origin: TokenOrigin, failureCode?: string): SavedToken;
  find(account: string, id: string): PaymentToken | undefined;
  /** A token that can be charged. @throws ApiError 400 INVALID_TOKEN there is none of that id, or it is not ACTIVE. */
  usable(account: string, id: string): PaymentToken;
}

const told: Partial<Record<PaymentTokenStatus, string>> = {
  ACTIVE: 'payment_token.activation',
  FAILED: 'payment_token.failure',
  EXPIRED: 'payment_token.expiry',
};

/**
 * Payment tokens of version 3: create, get, cancel; a payer's side activates, fails and expires them.
 *
 * Source: Xendit API reference, "Payment tokens".
 */
export function createPaymentTokens(world: World, customers: Customers): PaymentTokens {
  const { clock } = world;
  const tokensOf = perAccount(() => new Map<string, PaymentToken>());

  function add(origin: TokenOrigin): PaymentToken {
    const { account, referenceId, channel, customerId, channelProperties } = origin;
    const id = `pt-${randomUUID()}`;
    const now = clock.now();
    const token: PaymentToken = {
      ...{ id, account, referenceId, channel, customerId, channelProperties },
      echo: pick(origin.echo, ['description', 'metadata']),
      status: 'REQUIRES_ACTION',
      failureCode: undefined,
      actions: [visit(id)],
      details: undefined,
      createdMs: now,
      updatedMs: now,
    };
    tokensOf(account).set(id, token);
    return token;
  }

  function create({ account, body: { fields } }: Call): Answer {
    const referenceId = readText(fields, 'reference_id');
    const channel = readChannel(fields);
    if (!channel.canSave) throw wrong('channel_code', `${channel.code} can't be saved`, 'INVALID_VALUE_ERROR');
    const channelProperties = optionalObject(fields, 'channel_properties');
    if (channelProperties === undefined) throw wrong('channel_properties', 'is required');
    optionalText(fields, 'description', 1000);
    optionalMetadata(fields);
    const customerId = customers.named(account, fields);
    const token = add({ account, referenceId, channel, customerId, channelProperties, echo: fields });
    return { status: 201, body: toTokenBody(token) };
  }

  function move(token: PaymentToken, status: PaymentTokenStatus): WebhookDraft[] {
    Object.assign(token, { status, actions: [], updatedMs: clock.now() });
    if (status === 'ACTIVE') token.details = detailsOf(token.channel);
    const event = told[status];
    return event === undefined ? [] : [enveloped(world, token.account, event, toTokenBody(token), 'v3')];
  }

  function find({ account, params }: Call): PaymentToken {
    const id = params.payment_token_id ?? '';
    const token = tokensOf(account).get(id);
    if (token === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `Payment token ${id} not found`);
    return token;
  }

  /** One step out of some states; only what Xendit would tell of has a webhook. */
  function step(
    from: PaymentTokenStatus[],
    to: PaymentTokenStatus,
    prepare?: (token: PaymentToken, call: Call) => void,
  ) {
    return (call: Call): Answer => {
      const token = find(call);
      if (!from.includes(token.status)) {
        throw new ApiError(400, 'INELIGIBLE_TRANSACTION_STATUS', `Payment token ${token.id} is ${token.status}`);
      }
      prepare?.(token, call);
      const webhooks = move(token, to);
      return { status: 200, body: toTokenBody(token), webhooks };
    };
  }

  return {
    find: (account, id) => tokensOf(account).get(id),
    save(origin, failureCode) {
      const token = Object.assign(add(origin), { failureCode });
      return { token, webhooks: move(token, failureCode === undefined ? 'ACTIVE' : 'FAILED') };
    },
    usable(account, id) {
      const token = tokensOf(account).get(id);
      if (token?.status === 'ACTIVE') return token;
      throw wrong('payment_token_id', `${id} is ${token?.status ?? 'not known'}`, 'INVALID_TOKEN');
    },
    routes: [
      { endpoint: 'POST /v3/payment_tokens', handle: create },
      {
        endpoint: 'GET /v3/payment_tokens/:payment_token_id',
        handle: (call) => ({ status: 200, body: toTokenBody(find(call)) }),
      },
      {
        endpoint: 'POST /v3/payment_tokens/:payment_token_id/cancel',
        handle: step(['REQUIRES_ACTION', 'ACTIVE'], 'CANCELED'),
      },
      {
        endpoint: 'POST /sandbox/payment_tokens/:payment_token_id/activate',
        handle: step(['REQUIRES_ACTION'], 'ACTIVE'),
      },
      {
        endpoint: 'POST /sandbox/payment_tokens/:payment_token_id/fail',
        handle: step(['REQUIRES_ACTION'], 'FAILED', (token, { body }) => {
          token.failureCode = optionalText(body.fields, 'failure_code') ?? 'AUTHENTICATION_FAILED';
        }),
      },
      { endpoint: 'POST /sandbox/payment_tokens/:payment_token_id/expire', handle: step(['ACTIVE'], 'EXPIRED') },
    ],
  };
}

function detailsOf({ kind }: Channel): JsonObject {
  if (kind === 'CARDS') return { authorization_data: authorizationData() };
  return { account_name: 'Budi Santoso', account_balance: '1000000', account_point_balance: '50000' };
}
