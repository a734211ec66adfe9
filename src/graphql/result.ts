import {
  type ErrorCode,
  type FieldProblem,
  GatewayError,
  InvalidInputError,
  OutcomeUnknownError,
  ThrottledError,
} from '../errors.ts';
import { redaction } from '../model/redaction.ts';
import type { Resource } from '../model/resource.ts';
import type { OnceResult } from '../service/once.ts';
import type { IssuedToken } from '../service/rooms.ts';
import type { Service } from '../service/service.ts';
import { XenditError } from '../xendit/errors.ts';
import { inInput, type Place } from './places.ts';

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

/** The part of a payload that every create has. */
export function asCreated<N extends string, T>(
  name: N,
  { result, alreadyProcessed }: OnceResult<T>,
): { [K in N]: T } & { alreadyProcessed: boolean } {
  return { [name]: result, alreadyProcessed } as { [K in N]: T } & { alreadyProcessed: boolean };
}

/** The part of a payload that every create has of something that can be watched. */
export function asWatchable<N extends string, T extends Resource>(
  name: N,
  created: OnceResult<T>,
  service: Service,
): { [K in N]: T } & { alreadyProcessed: boolean; watchToken: Promise<IssuedToken> } {
  return { ...asCreated(name, created), watchToken: service.issueWatchToken(created.result) };
}

/**
 * Turns a refusal into a failure of the mutation's result; a fault of ours goes on as an error.
 *
 * @param place where the fields stand that a refusal names.
 */
export async function asResult<const T>(work: () => Promise<T>, place: Place = inInput): Promise<T | FailureParent> {
  try {
    return await work();
  } catch (error) {
    const name = error instanceof GatewayError ? failureByCode[error.code] : undefined;
    if (!(error instanceof GatewayError) || name === undefined) throw error;
    const fields = fieldsOf(error, place);
    return {
      __typename: name,
      code: error.code,
      message: error instanceof InvalidInputError ? new InvalidInputError(fields).message : messageOf(error),
      retryable: retryableFailures.has(name),
      xenditCode: xenditCodeOf(error),
      fields,
      retryAfterMs: Math.ceil(retryAfterMsOf(error) ?? defaultRetryAfterMs),
      reference: error instanceof OutcomeUnknownError ? error.reference : '',
    };
  }
}

/** Xendit's codes that say which field is wrong. */
const amountCodes = /^((CAPTURE|REFUND)_AMOUNT_EXCEEDED|MAXIMUM_REFUND_AMOUNT_REACHED|INVALID_AMOUNT)$/;

/** Xendit's own sentence, without our words for the call: those are for the log. */
function messageOf(error: GatewayError): string {
  return (error instanceof XenditError ? error.xenditMessage : undefined) ?? redaction.text(error.message);
}

/** Also where Xendit's answer left the outcome unknown. */
function xenditCodeOf(error: GatewayError): string | undefined {
  const said = error instanceof OutcomeUnknownError ? error.cause : error;
  return said instanceof XenditError ? said.xenditCode : undefined;
}

function retryAfterMsOf(error: GatewayError): number | undefined {
  return error instanceof XenditError || error instanceof ThrottledError ? error.retryAfterMs : undefined;
}

function fieldsOf(error: GatewayError, place: Place): FailureParent['fields'] {
  const isOfAmount = error instanceof XenditError && amountCodes.test(error.xenditCode ?? '');
  const problems = problemsIn(error) ?? [{ path: isOfAmount ? ['amount'] : [], message: messageOf(error) }];
  return problems.map(({ path, message }) => ({
    path: place(path[0] === 'input' ? path.slice(1) : path).map(redaction.text),
    message,
  }));
}

function problemsIn(error: GatewayError): FieldProblem[] | undefined {
  if (error instanceof InvalidInputError) return error.fields;
  return error instanceof XenditError ? error.problems : undefined;
}
