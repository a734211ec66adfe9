import { GatewayError, OutcomeUnknownError } from '../errors.ts';
import { type Json, objectOf, parseJson, textOf } from '../model/json.ts';
import { type Call, type Method, XenditError } from './errors.ts';
import { ExchangeError, type Response } from './exchange.ts';
import { type RateLimit, readRateLimit } from './rate-limit.ts';
import * as wire from './wire.ts';

/** An answer that says yes. */
export interface Answer {
  status: number;
  body: Json;
  /** The header `Request-ID`. */
  requestId: string | undefined;
  rateLimit: RateLimit | undefined;
}

/** One answer of any status, for those who count calls. */
export interface Answered {
  method: Method;
  /** Such as `/qr_codes/{}`. */
  endpoint: string;
  account: string;
  status: number;
  /** From when it was sent until the whole answer was here. */
  durationMs: number;
  rateLimit: RateLimit | undefined;
}

/** What came of an attempt: an answer of any status, or none. */
export type Outcome = Response | ExchangeError;

/** Failures in which something answered, but not as Xendit does. */
const malformed = new Set(['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'UND_ERR_HEADERS_OVERFLOW', 'HTTPParserError']);

/**
 * What a GET was answered.
 *
 * @throws XenditError Xendit said no.
 * @throws GatewayError UNAVAILABLE there is no answer; UPSTREAM_PROTOCOL it can't be read.
 */
export function readGet(call: Call, outcome: Outcome): Answer {
  if (outcome instanceof ExchangeError) {
    const code = malformed.has(outcome.reason) ? 'UPSTREAM_PROTOCOL' : 'UNAVAILABLE';
    throw new GatewayError(code, failed(call, outcome), { cause: outcome });
  }
  const body = readBody(outcome);
  if (isSuccess(outcome) && body !== undefined) return toAnswer(outcome, body);
  // A page that isn't Xendit's can't tell that something doesn't exist.
  if (outcome.status < 400 || (outcome.status === 404 && body === undefined)) {
    throw new GatewayError(
      'UPSTREAM_PROTOCOL',
      `${named(call)} was answered ${outcome.status} with something unreadable`,
    );
  }
  throw refusal(call, outcome, body);
}

/**
 * What a POST or a PATCH was answered.
 *
 * @throws XenditError Xendit said no.
 * @throws GatewayError UNAVAILABLE nothing was sent.
 * @throws OutcomeUnknownError it may have arrived, and the answer is of no use.
 */
export function readWrite(call: Call, outcome: Outcome, reference: string): Answer {
  if (outcome instanceof ExchangeError) {
    if (outcome.mayHaveArrived) throw new OutcomeUnknownError(reference, { cause: outcome });
    throw new GatewayError('UNAVAILABLE', `${failed(call, outcome)}; nothing was done`, { cause: outcome });
  }
  const body = readBody(outcome);
  if (isSuccess(outcome) && body !== undefined) return toAnswer(outcome, body);
  const error = refusal(call, outcome, body);
  // Something on the way may have lost Xendit's answer: only Xendit's own words say that nothing was done.
  const isStrange = (outcome.status >= 500 || outcome.status === 408) && error.xenditCode === undefined;
  const isUnclear = outcome.status < 400 || isStrange;
  throw isUnclear ? new OutcomeUnknownError(reference, { cause: error }) : error;
}

/** Xendit's words for a fault of one payment channel: Xendit itself is well. */
const channelFaults = /^(CHANNEL|ISSUER)_UNAVAILABLE$|^OTP_DELIVERY_ERROR$/;

/** Whether an outcome speaks against Xendit's health: no answer, or a 5xx that isn't about one channel. A refusal doesn't. */
export function isFault(outcome: Outcome): boolean {
  if (outcome instanceof ExchangeError) return true;
  return outcome.status >= 500 && !channelFaults.test(wire.code(objectOf(readBody(outcome)) ?? {}, 'error_code') ?? '');
}

function isSuccess({ status }: Response): boolean {
  return status >= 200 && status < 300;
}

function toAnswer({ status, headers }: Response, body: Json): Answer {
  return { status, body, requestId: textOf(headers['request-id']), rateLimit: readRateLimit(headers) };
}

function refusal(call: Call, { status, headers }: Response, body: Json | undefined): XenditError {
  const retryAfterMs = readRateLimit(headers)?.resetMs;
  return new XenditError(call, { status, body, requestId: textOf(headers['request-id']), retryAfterMs });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON of an answer; undefined when there is none. */
function readBody({ bytes }: Response): Json | undefined {
  try {
    const body = parseJson(utf8.decode(bytes));
    return objectOf(body) ?? (Array.isArray(body) ? body : undefined);
  } catch {
    return undefined;
  }
}

function failed(call: Call, { reason }: ExchangeError): string {
  return `${named(call)} got no answer from Xendit (${reason})`;
}

function named({ method, path }: Call): string {
  return `${method} ${path.text}`;
}
