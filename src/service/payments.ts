import { compareDecimals } from '../model/money.ts';
import type { Resource } from '../model/resource.ts';
import * as xendit from '../xendit/payments.ts';
import { askById, observeAnswer, readKnown } from './asking.ts';
import { checkAmount, checkName, problem, refuse } from './input-checks.ts';
import type { OnceOperation, OnceResult } from './once.ts';
import { skewMs } from './recovering.ts';
import type { Rooms } from './rooms.ts';

export interface PaymentService {
  /**
   * Takes part or all of an authorized payment, once for each key.
   *
   * @throws XenditError WRONG_STATE it isn't authorized; INVALID_INPUT more than was authorized; NOT_FOUND.
   */
  capturePayment(capture: Capture, idempotencyKey: string): Promise<OnceResult<Resource<'Payment'>>>;
  cancelPayment(id: string): Promise<Resource<'Payment'>>;
}

export interface Capture {
  paymentId: string;
  /** In major units, as decimal text. */
  amount: string;
}

export type CapturePayment = OnceOperation<Capture, Resource<'Payment'>>;

/** How a payment is captured once. The payment itself lists what was taken of it, and when. */
export function createCaptureOperation(rooms: Rooms): CapturePayment {
  const ask = async (account: string, id: string) =>
    (await askById(rooms, { account, type: 'Payment', id }, undefined)) as Resource<'Payment'> | undefined;
  return {
    name: 'capturePayment',
    // A payment may be captured in parts: not seeing this part doesn't say that it isn't on its way.
    whenNotFound: 'REPORT',
    referenceOf: ({ paymentId }) => paymentId,
    send: async (account, capture) =>
      observeAnswer<'Payment'>(
        rooms,
        account,
        await xendit.capturePayment(rooms.xendit, account, capture),
        capture.paymentId,
      ),
    recover: async (account, { paymentId, amount }, { startedAt }) => {
      const payment = await ask(account, paymentId);
      const since = startedAt.getTime() - skewMs;
      const isCaptured = payment?.captures?.some(
        ({ amount: captured, capturedAt }) =>
          captured !== undefined &&
          compareDecimals(captured.amount, amount) === 0 &&
          (capturedAt === undefined || Date.parse(capturedAt) >= since),
      );
      return isCaptured ? payment : undefined;
    },
    read: readKnown(rooms, 'Payment'),
    idOf: ({ id }) => id,
  };
}

export function createPaymentService(rooms: Rooms, capture: CapturePayment, account: string): PaymentService {
  return {
    async capturePayment(input, idempotencyKey) {
      refuse([
        checkAmount('amount', input.amount, { min: '0' }),
        Number(input.amount) === 0 ? problem('amount', 'must be above 0') : undefined,
        checkName('idempotencyKey', idempotencyKey, 100),
      ]);
      return rooms.once.run(capture, account, idempotencyKey, input);
    },
    async cancelPayment(id) {
      return observeAnswer(rooms, account, await xendit.cancelPayment(rooms.xendit, account, id), id);
    },
  };
}
