import { randomUUID } from 'node:crypto';
import { compareDecimals } from '../model/money.ts';
import { minus } from './amount.ts';
import type { WebhookDraft } from './deliveries.ts';
import { failureOf } from './failures.ts';
import { type Answer, ApiError, type Call, type Route } from './http.ts';
import { optionalAmount, wrong } from './input.ts';
import { capturedOf, type Payment, type PaymentStatus, toPaymentBody } from './payment.ts';
import { detailsOf } from './payment-details.ts';
import { moveRequest, type PaymentRequest } from './payment-request.ts';
import type { PaymentTokens } from './payment-tokens.ts';
import type { Transactions } from './transactions.ts';
import { enveloped, perAccount, type World } from './world.ts';

/** What a payer does about a request. */
export interface Attempt {
  /** Decimal text. */
  amount: string;
  /** Why it fails; undefined leaves it to the amount. */
  failureCode?: string | undefined;
}

export interface Payments {
  routes: Route[];
  /**
   * Pays a request, or fails to. A request that has ended stays as it is, for money may come late.
   *
   * @returns the payment, and the webhooks that tell of it.
   */
  take(request: PaymentRequest, attempt: Attempt): { payment: Payment; webhooks: WebhookDraft[] };
  find(account: string, id: string): Payment | undefined;
  /** Those of one request, in order. */
  of(request: PaymentRequest): Payment[];
}

/** Source: Xendit docs, "Capturing a card payment". */
const authorizationMs = 7 * 24 * 3_600_000;

const told: Partial<Record<PaymentStatus, string>> = {
  SUCCEEDED: 'payment.capture',
  AUTHORIZED: 'payment.authorization',
  FAILED: 'payment.failure',
  EXPIRED: 'payment.expiry',
};

/**
 * Payments of version 3: taken by whoever plays the payer, then got, captured and canceled.
 *
 * Source: Xendit API reference, "Payments".
 */
export function createPayments(world: World, tokens: PaymentTokens, transactions: Transactions): Payments {
  const { clock } = world;
  const paymentsOf = perAccount(() => new Map<string, Payment>());
  const byRequest = new Map<string, Payment[]>();

  function take(request: PaymentRequest, { amount, failureCode }: Attempt) {
    const payment = toPayment(request, amount, failureCode ?? failureOf(request.channel, amount), clock.now());
    paymentsOf(request.account).set(payment.id, payment);
    byRequest.set(request.id, [...(byRequest.get(request.id) ?? []), payment]);
    const saved = payment.status !== 'FAILED' && request.type === 'PAY_AND_SAVE' ? tokens.save(request) : undefined;
    if (saved !== undefined) payment.tokenId = request.tokenId = saved.token.id;
    if (payment.status === 'SUCCEEDED') addCapture(payment, amount);
    if (payment.status === 'AUTHORIZED') payment.cancelExpiry = clock.after(authorizationMs, () => expire(payment));
    settle(request, payment);
    return { payment, webhooks: [...tell(payment), ...(saved?.webhooks ?? [])] };
  }

  function settle(request: PaymentRequest, payment: Payment): void {
    request.latestPaymentId = payment.id;
    request.latestPayment = () => toPaymentBody(payment);
    request.updatedMs = clock.now();
    if (request.status !== 'REQUIRES_ACTION') return;
    request.failureCode = payment.failureCode;
    moveRequest(request, payment.status, clock.now());
  }

  function expire(payment: Payment): Promise<unknown> {
    move(payment, 'EXPIRED');
    return Promise.all(tell(payment).map(world.post));
  }

  function move(payment: Payment, status: PaymentStatus): void {
    Object.assign(payment, { status, updatedMs: clock.now() });
    payment.cancelExpiry();
  }

  function addCapture(payment: Payment, amount: string): void {
    const capture = { id: `cptr-${randomUUID()}`, amount, atMs: clock.now() };
    payment.captures.push(capture);
    transactions.enter(payment.request.account, {
      type: 'PAYMENT',
      productId: payment.id,
      channel: payment.request.channel,
      referenceId: payment.request.referenceId,
      amount,
      productData: { capture_id: capture.id, payment_request_id: payment.request.id },
    });
  }

  function tell(payment: Payment): WebhookDraft[] {
    const event = told[payment.status];
    const { account } = payment.request;
    return event === undefined ? [] : [enveloped(world, account, event, toPaymentBody(payment), 'v3')];
  }

  function find({ account, params }: Call): Payment {
    const id = params.payment_id ?? '';
    const payment = paymentsOf(account).get(id);
    if (payment === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `Payment ${id} not found`);
    return payment;
  }

  /** Each capture takes a part of what was authorized, the first of them ends the wait. */
  function capture(call: Call): Answer {
    const payment = find(call);
    const left = minus(payment.amount, capturedOf(payment));
    const isCapturable = payment.request.captureMethod === 'MANUAL' && compareDecimals(left, '0') > 0;
    if (!isCapturable || (payment.status !== 'AUTHORIZED' && payment.status !== 'SUCCEEDED')) throw ineligible(payment);
    const amount = optionalAmount(call.body.fields, 'capture_amount') ?? left;
    if (compareDecimals(amount, '0') <= 0) throw wrong('capture_amount', 'must be more than 0', 'INVALID_VALUE_ERROR');
    if (compareDecimals(amount, left) > 0) {
      throw new ApiError(400, 'CAPTURE_AMOUNT_EXCEEDED', `capture_amount is more than the ${left} that are left`);
    }
    // As in Xendit's samples, a capture is later than the payment's `updated`, which tells of its status.
    if (payment.status === 'AUTHORIZED') move(payment, 'SUCCEEDED');
    addCapture(payment, amount);
    return { status: 200, body: toPaymentBody(payment), webhooks: tell(payment) };
  }

  function cancel(call: Call): Answer {
    const payment = find(call);
    if (payment.status !== 'AUTHORIZED') throw ineligible(payment);
    move(payment, 'CANCELED');
    return { status: 200, body: toPaymentBody(payment) };
  }

  return {
    take,
    find: (account, id) => paymentsOf(account).get(id),
    of: ({ id }) => byRequest.get(id) ?? [],
    routes: [
      {
        endpoint: 'GET /v3/payments/:payment_id',
        handle: (call) => ({ status: 200, body: toPaymentBody(find(call)) }),
      },
      { endpoint: 'POST /v3/payments/:payment_id/capture', handle: capture },
      { endpoint: 'POST /v3/payments/:payment_id/cancel', handle: cancel },
    ],
  };
}

function ineligible({ id, status }: Payment): ApiError {
  return new ApiError(400, 'INELIGIBLE_TRANSACTION_STATUS', `Payment ${id} is ${status}`);
}

function toPayment(request: PaymentRequest, amount: string, failureCode: string | undefined, now: number): Payment {
  const paid = request.captureMethod === 'MANUAL' ? 'AUTHORIZED' : 'SUCCEEDED';
  return {
    id: `py-${randomUUID()}`,
    request,
    amount,
    status: failureCode === undefined ? paid : 'FAILED',
    captures: [],
    tokenId: request.tokenId,
    failureCode,
    details: failureCode === undefined ? detailsOf(request.channel.kind, request.channel.code) : undefined,
    createdMs: now,
    updatedMs: now,
    cancelExpiry: () => undefined,
  };
}
