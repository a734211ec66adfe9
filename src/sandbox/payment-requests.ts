import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';
import { compareDecimals } from '../model/money.ts';
import type { Customers } from './customers.ts';
import { type Answer, ApiError, type Call, type Route } from './http.ts';
import { optionalAmount, optionalObject, optionalText, wrong } from './input.ts';
import { actionsFor } from './payment-actions.ts';
import { isOpen, moveRequest, type PaymentRequest, toRequestBody } from './payment-request.ts';
import { assertAmount, type NewPaymentRequest, readExpiry, readNewPaymentRequest } from './payment-request-input.ts';
import type { PaymentTokens } from './payment-tokens.ts';
import type { Payments } from './payments.ts';
import { enveloped, perAccount, type World } from './world.ts';

export interface PaymentRequests {
  routes: Route[];
  /** Adds a request that waits for its payer. */
  open(account: string, wanted: NewPaymentRequest, customerId: string | undefined): PaymentRequest;
  find(account: string, id: string): PaymentRequest | undefined;
}

interface Rooms {
  customers: Customers;
  tokens: PaymentTokens;
  payments: Payments;
}

/**
 * Payment requests of version 3: create, get, update, cancel, simulate.
 *
 * Source: Xendit API reference, "Payment requests".
 */
export function createPaymentRequests(world: World, { customers, tokens, payments }: Rooms): PaymentRequests {
  const { clock } = world;
  const requestsOf = perAccount(() => new Map<string, PaymentRequest>());
  const cardReferencesOf = perAccount(() => new Set<string>());

  function open(account: string, wanted: NewPaymentRequest, customerId: string | undefined): PaymentRequest {
    const id = `pr-${randomUUID()}`;
    const now = clock.now();
    const request: PaymentRequest = {
      ...wanted,
      id,
      account,
      customerId,
      status: wanted.type === 'REUSABLE_PAYMENT_CODE' ? 'ACCEPTING_PAYMENTS' : 'REQUIRES_ACTION',
      failureCode: undefined,
      latestPaymentId: undefined,
      latestPayment: () => undefined,
      actions: actionsFor(id, wanted),
      createdMs: now,
      updatedMs: now,
      cancelExpiry: () => undefined,
    };
    requestsOf(account).set(id, request);
    expireInTime(request);
    return request;
  }

  function expireInTime(request: PaymentRequest): void {
    request.cancelExpiry();
    if (request.expiresAtMs === undefined) return;
    request.cancelExpiry = clock.after(request.expiresAtMs - clock.now(), () => {
      moveRequest(request, 'EXPIRED', clock.now());
      const webhook = enveloped(world, request.account, 'payment_request.expiry', toRequestBody(request), 'v3');
      return world.post(webhook);
    });
  }

  function create(call: Call): Answer {
    const { account, body } = call;
    const tokenId = optionalText(body.fields, 'payment_token_id');
    const token = tokenId === undefined ? undefined : tokens.usable(account, tokenId);
    const wanted = readNewPaymentRequest(body.fields, clock.now(), token?.channel);
    if (token !== undefined && token.channel.code !== wanted.channel.code) {
      throw wrong('payment_token_id', `${token.id} is of ${token.channel.code}`, 'INVALID_TOKEN');
    }
    const isCard = wanted.channel.kind === 'CARDS';
    if (isCard && cardReferencesOf(account).has(wanted.referenceId)) {
      throw new ApiError(409, 'DUPLICATE_ERROR', `A card payment with reference_id ${wanted.referenceId} exists`);
    }
    const hasCustomer = wanted.type !== 'REUSABLE_PAYMENT_CODE';
    const customerId = hasCustomer ? customers.named(account, body.fields) : undefined;
    const request = open(account, wanted, customerId);
    if (isCard) cardReferencesOf(account).add(wanted.referenceId);
    const webhooks = isChargedAtOnce(wanted) ? pay(request, wanted.amount).webhooks : [];
    return { status: 201, body: toRequestBody(request), webhooks };
  }

  /** @throws ApiError 400 the amount is missing, or not the one that was asked for. */
  function pay(request: PaymentRequest, sent: string | undefined, failureCode?: string) {
    const amount = sent ?? request.amount;
    if (amount === undefined) throw wrong('amount', 'is required to pay a code without one');
    if (request.amount !== undefined && compareDecimals(amount, request.amount) !== 0) {
      throw wrong('amount', `must be the request_amount, ${request.amount}`);
    }
    assertAmount(request.channel, amount);
    return payments.take(request, { amount, failureCode });
  }

  function find({ account, params }: Call): PaymentRequest {
    const id = params.payment_request_id ?? '';
    const request = requestsOf(account).get(id);
    if (request === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `Payment request ${id} not found`);
    return request;
  }

  function findOpen(call: Call): PaymentRequest {
    const request = find(call);
    if (isOpen(request)) return request;
    const errorCode = request.status === 'AUTHORIZED' ? 'INELIGIBLE_TRANSACTION_STATUS' : 'INACTIVE_PAYMENT_REQUEST';
    throw new ApiError(400, errorCode, `Payment request ${request.id} is ${request.status}`);
  }

  function update(call: Call): Answer {
    const request = findOpen(call);
    if (request.channel.kind !== 'VIRTUAL_ACCOUNT') {
      throw wrong('channel_code', 'must be a virtual account to be updated', 'INVALID_VALUE_ERROR');
    }
    Object.assign(request, readChanges(request, call.body.fields, clock.now()), { updatedMs: clock.now() });
    expireInTime(request);
    return { status: 200, body: toRequestBody(request) };
  }

  function cancel(call: Call): Answer {
    const request = findOpen(call);
    moveRequest(request, 'CANCELED', clock.now());
    return { status: 200, body: toRequestBody(request) };
  }

  function simulate(call: Call): Answer {
    const { webhooks } = pay(findOpen(call), optionalAmount(call.body.fields, 'amount'));
    const message = 'A payment simulation has been triggered: its outcome comes as a webhook';
    return { status: 200, body: { status: 'PENDING', message }, webhooks };
  }

  /** What a payer may do that a merchant's simulation doesn't: fail on any channel, and pay after expiry. */
  function payAsPayer(call: Call): Answer {
    const { fields } = call.body;
    const request = find(call);
    if (request.status !== 'EXPIRED') findOpen(call);
    const { webhooks } = pay(request, optionalAmount(fields, 'amount'), optionalText(fields, 'failure_code'));
    return { status: 200, body: toRequestBody(request), webhooks };
  }

  return {
    open,
    find: (account, id) => requestsOf(account).get(id),
    routes: [
      { endpoint: 'POST /v3/payment_requests', handle: create },
      {
        endpoint: 'GET /v3/payment_requests/:payment_request_id',
        handle: (call) => ({ status: 200, body: toRequestBody(find(call)) }),
      },
      { endpoint: 'PATCH /v3/payment_requests/:payment_request_id', handle: update },
      { endpoint: 'POST /v3/payment_requests/:payment_request_id/cancel', handle: cancel },
      { endpoint: 'POST /v3/payment_requests/:payment_request_id/simulate', handle: simulate },
      { endpoint: 'POST /sandbox/payment_requests/:payment_request_id/pay', handle: payAsPayer },
    ],
  };
}

/** A saved wallet or account is charged without its owner; a card only where the bank's question is waived. */
function isChargedAtOnce({ tokenId, channel, channelProperties }: NewPaymentRequest): boolean {
  return tokenId !== undefined && (channel.kind !== 'CARDS' || channelProperties.skip_three_ds === true);
}

function readChanges(
  { channel, channelProperties, echo, amount, expiresAtMs }: PaymentRequest,
  fields: JsonObject,
  now: number,
) {
  const description = optionalText(fields, 'description', 1000);
  const newAmount = optionalAmount(fields, 'request_amount');
  if (newAmount !== undefined) assertAmount(channel, newAmount);
  const changed = optionalObject(fields, 'channel_properties');
  return {
    amount: newAmount ?? amount,
    echo: { ...echo, ...(description !== undefined && { description }) },
    channelProperties: {
      ...channelProperties,
      ...(changed?.expires_at !== undefined && { expires_at: changed.expires_at }),
    },
    expiresAtMs: changed === undefined ? expiresAtMs : (readExpiry(channel, changed, now) ?? expiresAtMs),
  };
}
