import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GatewayError, InvalidInputError, ThrottledError } from '../errors.ts';
import { hidden, redaction } from '../model/redaction.ts';
import { traceNow } from '../spans.ts';
import { XenditError } from '../xendit/errors.ts';

/**
 * What a caller sees of an error: a fault with a code as it is, a mistake in the request as GraphQL puts it, and of
 * anything else only that it happened. What either quotes is hidden where it may be a secret or somebody's own.
 */
export function maskError(error: GraphQLError, requestId: string): GraphQLFormattedError {
  const cause = causeOf(error);
  const extensions = { code: codeOf(error), requestId, ...traceNow() };
  const locations = error.locations?.slice(0, maxLocations);
  const place = { ...(locations && { locations }), ...(error.path && { path: error.path }) };
  if (cause instanceof GatewayError) {
    return {
      message: redaction.text(cause.message),
      ...place,
      extensions: { ...extensions, ...detailsOf(cause) },
    };
  }
  if (cause === undefined) {
    const { limit } = error.extensions;
    return {
      message: shorten(redaction.text(withoutValues(error.message))),
      ...place,
      extensions: { ...extensions, ...(limit !== undefined && { limit }) },
    };
  }
  return { message: 'Internal server error', ...place, extensions };
}

/** The code that a caller is told of an error. */
export function codeOf(error: GraphQLError): string {
  const cause = causeOf(error);
  if (cause === undefined) return String(error.extensions.code ?? 'BAD_REQUEST');
  return cause instanceof GatewayError ? cause.code : 'INTERNAL_SERVER_ERROR';
}

/** More of a message isn't read: what is in it is the caller's, and patterns may take time by the square of what they read. */
const maxReadLength = 1_000;

/** GraphQL's sentence about a mistake, without the values that it quotes. */
function withoutValues(message: string): string {
  const [subject] = /^Variable "\$\w+" got invalid value /.exec(message) ?? [];
  if (subject !== undefined && message.length > maxReadLength) return `${subject}${hidden}`;
  const told = message
    .slice(0, maxReadLength)
    // What should be a word of an enum stays if it could be one.
    .replace(/(^|; )Value "(?![A-Za-z_]{1,40}").*"(?= does not exist in )/s, `$1Value ${hidden}`)
    .replace(/(\b[A-Za-z]+ cannot represent )(?!.{0,60}: )(an invalid date-time-string)?.*$/s, withoutWords)
    // Everything else stands at the end.
    .replace(
      /(\bvalue: |value of type "[^"]*", found |(?:text|number), not |^Syntax Error: .*\b(?:Name|Int|Float|(?:Block)?String) (?="))[\s\S]*$/,
      `$1${hidden}`,
    );
  if (subject === undefined) return told;
  const end = told.lastIndexOf('; ');
  if (end < 0) return `${subject}${hidden}`;
  const [place = ''] = / at "[^"]*"$/.exec(told.slice(0, end)) ?? [];
  return `${subject}${hidden}${place}${told.slice(end)}`;
}

/** Some scalars quote a value without any sign of where it begins. */
function withoutWords(_: string, subject: string, what = 'such a value'): string {
  return `${subject}${what}`;
}

/** The error to be looked into, if it is no answer to a request: a fault of ours. */
export function faultOf(error: GraphQLError): Error | undefined {
  const cause = causeOf(error);
  return cause instanceof GatewayError ? undefined : cause;
}

/** graphql repeats what was sent, however long it is, in the message of each mistake. */
const maxMessageLength = 300;
const maxLocations = 5;

/** A message that isn't longer than its reader needs, in which nothing moves a cursor or turns the writing round. */
function shorten(message: string): string {
  const plain = message.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, ' ');
  const short = plain.length <= maxMessageLength ? plain : `${plain.slice(0, maxMessageLength - 1)}…`;
  return short.toWellFormed();
}

/** What a resolver threw; undefined for a mistake in the request. */
export function causeOf(error: GraphQLError): Error | undefined {
  const { originalError } = error;
  return originalError instanceof GraphQLError ? causeOf(originalError) : originalError;
}

function detailsOf(error: GatewayError): object {
  if (error instanceof InvalidInputError)
    return { fields: error.fields.map(({ path, message }) => ({ path: path.map(redaction.text), message })) };
  if (error instanceof ThrottledError) return { retryAfterMs: error.retryAfterMs };
  if (error instanceof XenditError) return { xenditCode: error.xenditCode, retryAfterMs: error.retryAfterMs };
  return {};
}
