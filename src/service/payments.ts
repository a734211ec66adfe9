import { compareDecimals } from '../model/money.ts';
import type { PaymentCapture, Resource } from '../model/resource.ts';
import { inputOf } from '../store/once-keys.ts';
import * as xendit from '../xendit/payments.ts';
import { askById, observeAnswer, readKnown } from './asking.ts';
import { checkAmount, checkName, problem, refuse, refuseNoId } from './input-checks.ts';
import type { OnceOperation, OnceResult } from './once.ts';
import { type Attempt, skewMs } from './recovering.ts';
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

/** A payment of which something was taken, and which of its captures that may be. */
interface Captured {
  payment: Resource<'Payment'>;
  /** The newest first; the payment's own id where its captures aren't told. */
  captureIds: readonly string[];
}

export type CapturePayment = OnceOperation<Capture, Captured>;

/**
 * How a payment is captured once. The payment itself lists what was taken of it, and when, but not by whose call: of equal
 * parts each key keeps one, and while another key has taken as much without an end, nobody can tell whose a part is.
 */
export function createCaptureOperation(rooms: Rooms): CapturePayment {
  const ask = async (account: string, id: string) =>
    (await askById(rooms, { account, type: 'Payment', id }, undefined)) as Resource<'Payment'> | undefined;
  return {
    name: 'capturePayment',
    // A payment may be captured in parts: not seeing this part doesn't say that it isn't on its way.
    whenNotFound: () => 'REPORT',
    soughtForMs: 86_400_000,
    referenceOf: ({ paymentId }) => paymentId,
    send: async (account, capture) => {
      const { paymentId, amount } = capture;
      const observations = await xendit.capturePayment(rooms.xendit, account, capture);
      const payment = await observeAnswer<'Payment'>(rooms, account, observations, paymentId);
      return { payment, captureIds: [...partsOf(payment, amount).map(({ captureId }) => captureId), paymentId] };
    },
    recover: async (account, { paymentId, amount }, attempt) => {
      const payment = await ask(account, paymentId);
      const since = attempt.startedAt.getTime() - skewMs;
      const parts = partsOf(payment, amount).filter(({ capturedAt }) => capturedAt && Date.parse(capturedAt) >= since);
      if (payment === undefined || parts.length === 0 || (await isContested(rooms, amount, attempt))) return undefined;
      return { payment, captureIds: parts.map(({ captureId }) => captureId) };
    },
    read: async (account, _, { paymentId }) => {
      const payment = await readKnown(rooms, 'Payment')(account, paymentId);
      return payment && { payment, captureIds: [] };
    },
    idsOf: ({ captureIds }) => captureIds,
  };
}

/** The captures of an amount, the newest first. */
function partsOf(payment: Resource<'Payment'> | undefined, amount: string): PaymentCapture[] {
  const parts = payment?.captures?.filter((part) => part.amount && compareDecimals(part.amount.amount, amount) === 0);
  return (parts ?? []).sort((a, b) => ((a.capturedAt ?? '') < (b.capturedAt ?? '') ? 1 : -1));
}

/** Whether another key may have come to a capture of this amount, of which it doesn't say which. */
async function isContested({ onceKeys }: Rooms, amount: string, { claim }: Attempt): Promise<boolean> {
  const rivals = await onceKeys.rivals(claim);
  const isOfAmount = rivals.some(
    (rival) => rival.operation === claim.operation && compareDecimals(inputOf<Capture>(rival).amount, amount) === 0,
  );
  return isOfAmount || onceKeys.isAnothers(claim, claim.reference);
}

export function createPaymentService(rooms: Rooms, capture: CapturePayment, account: string): PaymentService {
  return {
    async capturePayment(input, idempotencyKey) {
      refuse([
        checkAmount('amount', input.amount, { min: '0' }),
        Number(input.amount) === 0 ? problem('amount', 'must be above 0') : undefined,
        checkName('idempotencyKey', idempotencyKey, 100),
      ]);
      refuseNoId(input.paymentId);
      const { result, alreadyProcessed } = await rooms.once.run(capture, account, idempotencyKey, input);
      return { result: result.payment, alreadyProcessed };
    },
    async cancelPayment(id) {
      return observeAnswer(rooms, account, await xendit.cancelPayment(rooms.xendit, account, id), id);
    },
  };
}
