import { type ErrorCode, type FieldProblem, GatewayError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject, objectOf, textOf } from '../model/json.ts';
import { redaction } from '../model/redaction.ts';
import type { Path } from './path.ts';

export type Method = 'GET' | 'POST' | 'PATCH';

/** A call, as errors and observers name it. */
export interface Call {
  method: Method;
  path: Path;
}

/** An answer that says no. */
export interface Refusal {
  status: number;
  /** Undefined when it wasn't JSON. */
  body: Json | undefined;
  requestId: string | undefined;
  retryAfterMs: number | undefined;
}

/** When Xendit doesn't say how long to wait. */
const defaultRetryAfterMs = 5_000;
const maxMessageLength = 500;

/** Xendit answered, and the answer was no. */
export class XenditError extends GatewayError {
  override readonly name = 'XenditError';
  readonly status: number;
  /** Xendit's own `error_code`, such as 'DATA_NOT_FOUND'; undefined when the body had none. */
  readonly xenditCode: string | undefined;
  /** Xendit's own sentence. */
  readonly xenditMessage: string | undefined;
  /** Set when `code` is THROTTLED. */
  readonly retryAfterMs: number | undefined;
  /** The header `Request-ID`, which Xendit's support asks for. */
  readonly requestId: string | undefined;
  /** What is wrong with the input; paths in camel case from the top of the body, empty where Xendit names no field. */
  readonly problems: FieldProblem[] | undefined;

  constructor(call: Call, { status, body, requestId, retryAfterMs }: Refusal) {
    const error = objectOf(body) ?? {};
    const xenditCode = textOf((textOf(error.error_code) ?? textOf(error.error))?.trim().slice(0, 100));
    // What is said about a wrong key may contain it.
    const xenditMessage = status === 401 ? undefined : messageOf(error);
    const code = codeFor(call, status, xenditCode);
    super(code, sentence(call, status, xenditCode, xenditMessage));
    this.status = status;
    this.xenditCode = xenditCode;
    this.xenditMessage = xenditMessage;
    // A channel's own limit has nothing to do with the account's, of which the headers tell.
    const toldMs = status === 429 ? retryAfterMs : undefined;
    this.retryAfterMs = code === 'THROTTLED' ? (toldMs ?? defaultRetryAfterMs) : undefined;
    this.requestId = requestId;
    this.problems = problemsIn(error);
  }
}

type Rule = readonly [codes: RegExp, meaning: ErrorCode];

/** Xendit's codes that mean something else than the HTTP status beside them. The first that fits counts. */
const rules: Record<number, readonly Rule[]> = {
  400: [
    [/^PAYMENT_REQUEST_RATE_LIMITED$/, 'THROTTLED'],
    [/^(INACTIVE|INELIGIBLE)_/, 'WRONG_STATE'],
    [/^TEMPORARILY_UNAVAILABLE$/, 'UNAVAILABLE'],
    [/^(DATA|TRANSACTION)_NOT_FOUND$/, 'NOT_FOUND'],
    [/^(API_VALIDATION_ERROR|UNSUPPORTED_CURRENCY|MISSING_CUSTOMER|DISALLOWED_CAPTURE_METHOD)$/, 'INVALID_INPUT'],
    [/^INVALID_|^(ITEMS|SESSION_TYPE|MODE)_NOT_SUPPORTED$/, 'INVALID_INPUT'],
    [/^(CAPTURE_AMOUNT|REFUND_AMOUNT)_EXCEEDED$|^MAXIMUM_REFUND_AMOUNT_REACHED$/, 'INVALID_INPUT'],
    [/^/, 'REJECTED'],
  ],
  403: [[/^INELIGIBLE_/, 'WRONG_STATE']],
  404: [[/^CALLBACK_URL_NOT_FOUND$/, 'REJECTED']],
  422: [[/^INVALID_SESSION_STATUS$|^(INACTIVE|INELIGIBLE)_/, 'WRONG_STATE']],
};

const meanings: Record<number, ErrorCode> = {
  // Our key is wrong: no fault of the caller's, and nothing was done.
  401: 'UNAVAILABLE',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  408: 'UNAVAILABLE',
  409: 'CONFLICT',
  410: 'WRONG_STATE',
  429: 'THROTTLED',
};

function codeFor({ path }: Call, status: number, xenditCode: string | undefined): ErrorCode {
  if (status >= 500) return 'UNAVAILABLE';
  if (status === 400 && xenditCode === 'API_VALIDATION_ERROR' && namesNothing(path)) return 'NOT_FOUND';
  // Elsewhere this pair means a duplicate; for a QR code, that Xendit hasn't made the account a QRIS merchant.
  if (status === 409 && xenditCode === 'DATA_NOT_FOUND' && path.endpoint === '/qr_codes') return 'FORBIDDEN';
  const rule = rules[status]?.find(([codes]) => codes.test(xenditCode ?? ''));
  return rule?.[1] ?? meanings[status] ?? 'REJECTED';
}

/** The only length that Xendit's manual allows an id in these paths; it calls others malformed, where they are unknown. */
const idLengths: readonly (readonly [endpoint: RegExp, length: number])[] = [
  [/^\/v3\/\w+\/\{\}/, 39],
  [/^\/sessions\/\{\}/, 27],
];

function namesNothing({ endpoint, text }: Path): boolean {
  const [, length] = idLengths.find(([paths]) => paths.test(endpoint)) ?? [];
  const id = text.split('/')[endpoint.split('/').indexOf('{}')] ?? '';
  return length !== undefined && decodeURIComponent(id).length !== length;
}

function sentence({ method, path }: Call, status: number, xenditCode?: string, message?: string): string {
  if (status === 401) return `Xendit doesn't accept this gateway's secret key: ${xenditCode ?? 'unauthorized'}`;
  const said = [xenditCode, message].filter((part) => part !== undefined).join(': ');
  return `Xendit refused ${method} ${path.text}: ${status} ${said}`.trimEnd();
}

/** A sentence; the customers API sends an object. Either may quote what it was sent. */
function messageOf({ message }: JsonObject): string | undefined {
  const text = isJsonObject(message) ? JSON.stringify(redaction.value(message)) : textOf(message);
  return text === undefined ? undefined : sayable(text);
}

/** Hidden before it is cut, since half a number is not known any more. */
function sayable(text: string): string {
  return redaction.text(text).slice(0, maxMessageLength);
}

function problemsIn({ errors }: JsonObject): FieldProblem[] | undefined {
  if (!Array.isArray(errors)) return undefined;
  const problems = errors.flatMap((item) => {
    const message = typeof item === 'string' ? sayable(item) : messageOf(objectOf(item) ?? {});
    return message === undefined ? [] : [{ path: fieldPath(objectOf(item)), message }];
  });
  return problems.length > 0 ? problems : undefined;
}

/** From `/body/session_type` to `['sessionType']`. */
function fieldPath(item: JsonObject | undefined): string[] {
  const names = (textOf(item?.path) ?? textOf(item?.field) ?? '').split(/[/.]/).filter((name) => name !== '');
  const inBody = names[0] === 'body' ? names.slice(1) : names;
  return inBody.map((name) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
}
