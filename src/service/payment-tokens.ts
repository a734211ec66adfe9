import type { Resource } from '../model/resource.ts';
import * as xendit from '../xendit/payment-tokens.ts';
import { observeAnswer } from './asking.ts';
import { createOnce } from './creating.ts';
import { checkName, checkNoCards, checkReturnUrls, refuse } from './input-checks.ts';
import type { OnceOperation, OnceResult } from './once.ts';
import { checkPurchase } from './purchase-checks.ts';
import type { Asked } from './recovering.ts';
import type { Rooms } from './rooms.ts';

export type { NewPaymentToken } from '../xendit/payment-tokens.ts';

export interface PaymentTokenService {
  /**
   * Begins to save a payer's means of payment, once for each key; the payer usually has to agree, see `actions`.
   *
   * @throws InvalidInputError before anything is sent.
   * @throws OutcomeUnknownError no answer in time, and none since: Xendit can't be asked by reference.
   */
  createPaymentToken(
    token: xendit.NewPaymentToken,
    idempotencyKey: string,
  ): Promise<OnceResult<Resource<'PaymentToken'>>>;
  cancelPaymentToken(id: string): Promise<Resource<'PaymentToken'>>;
}

export type CreatePaymentToken = OnceOperation<xendit.NewPaymentToken, Resource<'PaymentToken'>>;

/** How a token is made once. */
export function createPaymentTokenOperation(rooms: Rooms): CreatePaymentToken {
  return createOnce(rooms, 'PaymentToken', describe, async (account, token: xendit.NewPaymentToken) => {
    const observations = await xendit.createPaymentToken(rooms.xendit, account, token);
    return observeAnswer<'PaymentToken'>(rooms, account, observations, token.referenceId);
  });
}

function describe({ referenceId, channelCode, customerId }: xendit.NewPaymentToken): Asked {
  return { reference: referenceId, channelCode, customerId };
}

export function createPaymentTokenService(
  rooms: Rooms,
  create: CreatePaymentToken,
  account: string,
): PaymentTokenService {
  return {
    async createPaymentToken(token, idempotencyKey) {
      refuse([
        checkPurchase(token, { referenceId: 255, customer: 50, reach: rooms.reach }),
        checkName('channelCode', token.channelCode, 255),
        checkReturnUrls(token.channelProperties, rooms.reach),
        checkNoCards(token),
        checkName('idempotencyKey', idempotencyKey, 100),
      ]);
      return rooms.once.run(create, account, idempotencyKey, token);
    },
    async cancelPaymentToken(id) {
      return observeAnswer(rooms, account, await xendit.cancelPaymentToken(rooms.xendit, account, id), id);
    },
  };
}
