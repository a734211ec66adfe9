import type { Resource } from '../model/resource.ts';
import * as xendit from '../xendit/payment-tokens.ts';
import { observeAnswer, readKnown } from './asking.ts';
import { checkName, checkNoCards, checkReturnUrls, refuse } from './input-checks.ts';
import type { OnceOperation, OnceResult } from './once.ts';
import { checkPurchase } from './purchase-checks.ts';
import { type Asked, recoverFromLedger } from './recovering.ts';
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

/** How a token is made once. Xendit honours no key for it and can't look it up by its reference. */
export function createPaymentTokenOperation(rooms: Rooms): CreatePaymentToken {
  return {
    name: 'createPaymentToken',
    whenNotFound: () => 'REPORT',
    referenceOf: ({ referenceId }) => referenceId,
    send: async (account, token) => {
      const observations = await xendit.createPaymentToken(rooms.xendit, account, token);
      return observeAnswer<'PaymentToken'>(rooms, account, observations, token.referenceId);
    },
    recover: (_, __, attempt) => recoverFromLedger(rooms, 'PaymentToken', describe, attempt),
    read: readKnown(rooms, 'PaymentToken'),
    idsOf: ({ id }) => [id],
  };
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
        checkPurchase(token, { referenceId: 255, customer: 50 }),
        checkName('channelCode', token.channelCode, 255),
        checkReturnUrls(token.channelProperties),
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
