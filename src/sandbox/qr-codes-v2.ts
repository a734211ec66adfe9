import { randomInt, randomUUID } from 'node:crypto';
import { type JsonObject, textOf } from '../model/json.ts';
import { toNumber } from './amount.ts';
import type { WebhookDraft } from './deliveries.ts';
import { writeQris } from './emvco.ts';
import { type Answer, ApiError, type Call, invalid, type Route } from './http.ts';
import {
  optionalList,
  optionalMetadata,
  optionalText,
  optionalTime,
  pick,
  readText,
  readWord,
  wrong,
} from './input.ts';
import { pageOf } from './paging.ts';
import { readAmount } from './qr-code-input.ts';
import { createRefusals } from './qr-codes.ts';
import type { QrPayments } from './qr-payments.ts';
import { businessOf, enveloped, perAccount, timeOf, type World } from './world.ts';

interface QrCode {
  id: string;
  account: string;
  referenceId: string;
  type: 'DYNAMIC' | 'STATIC';
  /** Decimal text in rupiah; undefined where the payer types it. */
  amount: string | undefined;
  channelCode: string;
  qrString: string;
  status: 'ACTIVE' | 'INACTIVE';
  expiresAtMs: number | undefined;
  callbackUrl: string | undefined;
  /** Fields that are only given back: description, basket, metadata. */
  echo: JsonObject;
  createdMs: number;
  updatedMs: number;
  /** In order, as they are shown. */
  payments: (JsonObject & { id: string })[];
  cancelExpiry: () => void;
}

/** The life of a QRIS code; the reference of version 2 isn't stored. */
const dynamicLifeMs = 48 * 3_600_000;
const currency = 'IDR';

/**
 * QR codes of `api-version: 2022-07-31`: create, get, simulate, list payments, get a payment. Webhooks go to the dashboard's URL,
 * or to the `callback_url` of the code where it has one.
 *
 * Source: the xendit-client gem, samples of webhooks, and Xendit docs, "QR codes".
 */
export function qrCodeRoutesV2(world: World, qrPayments: QrPayments): Route[] {
  const { clock } = world;
  const codesOf = perAccount(() => new Map<string, QrCode>());

  function create({ account, body }: Call): Answer {
    const code = toQrCode(account, body.fields, readCodeAmount(body), clock.now());
    const refusal = createRefusals[code.amount ?? ''];
    if (refusal !== undefined) throw refusal;
    codesOf(account).set(code.id, code);
    if (code.expiresAtMs !== undefined) {
      code.cancelExpiry = clock.after(code.expiresAtMs - clock.now(), () => end(code));
    }
    return { status: 201, body: toCodeBody(code) };
  }

  function end(code: QrCode): void {
    code.cancelExpiry();
    Object.assign(code, { status: 'INACTIVE', updatedMs: clock.now() });
  }

  function find({ account, params }: Call): QrCode {
    const id = params.external_id ?? params.qr_id ?? '';
    const code = codesOf(account).get(id);
    if (code === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `QR code ${id} not found`);
    return code;
  }

  function simulate(call: Call): Answer {
    const code = find(call);
    const sent = readAmount(call.body);
    if (code.status === 'INACTIVE') throw new ApiError(410, 'INACTIVE_QR_CODE', `QR code ${code.id} is inactive`);
    const amount = code.amount ?? sent;
    if (amount === undefined) throw invalid('amount is required to simulate a payment of a STATIC QR code');
    const payment = toPayment(code, amount, clock.now());
    code.payments.push(payment);
    const { account, channelCode, referenceId, callbackUrl: url } = code;
    qrPayments.enter({ id: payment.id, account, amount, currency, channelCode, referenceId, body: payment, url });
    if (code.type === 'DYNAMIC') end(code);
    return { status: 200, body: payment, webhooks: [tell(code, payment)] };
  }

  function tell({ account, callbackUrl }: QrCode, payment: JsonObject): WebhookDraft {
    const webhook = enveloped(world, account, 'qr.payment', payment);
    return callbackUrl === undefined ? webhook : { ...webhook, url: callbackUrl };
  }

  function listPayments(call: Call): Answer {
    const { data, hasMore } = pageOf(find(call).payments.toReversed(), call.query);
    return { status: 200, body: { data, has_more: hasMore } };
  }

  function getPayment({ account, params }: Call): Answer {
    const payment = qrPayments.find(account, params.qrpy_id ?? '');
    if (payment === undefined) throw new ApiError(404, 'DATA_NOT_FOUND', `QR payment ${params.qrpy_id} not found`);
    return { status: 200, body: payment.body };
  }

  return [
    { endpoint: 'POST /qr_codes', handle: create },
    { endpoint: 'GET /qr_codes/:external_id', handle: (call) => ({ status: 200, body: toCodeBody(find(call)) }) },
    { endpoint: 'POST /qr_codes/:external_id/payments/simulate', handle: simulate },
    { endpoint: 'GET /qr_codes/:qr_id/payments', handle: listPayments },
    { endpoint: 'GET /qr_codes/payments/:qrpy_id', handle: getPayment },
  ];
}

