import { randomInt, randomUUID } from 'node:crypto';
import { instantOf } from '../model/instant.ts';
import { type JsonObject, parseJson } from '../model/json.ts';
import type { Clock } from './clock.ts';
import { writeQris } from './emvco.ts';
import { type Answer, ApiError, type Call, invalid, type Route } from './http.ts';
import { type NewQrCode, type PaymentQuery, readAmount, readNewQrCode, readPaymentQuery } from './qr-code-input.ts';
import type { QrPayments } from './qr-payments.ts';

interface QrCode extends NewQrCode {
  id: string;
  qrString: string;
  status: 'ACTIVE' | 'INACTIVE';
  createdMs: number;
  updatedMs: number;
  payments: QrPayment[];
}

interface QrPayment {
  id: string;
  /** Decimal text in rupiah. */
  amount: string;
  createdMs: number;
  receiptId: string;
  source: string;
}

const sources = ['GOPAY', 'OVO', 'DANA', 'SHOPEEPAY', 'LINKAJA', 'BCA'] as const;

/** Amounts that creating a code of either version is refused for. Source: Xendit docs, "QR codes: test scenarios". */
export const createRefusals: Record<string, ApiError> = {
  10100: new ApiError(403, 'CHANNEL_NOT_ACTIVATED', 'The QR code channel is not activated for this account'),
  10101: new ApiError(503, 'CHANNEL_UNAVAILABLE', 'The QR code channel is unavailable: try again later'),
  10102: new ApiError(500, 'SERVER_ERROR', 'An unexpected error occurred'),
};

/**
 * QR codes v1: create, get, list payments, simulate a payment. Codes live as long as the routes do.
 *
 * Source: Xendit API reference, "QR codes v1".
 */
export function qrCodeRoutes(clock: Clock, qrPayments: QrPayments): Route[] {
  const accounts = new Map<string, Map<string, QrCode>>();

  function codesOf({ account }: Call): Map<string, QrCode> {
    const codes = accounts.get(account) ?? new Map<string, QrCode>();
    accounts.set(account, codes);
    return codes;
  }

  function find(call: Call, externalId: string): QrCode {
    const code = codesOf(call).get(externalId);
    if (code === undefined)
      throw new ApiError(404, 'DATA_NOT_FOUND', `QR code with external_id ${externalId} not found`);
    return code;
  }

  function create(call: Call): Answer {
    const wanted = readNewQrCode(call.body);
    const codes = codesOf(call);
    if (codes.has(wanted.externalId)) {
      throw new ApiError(409, 'DUPLICATE_ERROR', `QR code with external_id ${wanted.externalId} already exists`);
    }
    const refusal = createRefusals[wanted.amount ?? ''];
    if (refusal !== undefined) throw refusal;
    const code = toQrCode(wanted, clock.now());
    codes.set(code.externalId, code);
    const feeRule = call.headers['with-fee-rule'];
    return { status: 200, headers: feeRule === undefined ? {} : { fee_rule_id: feeRule }, body: toCodeBody(code) };
  }

  function simulate(call: Call): Answer {
    const code = find(call, call.params.external_id ?? '');
    const sent = readAmount(call.body);
    if (code.status === 'INACTIVE') {
      throw new ApiError(410, 'INACTIVE_QR_CODE', `QR code with external_id ${code.externalId} has been paid`);
    }
    const amount = code.amount ?? sent;
    if (amount === undefined) throw invalid('amount is required to simulate a payment of a STATIC QR code');
    const payment = pay(code, amount, clock.now());
    const whole = toPaymentBody(code, payment);
    const { externalId: referenceId, callbackUrl: url } = code;
    const kind = { currency: 'IDR', channelCode: 'QRIS' };
    const { account } = call;
    qrPayments.enter({ id: payment.id, account, amount, ...kind, referenceId, body: whole, url });
    const { payment_detail: _, ...body } = whole;
    const event = 'qr.payment';
    return { status: 200, body, webhooks: [{ account, event, url, body: { event, ...whole } }] };
  }

  function listPayments(call: Call): Answer {
    const query = readPaymentQuery(call.query);
    const code = find(call, query.externalId);
    const payments = code.payments.filter((payment) => isWithin(query, payment)).slice(0, query.limit);
    return { status: 200, body: payments.map((payment) => toPaymentBody(code, payment)) };
  }

  return [
    { endpoint: 'POST /qr_codes', handle: create },
    { endpoint: 'GET /qr_codes/payments', handle: listPayments },
    {
      endpoint: 'GET /qr_codes/:external_id',
      handle: (call) => ({ status: 200, body: toCodeBody(find(call, call.params.external_id ?? '')) }),
    },
    { endpoint: 'POST /qr_codes/:external_id/payments/simulate', handle: simulate },
  ];
}

function toQrCode(wanted: NewQrCode, now: number): QrCode {
  const uuid = randomUUID();
  const qrString = writeQris({
    isStatic: wanted.type === 'STATIC',
    amount: wanted.amount ?? undefined,
    reference: uuid.replaceAll('-', '').slice(0, 25),
  });
  return { ...wanted, id: `qr_${uuid}`, qrString, status: 'ACTIVE', createdMs: now, updatedMs: now, payments: [] };
}

function pay(code: QrCode, amount: string, now: number): QrPayment {
  const payment: QrPayment = {
    id: `qrpy_${randomUUID()}`,
    amount,
    createdMs: now,
    receiptId: String(randomInt(1e12)).padStart(12, '0'),
    source: sources[code.payments.length % sources.length] ?? sources[0],
  };
  code.payments.push(payment);
  if (code.type === 'DYNAMIC') Object.assign(code, { status: 'INACTIVE', updatedMs: now });
  return payment;
}

function isWithin({ from, to }: PaymentQuery, { createdMs }: QrPayment): boolean {
  const created = instantOf(new Date(createdMs));
  return (from === undefined || created >= from) && (to === undefined || created <= to);
}

function toCodeBody(code: QrCode): JsonObject {
  return {
    id: code.id,
    external_id: code.externalId,
    amount: code.amount === null ? null : parseJson(code.amount),
    qr_string: code.qrString,
    callback_url: code.callbackUrl,
    type: code.type,
    status: code.status,
    created: new Date(code.createdMs).toISOString(),
    updated: new Date(code.updatedMs).toISOString(),
    metadata: code.metadata,
  };
}

function toPaymentBody(code: QrCode, payment: QrPayment): JsonObject {
  return {
    id: payment.id,
    amount: parseJson(payment.amount),
    created: new Date(payment.createdMs).toISOString(),
    qr_code: {
      id: code.id,
      external_id: code.externalId,
      qr_string: code.qrString,
      type: code.type,
      metadata: code.metadata,
    },
    status: 'COMPLETED',
    payment_detail: { receipt_id: payment.receiptId, source: payment.source },
  };
}
