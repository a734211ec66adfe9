import { randomUUID } from 'node:crypto';
import { compareDecimals } from '../model/money.ts';
import { minus, sum } from './amount.ts';
import { type Answer, ApiError, type Call, type Route } from './http.ts';
import { wrong } from './input.ts';
import { pageOf } from './paging.ts';
import { capturedOf } from './payment.ts';
import type { PaymentRequest } from './payment-request.ts';
import type { PaymentRequests } from './payment-requests.ts';
import type { Payments } from './payments.ts';
import { type NewRefund, type Refund, readNewRefund, toRefundBody } from './refund.ts';
import { refundFailures, refundMs, refundRefusals } from './refund-scenarios.ts';
import type { Transactions } from './transactions.ts';
import { enveloped, perAccount, type World } from './world.ts';

interface Rooms {
  requests: PaymentRequests;
  payments: Payments;
  transactions: Transactions;
  /** Makes a route honour its `idempotency-key`. */
  once(route: Route): Route;
}

export interface Refunds {
  routes: Route[];
  find(account: string, id: string): Refund | undefined;
}

const filters = ['payment_request_id', 'invoice_id', 'payment_method_type', 'channel_code'] as const;

/**
 * Refunds of payment requests: create, list, get, cancel. One answers PENDING and settles a moment later, by webhook.
 *
 * Source: Xendit API reference, "Refunds"; list and cancel by the SDK.
 */
export function createRefunds(world: World, { requests, payments, transactions, once }: Rooms): Refunds {
  const { clock } = world;
  const refundsOf = perAccount(() => new Map<string, Refund>());
  const byRequest = new Map<string, Refund[]>();

  function create({ account, body }: Call): Answer {
    const wanted = readNewRefund(body.fields);
    const request = requests.find(account, wanted.requestId);
    if (request === undefined) {
      throw new ApiError(404, 'DATA_NOT_FOUND', `Payment request ${wanted.requestId} not found`);
    }
    if (wanted.currency !== undefined && wanted.currency !== request.channel.currency) {
      throw wrong('currency', `must be ${request.channel.currency}, as it was paid`, 'INVALID_VALUE_ERROR');
    }
    const refund = toRefund(request, wanted);
    refundsOf(account).set(refund.id, refund);
    byRequest.set(request.id, [...(byRequest.get(request.id) ?? []), refund]);
    refund.cancelSettling = clock.after(refundMs, () => settle(refund));
    return { status: 200, body: toRefundBody(refund) };
  }

  /** @throws ApiError Xendit would not give this back. */
  function toRefund(request: PaymentRequest, wanted: NewRefund): Refund {
    const payment = payments.of(request).findLast(({ captures }) => captures.length > 0);
    if (payment === undefined) {
      throw new ApiError(400, 'INELIGIBLE_TRANSACTION_STATUS', `Payment request ${request.id} has not been paid`);
    }
    const earlier = byRequest.get(request.id) ?? [];
    const captured = sum(payments.of(request).map(capturedOf));
    const left = minus(captured, sum(earlier.filter(isGivingBack).map(({ amount }) => amount)));
    const amount = wanted.amount ?? left;
    const refusal = refundRefusals[amount] ?? refusalOf(request, { amount, left, captured, earlier });
    if (refusal !== undefined) throw refusal;
    const now = clock.now();
    return {
      ...wanted,
      id: `rfd-${randomUUID()}`,
      request,
      paymentId: payment.id,
      amount,
      status: 'PENDING',
      failureCode: undefined,
      createdMs: now,
      updatedMs: now,
      cancelSettling: () => undefined,
    };
  }

  function settle(refund: Refund): Promise<string> {
    const { account, channel, id: requestId, referenceId } = refund.request;
    refund.failureCode = refundFailures[refund.amount];
    move(refund, refund.failureCode === undefined ? 'SUCCEEDED' : 'FAILED');
    if (refund.status === 'SUCCEEDED') {
      transactions.enter(account, {
        type: 'REFUND',
        productId: refund.id,
        channel,
        referenceId: refund.referenceId ?? referenceId,
        amount: refund.amount,
        productData: { payment_request_id: requestId },
      });
    }
    const event = refund.status === 'SUCCEEDED' ? 'refund.succeeded' : 'refund.failed';
    return world.post(enveloped(world, account, event, toRefundBody(refund)));
  }

  function move(refund: Refund, status: Refund['status']): void {
    refund.cancelSettling();
    Object.assign(refund, { status, updatedMs: clock.now() });
  }

  function list({ account, query }: Call): Answer {
    const newestFirst = [...refundsOf(account).values()].map(toRefundBody).reverse();
    const wanted = newestFirst.filter((body) =>
      filters.every((name) => !query.has(name) || query.getAll(name).some((value) => body[name] === value)),
    );
    const { data, hasMore } = pageOf(wanted, query);
    return { status: 200, body: { data, has_more: hasMore } };
  }

  function find({ account, params }: Call): Refund {
    const id = params.refund_id ?? '';
    const refund = refundsOf(account).get(id);
    if (refund === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `Refund ${id} not found`);
    return refund;
  }

  function cancel(call: Call): Answer {
    const refund = find(call);
    if (refund.status !== 'PENDING') {
      throw new ApiError(400, 'INELIGIBLE_TRANSACTION_STATUS', `Refund ${refund.id} is ${refund.status}`);
    }
    move(refund, 'CANCELLED');
    return { status: 200, body: toRefundBody(refund) };
  }

  return {
    find: (account, id) => refundsOf(account).get(id),
    routes: [
      once({ endpoint: 'POST /refunds', handle: create }),
      { endpoint: 'GET /refunds', handle: list },
      { endpoint: 'GET /refunds/:refund_id', handle: (call) => ({ status: 200, body: toRefundBody(find(call)) }) },
      once({ endpoint: 'POST /refunds/:refund_id/cancel', handle: cancel }),
    ],
  };
}

interface Situation {
  amount: string;
  left: string;
  captured: string;
  earlier: Refund[];
}

function refusalOf({ channel }: PaymentRequest, { amount, left, captured, earlier }: Situation): ApiError | undefined {
  if (channel.refund === 'NONE') return refundRefusals[10303];
  if (earlier.some(({ status }) => status === 'PENDING')) return refundRefusals[10304];
  if (compareDecimals(left, '0') <= 0 || compareDecimals(amount, left) > 0) return refundRefusals[10300];
  if (channel.refund === 'FULL' && compareDecimals(amount, captured) !== 0) return refundRefusals[10301];
  return undefined;
}

function isGivingBack({ status }: Refund): boolean {
  return status === 'PENDING' || status === 'SUCCEEDED';
}
