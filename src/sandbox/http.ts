import { type JsonObject, objectOf, parseJson } from '../model/json.ts';
import type { WebhookDraft } from './deliveries.ts';
import type { Endpoint } from './endpoints.ts';

/** One call, proved and read. */
export interface Call {
  /** The sub-account of `for-user-id`; empty for the owner of the secret key. */
  account: string;
  /** The named parts of the path, percent-decoded. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Body;
}

/** The fields of a body; none when it was empty. */
export interface Body {
  fields: JsonObject;
  /** Form-encoded: every value is text, so a number is one too. */
  isForm: boolean;
}

/** What a product says to a call. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  /** Sent once the call has been answered. */
  webhooks?: WebhookDraft[];
}

/** One endpoint of a product. `handle` changes state at once or not at all. */
export interface Route {
  endpoint: Endpoint;
  /** @throws ApiError Xendit would say no. */
  handle(call: Call): Answer;
}

/** Xendit's no: answered as `{ error_code, message }`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errorCode: string;
  /** The field of the body at fault, such as 'session_type', where it is one. */
  readonly field: string | undefined;

  constructor(status: number, errorCode: string, message: string, field?: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.field = field;
  }
}

/** A 400 API_VALIDATION_ERROR. */
export function invalid(message: string): ApiError {
  return new ApiError(400, 'API_VALIDATION_ERROR', message);
}

/** The answer that an error becomes: 500 SERVER_ERROR for one that is not Xendit's. */
export function toErrorAnswer(error: unknown): Answer {
  const { status, errorCode, message } =
    error instanceof ApiError ? error : new ApiError(500, 'SERVER_ERROR', `The sandbox failed: ${String(error)}`);
  return { status, body: { error_code: errorCode, message } };
}

/**
 * Whom a call acts for. Every development key opens the one account that the sandbox plays.
 *
 * @returns the sub-account of `for-user-id`, or empty text.
 * @throws ApiError 401 INVALID_API_KEY no Basic authentication with an `xnd_development_` key as its user.
 */
export function accountOf(headers: Record<string, string>): string {
  const [, encoded = ''] = /^basic +(.*)$/i.exec(headers.authorization ?? '') ?? [];
  const [key = ''] = Buffer.from(encoded, 'base64').toString().split(':');
  if (!/^xnd_development_./.test(key)) {
    throw new ApiError(
      401,
      'INVALID_API_KEY',
      'The API key is invalid: send an xnd_development_ key as Basic auth user',
    );
  }
  return headers['for-user-id'] ?? '';
}

/**
 * Reads a JSON or form-encoded body. `metadata[branch]=x` in a form is an object, as it is to PHP and Express.
 *
 * @throws ApiError 400 it is neither, or JSON but no object.
 */
export function readBody(contentType: string | undefined, text: string): Body {
  if (text === '') return { fields: {}, isForm: false };
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-www-form-urlencoded') return { fields: readForm(text), isForm: true };
  if (mediaType !== 'application/json') {
    throw invalid('Content-Type must be application/json or application/x-www-form-urlencoded');
  }
  const fields = objectOf(parsed(text));
  if (fields === undefined) throw invalid('body must be a JSON object');
  return { fields, isForm: false };
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw invalid('body is not valid JSON');
  }
}

function readForm(text: string): JsonObject {
  const plain: [string, string][] = [];
  const nested = new Map<string, [string, string][]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const [, outer, inner] = /^([^[\]]+)\[([^\]]+)\]$/.exec(name) ?? [];
    if (outer === undefined || inner === undefined) plain.push([name, value]);
    else nested.set(outer, [...(nested.get(outer) ?? []), [inner, value]]);
  }
  const objects = [...nested].map(([name, entries]) => [name, Object.fromEntries(entries)] as const);
  return Object.fromEntries<string | JsonObject>([...plain, ...objects]);
}
