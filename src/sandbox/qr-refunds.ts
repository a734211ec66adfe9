import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';
import { compareDecimals } from '../model/money.ts';
import { minus, sum, toNumber } from './amount.ts';
import { type Answer, ApiError, type Call, type Route } from './http.ts';
import { optionalAmount, optionalWord } from './input.ts';
import type { QrPaymentEntry, QrPayments } from './qr-payments.ts';
import { refundReasons } from './refund.ts';
import { qrRefundFailures, qrRefundRefusals, refundMs } from './refund-scenarios.ts';
import type { Transactions } from './transactions.ts';
import { enveloped, perAccount, type World } from './world.ts';

interface QrRefund {
  id: string;
  payment: QrPaymentEntry;
  /** Decimal text. */
  amount: string;
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED';
  failureCode: string | undefined;
}

interface Rooms {
  qrPayments: QrPayments;
  transactions: Transactions;
}

/**
 * Refunds of QR payments of either version: create, list, get. One answers PENDING and settles a moment later, by `qr.refund` to
 * the dashboard's URL; no sample of that webhook is stored. No source promises that an `idempotency-key` is honoured here, so that a
 * repeated one is another refund.
 *
 * Source: Xendit help, "How to refund a QR Code transaction using API"; amounts by "QR codes: test scenarios".
 */
export function qrRefundRoutes(world: World, { qrPayments, transactions }: Rooms): Route[] {
  const { clock } = world;
  const refundsOf = perAccount(() => new Map<string, QrRefund[]>());

  function findPayment({ account, params }: Call): QrPaymentEntry {
    const id = params.qrpy_id ?? '';
    const payment = qrPayments.find(account, id);
    if (payment === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `QR payment ${id} not found`);
    return payment;
  }

  function refundsFor(payment: QrPaymentEntry): QrRefund[] {
    return refundsOf(payment.account).get(payment.id) ?? [];
  }

  function create(call: Call): Answer {
    optionalWord(call.body.fields, 'reason', refundReasons);
    const payment = findPayment(call);
    const earlier = refundsFor(payment);
    const given = earlier.filter(({ status }) => status !== 'FAILED').map(({ amount }) => amount);
    const left = minus(payment.amount, sum(given));
    const amount = optionalAmount(call.body.fields, 'amount') ?? left;
    const refusal = qrRefundRefusals[amount] ?? refusalOf(amount, left, earlier);
    if (refusal !== undefined) throw refusal;
    const id = `qrrf_${randomUUID()}`;
    const refund: QrRefund = { id, payment, amount, status: 'PENDING', failureCode: undefined };
    refundsOf(payment.account).set(payment.id, [...earlier, refund]);
    clock.after(refundMs, () => settle(refund));
    return { status: 200, body: toBody(refund) };
  }

  function settle(refund: QrRefund): Promise<string> {
    const { account, channelCode, currency, referenceId } = refund.payment;
    refund.failureCode = qrRefundFailures[refund.amount];
    refund.status = refund.failureCode === undefined ? 'SUCCEEDED' : 'FAILED';
    if (refund.status === 'SUCCEEDED') {
      const channel = { kind: 'QR_CODE', code: channelCode, currency } as const;
      transactions.enter(account, {
        type: 'REFUND',
        productId: refund.id,
        channel,
        referenceId,
        amount: refund.amount,
      });
    }
    return world.post(enveloped(world, account, 'qr.refund', toBody(refund)));
  }

  function get(call: Call): Answer {
    const refund = refundsFor(findPayment(call)).find(({ id }) => id === call.params.refund_id);
    if (refund === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `QR refund ${call.params.refund_id} not found`);
    return { status: 200, body: toBody(refund) };
  }

  return [
    { endpoint: 'POST /qr_codes/payments/:qrpy_id/refunds', handle: create },
    {
      endpoint: 'GET /qr_codes/payments/:qrpy_id/refunds',
      handle: (call) => ({ status: 200, body: { data: refundsFor(findPayment(call)).map(toBody) } }),
    },
    { endpoint: 'GET /qr_codes/payments/:qrpy_id/refunds/:refund_id', handle: get },
  ];
}

function refusalOf(amount: string, left: string, earlier: QrRefund[]): ApiError | undefined {
  if (earlier.some(({ status }) => status === 'PENDING')) return qrRefundRefusals[10304];
  const isPossible = compareDecimals(amount, '0') > 0 && compareDecimals(amount, left) <= 0;
  return isPossible ? undefined : qrRefundRefusals[10300];
}

function toBody({ id, payment, amount, status, failureCode }: QrRefund): JsonObject {
  return {
    id,
    qrpy_id: payment.id,
    status,
    failure_code: failureCode ?? null,
    refund_amount: toNumber(amount),
    channel_code: payment.channelCode,
  };
}
