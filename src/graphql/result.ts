import { type ErrorCode, GatewayError, InvalidInputError, OutcomeUnknownError } from '../errors.ts';
import { XenditError } from '../xendit/errors.ts';

/** A refusal as data; its type is one of the graph's failures. */
export interface FailureParent {
  __typename: FailureName;
  code: string;
  message: string;
  retryable: boolean;
  xenditCode: string | undefined;
  fields: { path: string[]; message: string }[];
  retryAfterMs: number;
  reference: string;
}

type FailureName =
  | 'InvalidInput'
  | 'Forbidden'
  | 'NotFound'
  | 'Conflict'
  | 'WrongState'
  | 'Throttled'
  | 'Unavailable'
  | 'OutcomeUnknown'
  | 'Rejected';

const failureByCode: Partial<Record<ErrorCode, FailureName>> = {
  INVALID_INPUT: 'InvalidInput',
  FORBIDDEN: 'Forbidden',
  NOT_FOUND: 'NotFound',
  CONFLICT: 'Conflict',
  WRONG_STATE: 'WrongState',
  THROTTLED: 'Throttled',
  UNAVAILABLE: 'Unavailable',
  STORE_UNAVAILABLE: 'Unavailable',
  OUTCOME_UNKNOWN: 'OutcomeUnknown',
  REJECTED: 'Rejected',
  UPSTREAM_PROTOCOL: 'Rejected',
};

const retryableFailures = new Set<FailureName>(['Throttled', 'Unavailable', 'OutcomeUnknown']);
const defaultRetryAfterMs = 1_000;

/** Turns a refusal into a failure of the mutation's result; a fault of ours goes on as an error. */
export async function asResult<T>(work: Promise<T>): Promise<T | FailureParent> {
  try {
    return await work;
  } catch (error) {
    const name = error instanceof GatewayError ? failureByCode[error.code] : undefined;
    if (!(error instanceof GatewayError) || name === undefined) throw error;
    return {
      __typename: name,
      code: error.code,
      message: error.message,
      retryable: retryableFailures.has(name),
      xenditCode: error instanceof XenditError ? error.xenditCode : undefined,
      fields: fieldsOf(error),
      retryAfterMs: Math.ceil((error instanceof XenditError ? error.retryAfterMs : undefined) ?? defaultRetryAfterMs),
      reference: error instanceof OutcomeUnknownError ? error.reference : '',
    };
  }
}

function fieldsOf(error: GatewayError): FailureParent['fields'] {
  if (error instanceof InvalidInputError) return error.fields;
  const problems = error instanceof XenditError ? error.problems : undefined;
  return (
    problems?.map(({ path, message }) => ({ path: ['input', ...path], message })) ?? [
      { path: ['input'], message: error.message },
    ]
  );
}
