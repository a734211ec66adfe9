/**
 * The closed list of codes that this gateway answers with. A client may branch on them; the sentences beside them may change.
 */
export const errorCodes = [
  /** The caller's input is wrong; `fields` says where. */
  'INVALID_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  /** It exists already, or the idempotency key was used for something else. */
  'CONFLICT',
  /** The resource is past the point where this can be done to it. */
  'WRONG_STATE',
  /** Too many calls; `retryAfterMs` says when to come back. */
  'THROTTLED',
  /** Xendit refused or could not be reached, and nothing was done. */
  'UNAVAILABLE',
  /** Sent, and no answer in time: it may have been done. */
  'OUTCOME_UNKNOWN',
  /** Xendit said no with a code that this gateway has no name for. */
  'REJECTED',
  /** Xendit's answer was not what its contract says. */
  'UPSTREAM_PROTOCOL',
  /** The ledger can't be read or written now. */
  'STORE_UNAVAILABLE',
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A fault with a code to branch on and a sentence to read. It reaches the caller as it is; anything else is masked. */
export class GatewayError extends Error {
  override readonly name: string = 'GatewayError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** One thing wrong with an input: where, as GraphQL would spell the path, and what. */
export interface FieldProblem {
  /** Such as `['input', 'amount']`. */
  path: string[];
  message: string;
}

/** The input is wrong. Nothing was sent to Xendit. */
export class InvalidInputError extends GatewayError {
  override readonly name = 'InvalidInputError';
  readonly fields: FieldProblem[];

  constructor(fields: FieldProblem[]) {
    super('INVALID_INPUT', fields.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
    this.fields = fields;
  }
}

/** Sent, and no answer in time. What was asked for may exist; look it up by `reference`. */
export class OutcomeUnknownError extends GatewayError {
  override readonly name = 'OutcomeUnknownError';
  readonly reference: string;

  constructor(reference: string, options?: ErrorOptions) {
    super('OUTCOME_UNKNOWN', `No answer in time for ${reference}: it may have been done`, options);
    this.reference = reference;
  }
}

/** This gateway's own budget of calls is spent. Nothing was sent. */
export class ThrottledError extends GatewayError {
  override readonly name = 'ThrottledError';
  /** When a call like this one may be made again; at least 1. */
  readonly retryAfterMs: number;

  constructor(what: string, retryAfterMs: number) {
    super('THROTTLED', `Too many calls of ${what}: try again in ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** What came after a cursor is no longer kept. Whoever has it begins again from the present. */
export class CursorExpiredError extends GatewayError {
  override readonly name = 'CursorExpiredError';

  constructor() {
    super('CURSOR_EXPIRED', 'What came after this cursor is no longer kept: subscribe again without `after`');
  }
}