function readCodeAmount(body: Call['body']): string | undefined {
  if (body.fields.type !== 'DYNAMIC') return undefined;
  const amount = readAmount(body);
  if (amount === undefined) throw wrong('amount', 'is required for a DYNAMIC QR code');
  return amount;
}

function toQrCode(account: string, fields: JsonObject, amount: string | undefined, now: number): QrCode {
  const referenceId = readText(fields, 'reference_id');
  const type = readWord(fields, 'type', ['DYNAMIC', 'STATIC']);
  readWord(fields, 'currency', [currency]);
  const expiresAtMs = optionalTime(fields, 'expires_at') ?? (type === 'DYNAMIC' ? now + dynamicLifeMs : undefined);
  if (expiresAtMs !== undefined && expiresAtMs <= now) throw wrong('expires_at', 'must be in the future');
  optionalMetadata(fields);
  optionalList(fields, 'basket');
  const uuid = randomUUID();
  const reference = uuid.replaceAll('-', '').slice(0, 25);
  return {
    ...{ id: `qr_${uuid}`, account, referenceId, type, amount, expiresAtMs },
    channelCode: optionalText(fields, 'channel_code') ?? 'ID_DANA',
    qrString: writeQris({ isStatic: type === 'STATIC', amount, reference }),
    status: 'ACTIVE',
    callbackUrl: textOf(fields.callback_url),
    echo: pick(fields, ['description', 'basket', 'metadata']),
    createdMs: now,
    updatedMs: now,
    payments: [],
    cancelExpiry: () => undefined,
  };
}

function toPayment(code: QrCode, amount: string, now: number): JsonObject & { id: string } {
  return {
    id: `qrpy_${randomUUID()}`,
    ...shared(code),
    amount: toNumber(amount),
    status: 'SUCCEEDED',
    created: timeOf(now),
    qr_id: code.id,
    payment_detail: {
      receipt_id: String(randomInt(1e12)).padStart(12, '0'),
      source: 'GOPAY',
      name: null,
      account_details: null,
    },
  };
}

function toCodeBody(code: QrCode): JsonObject {
  return {
    id: code.id,
    ...shared(code),
    amount: code.amount === undefined ? null : toNumber(code.amount),
    status: code.status,
    created: timeOf(code.createdMs),
    updated: timeOf(code.updatedMs),
  };
}

/** What a code and its payments both say. */
function shared(code: QrCode): JsonObject {
  return {
    reference_id: code.referenceId,
    business_id: businessOf(code.account),
    type: code.type,
    currency,
    channel_code: code.channelCode,
    qr_string: code.qrString,
    ...(code.expiresAtMs !== undefined && { expires_at: timeOf(code.expiresAtMs) }),
    description: null,
    basket: null,
    metadata: null,
    ...code.echo,
  };
}
