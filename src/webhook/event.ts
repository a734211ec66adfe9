import { createHash, hash } from 'node:crypto';
import { canonicalJson, isJsonObject, type JsonObject, objectOf, parseJson, textOf } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import type { Letter, Report } from '../model/report.ts';
import { toCaptureObservations } from '../xendit/captures.ts';
import { toEwalletChargeObservation, toEwalletRefundObservations } from '../xendit/ewallet-charges.ts';
import { toPaymentRequestObservation } from '../xendit/payment-requests.ts';
import { toPaymentSessionObservations } from '../xendit/payment-sessions.ts';
import { toPaymentTokenObservation } from '../xendit/payment-tokens.ts';
import { toPaymentObservations } from '../xendit/payments.ts';
import { toQrPaymentObservations } from '../xendit/qr-codes.ts';
import { toQrRefundObservations } from '../xendit/qr-refunds.ts';
import { toRefundObservations } from '../xendit/refunds.ts';
import { isKey, UnreadableError } from '../xendit/wire.ts';
import type { Delivery } from './delivery.ts';

type Reader = (payload: JsonObject) => Observation[];

/** Who reads which event. */
const readers: readonly (readonly [events: RegExp, read: Reader])[] = [
  [/^qr\.payment$/, toQrPaymentObservations],
  [/^qr\.refund$/, (payload) => toQrRefundObservations(payload)],
  [/^payment\.(capture|authorization|failure|expiry)$/, toPaymentObservations],
  [/^payment\.(succeeded|failed|pending|awaiting_capture)$/, toPaymentObservations],
  [/^capture\.(succeeded|failed)$/, toCaptureObservations],
  [/^payment_request\.expiry$/, (payload) => [toPaymentRequestObservation(payload)]],
  [/^payment_session\./, toPaymentSessionObservations],
  [/^payment_(token|method)\./, (payload) => [toPaymentTokenObservation(payload)]],
  [/^refund\./, toRefundObservations],
  [/^ewallet\.(capture|void)$/, (payload) => [toEwalletChargeObservation(payload)]],
  [/^ewallet\.refund$/, toEwalletRefundObservations],
];

/** Whether this version knows how to read an event of this name. */
export function knowsEvent(name: string): boolean {
  return readerOf(name) !== undefined;
}

function readerOf(name: string): Reader | undefined {
  return readers.find(([events]) => events.test(name))?.[1];
}

/**
 * Reads one delivery. Never throws: what can't be read is a letter that says so, to be kept and read again by a later
 * version.
 */
export function readEvent(delivery: Omit<Delivery, 'callbackToken'>): Report & { letter: Letter } {
  const { account, body, receivedAt } = delivery;
  const letter: Letter = {
    contentKey: '',
    webhookId: keyOf(delivery.webhookId),
    event: undefined,
    family: undefined,
    businessId: undefined,
    subject: undefined,
    body,
    receivedAt,
  };
  const report: Report & { letter: Letter } = { account, origin: 'WEBHOOK', observations: [], letter };
  try {
    const message = readMessage(body);
    const payload = payloadOf(message);
    letter.event = keyOf(message.event);
    letter.businessId = keyOf(message.business_id) ?? keyOf(payload.business_id);
    if (letter.event === undefined) throw new UnreadableError('no event name');
    letter.contentKey = hash('sha256', canonicalJson([letter.event, account, payload]));
    report.observations = readPayload(letter, payload);
  } catch (error) {
    letter.contentKey ||= keyOfBytes(account, body);
    letter.unread = { outcome: 'QUARANTINED', reason: reasonOf(error) };
  }
  return report;
}

function readPayload(letter: Letter, payload: JsonObject): Observation[] {
  const event = letter.event ?? '';
  const read = readerOf(event);
  if (read === undefined) {
    letter.unread = { outcome: 'UNRECOGNISED', reason: `This version doesn't know ${event}` };
    return [];
  }
  const observations = read(payload);
  const [first] = observations;
  letter.family = first?.fields.family;
  letter.subject = first && { type: first.type, id: first.id };
  return observations;
}

function readMessage(body: Uint8Array): JsonObject {
  const message = parseJson(decode(body));
  if (!isJsonObject(message)) throw new UnreadableError('it is no JSON object');
  return message;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new UnreadableError('it is not UTF-8');
  }
}

/** In our own words: those of the engine quote the message. */
function reasonOf(error: unknown): string {
  if (error instanceof UnreadableError) return error.message;
  if (error instanceof SyntaxError) return new UnreadableError('it is not JSON').message;
  return new UnreadableError(error instanceof RangeError ? 'it nests too deeply' : 'unexpectedly').message;
}

/**
 * What the message is about, without the envelope, whose `created` is the time of the attempt. Some refunds come in two
 * envelopes; a payment of a version 1 QR code comes in none.
 */
function payloadOf(message: JsonObject): JsonObject {
  const data = objectOf(message.data);
  if (data === undefined || objectOf(message.qr_code) !== undefined) return message;
  return (textOf(data.event) && objectOf(data.data)) || data;
}

function keyOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && isKey(text) ? text : undefined;
}

/** By which a delivery is known again that doesn't say what it is about. */
function keyOfBytes(account: string, body: Uint8Array): string {
  return createHash('sha256').update(JSON.stringify(account)).update(body).digest('hex');
}
