import { GatewayError } from '../errors.ts';
import { checkAmount as checkChannelAmount, findChannel } from '../model/channels.ts';
import type { Reach } from '../model/outgoing-url.ts';
import type { Resource } from '../model/resource.ts';
import * as xendit from '../xendit/payment-requests.ts';
import { findResource, observeAnswer, readKnown } from './asking.ts';
import { createOnce } from './creating.ts';
import {
  type Check,
  checkAmount,
  checkName,
  checkNoCards,
  checkReturnUrls,
  checkText,
  problem,
  refuse,
} from './input-checks.ts';
import type { OnceOperation, OnceResult } from './once.ts';
import { withItsPayment } from './paid-requests.ts';
import { checkPurchase } from './purchase-checks.ts';
import type { Asked } from './recovering.ts';
import type { Rooms } from './rooms.ts';

export type { NewPaymentRequest } from '../xendit/payment-requests.ts';

export interface PaymentRequestService {
  /**
   * Asks a payer to pay, once for each key.
   *
   * @throws InvalidInputError before anything is sent.
   * @throws XenditError Xendit said no.
   * @throws OutcomeUnknownError no answer in time, and none since: Xendit can't be asked by reference.
   */
  createPaymentRequest(
    request: xendit.NewPaymentRequest,
    idempotencyKey: string,
  ): Promise<OnceResult<Resource<'PaymentRequest'>>>;
  updatePaymentRequest(id: string, update: xendit.PaymentRequestUpdate): Promise<Resource<'PaymentRequest'>>;
  cancelPaymentRequest(id: string): Promise<Resource<'PaymentRequest'>>;
  /** Pays with play money; the payment comes by webhook. @returns the request as it is now. */
  simulatePayment(simulation: {
    paymentRequestId: string;
    amount?: string | undefined;
  }): Promise<Resource<'PaymentRequest'>>;
}

export type CreatePaymentRequest = OnceOperation<xendit.NewPaymentRequest, Resource<'PaymentRequest'>>;

/** How a payment request is made once. */
export function createPaymentRequestOperation(rooms: Rooms): CreatePaymentRequest {
  return createOnce(rooms, 'PaymentRequest', describe, async (account, request: xendit.NewPaymentRequest) => {
    // Only now: the same key is answered also when the time is no longer ahead.
    refuse([checkAhead(request.channelProperties?.expires_at)]);
    const answer = await xendit.createPaymentRequest(rooms.xendit, account, request);
    return observeRequest(rooms, account, answer, request.referenceId);
  });
}

/** An open amount and a payment without a token are told by what is not there; saving leaves a token by itself. */
function describe(request: xendit.NewPaymentRequest): Asked {
  const { referenceId, type, amount, currency, channelCode, captureMethod, paymentTokenId, customerId } = request;
  return {
    reference: referenceId,
    type,
    amount: amount ?? null,
    currency: amount && currency,
    channelCode,
    captureMethod,
    paymentTokenId: paymentTokenId ?? (type === 'PAY' ? null : undefined),
    customerId,
  };
}

export function createPaymentRequestService(
  rooms: Rooms,
  create: CreatePaymentRequest,
  account: string,
): PaymentRequestService {
  return {
    async createPaymentRequest(request, idempotencyKey) {
      refuse([...checkPaymentRequest(request, rooms.reach), checkName('idempotencyKey', idempotencyKey, 100)]);
      return rooms.once.run(create, account, idempotencyKey, request);
    },
    async updatePaymentRequest(id, update) {
      refuse([
        checkAmount('amount', update.amount, { min: '0' }),
        checkText('description', update.description, 1_000),
        Object.values(update).every((value) => value === undefined) ? problem([], 'changes nothing') : undefined,
        checkAhead(update.expiresAt),
      ]);
      const known = await readKnown(rooms, 'PaymentRequest')(account, id);
      const { channelCode, amount: { currency } = {} } = known ?? {};
      refuse([
        currency === undefined ? undefined : checkChannelLimits(channelCode, currency, update.amount),
        update.expiresAt === undefined ? undefined : checkMayExpire(channelCode, currency),
      ]);
      return observeRequest(rooms, account, await xendit.updatePaymentRequest(rooms.xendit, account, id, update), id);
    },
    async cancelPaymentRequest(id) {
      return observeRequest(rooms, account, await xendit.cancelPaymentRequest(rooms.xendit, account, id), id);
    },
    async simulatePayment(simulation) {
      const { paymentRequestId, amount } = simulation;
      refuse([checkAmount('amount', amount, { min: '0' })]);
      const request = await findResource(rooms, account, 'PaymentRequest', paymentRequestId);
      if (request === undefined) throw new GatewayError('NOT_FOUND', 'There is no such payment request');
      const known = request.amount?.amount;
      await xendit.simulatePayment(rooms.xendit, account, { paymentRequestId, amount: amount ?? known });
      return request;
    },
  };
}

async function observeRequest(
  rooms: Rooms,
  account: string,
  answer: xendit.PaymentRequestObservations,
  reference: string,
): Promise<Resource<'PaymentRequest'>> {
  const observations = await withItsPayment(rooms, account, answer);
  return observeAnswer(rooms, account, observations, reference, answer[0].id);
}

function checkPaymentRequest(request: xendit.NewPaymentRequest, reach: Reach): Check[] {
  const { currency, amount, channelCode, paymentTokenId } = request;
  return [
    checkPurchase(request, { referenceId: 255, customer: 50, reach }),
    checkAmount('amount', amount, { min: '0' }) ?? checkChannelLimits(channelCode, currency, amount),
    checkName('channelCode', channelCode, 255),
    checkName('paymentTokenId', paymentTokenId, 255),
    checkKind(request),
    checkReturnUrls(request.channelProperties, reach),
    checkNoCards(request),
  ];
}

/** What a known channel is known not to do. */
function checkKind({ type, channelCode, currency, captureMethod, channelProperties }: xendit.NewPaymentRequest): Check {
  const channel = channelCode === undefined ? undefined : findChannel(channelCode, currency);
  if (channel === undefined) return undefined;
  const isReusable = type === 'REUSABLE_PAYMENT_CODE';
  return [
    isReusable && channel.isReusable === false ? problem('channelCode', 'can not be a reusable code') : undefined,
    captureMethod === 'MANUAL' && channelCode !== 'CARDS' ? problem('captureMethod', 'MANUAL is for cards') : undefined,
    channelProperties?.expires_at === undefined ? undefined : checkMayExpire(channel.code, currency),
  ];
}

function checkMayExpire(channelCode: string | undefined, currency: string | undefined): Check {
  const channel = channelCode && currency ? findChannel(channelCode, currency) : undefined;
  return channel?.canSetExpiry === false ? problem(expiryPath, `can not be chosen for ${channelCode}`) : undefined;
}

const expiryPath = ['channelProperties', 'expires_at'];

/** What isn't a time is for Xendit to judge. */
function checkAhead(expiresAt: unknown): Check {
  const time = expiresAt instanceof Date || typeof expiresAt === 'string' ? new Date(expiresAt).getTime() : Number.NaN;
  return time <= Date.now() ? problem(expiryPath, 'must be ahead') : undefined;
}

/** Limits that a known channel is known to have; unknown channels pass through. */
export function checkChannelLimits(
  channelCode: string | undefined,
  currency: string,
  amount: string | undefined,
): Check {
  if (channelCode === undefined || amount === undefined) return undefined;
  const message = checkChannelAmount(channelCode, currency, amount);
  return message === undefined ? undefined : problem('amount', message);
}
